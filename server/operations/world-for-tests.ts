import type { AuditOutcome, BegunAct } from '@/lib/audit/entry';
import { Failure, ZooKeeperError } from '@/lib/errors';
import { seenNow } from '@/lib/operations/preflight';
import type { OperationRequest, OperationView } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import { aCluster, aLeader, aStandby } from '@/lib/topology/sample-cluster';
import type { ClusterView, MemberView, PauseView, RequestView } from '@/lib/topology/view';
import { patroniCommands } from '../adapters/patroni/commands';
import { type FakeSession, FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock, settled } from '../fake-clock';
import type {
  ListingAccess,
  PatroniPort,
  PatroniSettings,
  RestAnswer,
  RestCall,
  WritePort,
} from '../ports';
import { ConfigurationEdits } from './configuration-edits';
import { judgeEdit } from './judge-edit';
import { MeasuredWrites } from './measured-writes';
import { Pauses } from './pauses';
import { Preflights } from './preflights';
import { Runs } from './runs';

export const ID = aCluster().id;
export const SCOPE = '/service/orders';
export const RECORD = `/howdah/operations/${ID}`;
export const MEMBERS = ['pg-a', 'pg-b', 'pg-c'] as const;
/** A version of the configuration that the history has, as its bytes. */
export const KEPT = '{"ttl": 40, "postgresql": {"parameters": {"work_mem": "8MB"}}}';
export const act: BegunAct = { id: 'an-act', by: 'ann@example.org' };

const nobodyWrites: WritePort = {
  attempt: () => Promise.reject(new Error('nobody has opted in')),
  forget: () => {},
  connections: 0,
  close: () => {},
};

class Died extends Error {}

/**
 * What outlives a Howdah: ZooKeeper with a cluster in it, its Patroni, time, and the count of what
 * Patroni was asked. The cluster does what it is asked at once, unless it is told not to.
 */
export class World {
  readonly zookeeper = new FakeZooKeeper();
  readonly clock = new FakeClock();
  /** What Patroni answers, before anything of it is received. */
  rest: (call: RestCall) => Promise<RestAnswer> = async () => ({
    ...{ is: 'answered', status: 200, text: 'ok' },
  });
  obeys = true;
  /** Of all processes: "pg-a POST /switchover {…}". */
  readonly asked: string[] = [];
  /** What the audit was told, by whichever process: it keeps of each sort the first. */
  readonly audited: AuditOutcome[] = [];
  /** How long each check takes. */
  checkTakesMs = 0;
  /** What is seen of the cluster beyond what its znodes say. */
  part: Partial<ClusterView> = {};
  timeline = 3;
  readonly #startedAt = new Map<string, number>();
  readonly #loadedAt = new Map<string, number>();
  readonly #plannedRestarts = new Map<string, string>();

  constructor() {
    this.zookeeper.put(`${SCOPE}/config`, '{"ttl":30}');
    this.zookeeper.put(`${SCOPE}/members`);
    this.zookeeper.put(`${SCOPE}/leader`, 'pg-a');
  }

  get leader(): string | null {
    return this.zookeeper.get(`${SCOPE}/leader`)?.data.toString() ?? null;
  }

  get config(): { readonly text: string; readonly version: number; readonly zxid: string } {
    const found = this.zookeeper.get(`${SCOPE}/config`);
    if (!found) throw new Error('there is no configuration');
    const { version, mzxid } = found.stat;
    return { text: found.data.toString(), version, zxid: mzxid };
  }

  /** Null: nobody leads from now on. The same name leads anew. */
  lead(name: string | null): void {
    if (this.leader !== null) this.zookeeper.delete(`${SCOPE}/leader`);
    if (name === null) return;
    const { members: _, ...part } = this.part;
    this.part = part;
    this.zookeeper.create(`${SCOPE}/leader`, name);
    this.timeline += 1;
  }

  request(body: Readonly<Record<string, unknown>>): void {
    this.zookeeper.put(`${SCOPE}/failover`, JSON.stringify(body));
  }

  planRestart(member: string, at: string): void {
    this.#plannedRestarts.set(member, at);
  }

  /** Null: nothing of it is left. */
  get view(): ClusterView | null {
    const config = this.zookeeper.get(`${SCOPE}/config`);
    if (this.zookeeper.list(SCOPE) === null) return null;
    const found = this.zookeeper.get(`${SCOPE}/leader`);
    const { leader: name } = this;
    const paused = config !== null && JSON.parse(config.data.toString()).pause === true;
    const sample = aCluster();
    const ok = sample.config.is === 'ok' ? sample.config : null;
    return {
      ...sample,
      leader:
        found && name !== null ? { name, czxid: found.stat.czxid, session: '1', since: 500 } : null,
      leaderlessSince: found ? null : 1,
      config: config && ok ? { ...ok, version: config.stat.version } : { is: 'absent' },
      mode: { ...sample.mode, paused },
      request: this.#request,
      timeline: this.timeline,
      members: MEMBERS.map((member) => this.#member(member, paused)),
      ...this.part,
    };
  }

  get #request(): RequestView | null {
    const found = this.zookeeper.get(`${SCOPE}/failover`);
    const {
      leader = null,
      member = null,
      scheduled_at: at = null,
    } = JSON.parse(found?.data.toString() ?? '{}');
    if (!found || (leader === null && member === null)) return null;
    return { leader, candidate: member, scheduledAt: at, version: found.stat.version };
  }

  #member(name: string, patroniPaused: boolean): MemberView {
    const part = {
      startedAt: this.#startedAt.get(name) ?? 100,
      configLoadedAt: this.#loadedAt.get(name) ?? 200,
      scheduledRestart: this.#plannedRestarts.get(name) ?? null,
      ...{ patroniPaused, timeline: this.timeline },
    };
    return name === this.leader ? aLeader(name, part) : aStandby(name, part);
  }

  /** A request has arrived: the cluster does it, or not. */
  receive(apiUrl: string, { method, path, body = {} }: RestCall): void {
    const member = new URL(apiUrl).hostname.split('.')[0] ?? '';
    this.asked.push(`${member} ${method} ${path} ${JSON.stringify(body)}`);
    if (!this.obeys) return;
    const now = this.clock.now();
    const { leader, candidate, scheduled_at: at, schedule } = body as Record<string, string>;
    switch (`${method} ${path}`) {
      case 'POST /switchover':
      case 'POST /failover':
        if (at) this.request({ leader, member: candidate, scheduled_at: at });
        else this.lead(candidate ?? 'pg-b');
        return;
      case 'POST /restart':
        if (schedule) this.#plannedRestarts.set(member, schedule);
        else this.#startedAt.set(member, now);
        return;
      case 'DELETE /restart':
        this.#plannedRestarts.delete(member);
        return;
      case 'POST /reload':
        this.#loadedAt.set(member, now);
        return;
      case 'POST /reinitialize':
        this.#startedAt.set(member, now);
        return;
      default:
        throw new Error(`Patroni has no ${method} ${path}`);
    }
  }

  /** What is asked for with what is seen now. */
  wanted(wish: Wish, part: Partial<OperationRequest> = {}): OperationRequest {
    const { view } = this;
    if (!view) throw new Error('there is no such cluster');
    const phrases: Partial<Record<Wish['kind'], string>> = {
      failover: 'orders loses at least 0 bytes',
      reinitialise: `${wish.kind === 'reinitialise' ? wish.member : ''} loses its data`,
      removal: 'orders is forgotten',
    };
    const lossBytes = wish.kind === 'failover' ? 0 : null;
    return {
      ...{ cluster: ID, wish, seen: seenNow(view, lossBytes), reason: 'test' },
      confirm: phrases[wish.kind] ?? 'orders',
      ...part,
    };
  }
}

/** One process of Howdah. It may be told to die at its n-th step into the outside world. */
export class Howdah {
  readonly runs: Runs;
  readonly pauses: Pauses;
  readonly said: string[] = [];
  /** The run that it has shown last, whoever carries it out. */
  shown: OperationView | null = null;
  readonly errors: unknown[] = [];
  readonly paused: (PauseView | null)[] = [];
  readonly world: World;
  readonly session: FakeSession;
  connected = true;
  steps = 0;
  #diesAt: number;
  #diesAfter: boolean;

  constructor(world: World, dies: { at: number; after: boolean } = { at: Infinity, after: false }) {
    this.world = world;
    this.#diesAt = dies.at;
    this.#diesAfter = dies.after;
    this.session = world.zookeeper.session(() => {});
    const { clock } = world;
    const access = this.#access();
    const patroni = this.#patroni();
    const shared = {
      ...{ clock, root: '/howdah', access: () => access, connected: () => this.connected },
      onError: (error: unknown) => {
        if (!this.dead) this.errors.push(error);
      },
    };
    this.pauses = new Pauses({ ...shared, onPause: (_, pause) => this.paused.push(pause) });
    const edits = new ConfigurationEdits({
      ...shared,
      bytes: async ({ seq }) => (seq === 7 ? Buffer.from(KEPT) : null),
      notePause: (view, pause) => this.pauses.note(view, pause),
      takenUp: async () => MEMBERS.map((member) => ({ member, state: 'runs' })),
      check: async (view, texts) =>
        judgeEdit(view, texts, { parameters: null, maxSessionTimeoutMs: 40_000 }),
    });
    const settings = (): PatroniSettings => ({
      ...{ basic: null, ca: null, cert: null, key: null, insecure: false },
      addresses: { check: async () => ({ is: 'refused', says: 'nobody connects here' }) },
    });
    const preflights = new Preflights({
      ...{ ...shared, patroni, settings, edits },
      maxSessionTimeoutMs: () => 40_000,
      quorum: () => null,
      positions: () => ({ head: null, members: new Map() }),
      memberSettings: async () => new Map(),
      burden: async () => null,
    });
    const writes = new MeasuredWrites({
      clock,
      writes: nobodyWrites,
      settings: () => null,
      targets: () => [],
    });
    this.runs = new Runs({
      ...{ ...shared, patroni, settings, preflights, edits, writes },
      view: () => world.view,
      audit: {
        end: async (outcome) => {
          if (!this.dead) world.audited.push(outcome);
        },
      },
      onRun: (view, says) => {
        this.shown = view;
        if (says) this.said.push(says);
      },
    });
  }

  get dead(): boolean {
    return this.steps >= this.#diesAt;
  }

  get newest(): OperationView | undefined {
    return this.runs.known.list(ID)[0];
  }

  get outcome(): string | undefined {
    return this.newest?.outcome?.code;
  }

  /** The process ends: nothing of it reaches the world again, its session is over. */
  end(): void {
    this.#diesAt = 0;
    this.runs.close();
    this.session.close();
  }

  /** Its mirror shows the cluster as it is. */
  look(): void {
    const { view } = this.world;
    if (view && !this.dead) this.runs.observe(view);
  }

  /** Lets everything that is under way get as far as it can, while the mirror shows what comes of it. */
  async goesOn(): Promise<void> {
    for (let i = 0; i < 8; i += 1) {
      await rest();
      this.look();
      await this.world.clock.pass(1000);
    }
  }

  async #step<T>(take: () => Promise<T>): Promise<T> {
    if (this.dead) throw new Died();
    this.steps += 1;
    // At the fatal step it dies before the act, or after it and before it learns of that.
    if (this.dead && !this.#diesAfter) throw new Died();
    const result = await take();
    if (this.dead) throw new Died();
    return result;
  }

  #access(): ListingAccess {
    const { session } = this;
    const step = <T>(take: () => Promise<T>) =>
      this.#step(() => {
        if (this.connected) return take();
        throw new ZooKeeperError('connection', 'not connected');
      });
    return {
      data: (path, watch) => step(() => session.data(path, watch)),
      children: (path, watch) => step(() => session.children(path, watch)),
      access: (path) => step(() => session.access(path)),
      setAccess: (path, all, version) => step(() => session.setAccess(path, all, version)),
      create: (path, data, options) => step(() => session.create(path, data, options)),
      set: (path, data, version) => step(() => session.set(path, data, version)),
      delete: (path, version) => step(() => session.delete(path, version)),
      sync: (path) => step(() => session.sync(path)),
    };
  }

  #patroni(): PatroniPort {
    const { world } = this;
    const commands = patroniCommands();
    return {
      ...commands,
      state: async (access, key) => {
        const state = await commands.state(access, key);
        if (world.checkTakesMs > 0) await world.clock.pass(world.checkTakesMs);
        return state;
      },
      ask: async (apiUrl, call) => {
        const answer = await world.rest(call);
        // A request that never left this machine did not ask anybody.
        if (answer.is === 'not-sent') return answer;
        try {
          if (!(await call.guard())) return { is: 'not-sent', why: 'guarded' };
        } catch (error) {
          return { is: 'not-sent', why: String(error) };
        }
        const asked = this.#step(async () => {
          world.receive(apiUrl, call);
          return answer;
        });
        // It never throws: of a process that has died nothing comes any more.
        return asked.catch(() => new Promise(() => {}));
      },
      reach: async () => ({ is: 'ok', position: 1n, timeline: 3, watchdogFailed: false }),
    };
  }
}

/** What the chain keeps of what it was told: of each sort the first. */
export const keptOf = (told: readonly AuditOutcome[]): AuditOutcome[] =>
  told.filter((one, n) => told.findIndex(({ resolves }) => resolves === one.resolves) === n);

/** Lets everything that is under way get as far as it can. */
export async function rest(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await settled();
}

export async function refusal(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`not refused, but ${String(error)}`);
  return error;
}
