import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZooKeeperError } from '@/lib/errors';
import { type FakeSession, FakeZooKeeper } from './adapters/zookeeper/fake-zookeeper';
import { Mirror } from './adapters/zookeeper/mirror';
import { FakeClock } from './fake-clock';
import { Aggregator, type AggregatorLimits, type Lane } from './monitor/aggregator';
import type { ScopeSnapshot } from './ports';

/**
 * The mirror and the aggregator as they work together, over a ZooKeeper in memory whose answers
 * come late or not at all: invariants 1 to 5 of docs/architecture.md, whatever happens. A run that
 * fails prints its seed and path; `fc.assert(…, { seed, path })` replays it.
 */
const limits: AggregatorLimits = {
  quietMs: 50,
  maxWaitMs: 250,
  changesPerSecond: 100,
  leadershipPerSecond: 400,
  changesInFlight: 24,
  resyncInFlight: 16,
};

interface Read {
  readonly at: number;
  readonly lane: Lane;
  readonly paths: readonly string[];
}

class Rig {
  readonly clock = new FakeClock(0);
  readonly zookeeper: FakeZooKeeper;
  readonly mirror: Mirror;
  readonly aggregator: Aggregator;
  readonly reads: Read[] = [];
  readonly known = new Set<string>();
  /** When a leader's watch fired that has not been read since. */
  readonly leaderNoticed = new Map<string, number>();
  readonly leaderWaits: number[] = [];
  readonly #sessions = new Map<number, FakeSession | null>([
    [-1, null],
    [0, null],
    [1, null],
  ]);
  mostInFlight = 0;
  #placed = 0;

  constructor(zookeeper: FakeZooKeeper) {
    this.zookeeper = zookeeper;
    this.aggregator = new Aggregator(limits, this.clock, (paths, lane) => this.#read(paths, lane));
    this.mirror = new Mirror({
      ensemble: 'main',
      namespaces: ['/service'],
      sessions: {
        session: (shard) => {
          const session = this.#sessions.get(shard);
          if (!session?.connected) throw new ZooKeeperError('connection', 'not connected');
          return session;
        },
        place: (_, leadership) => (leadership ? -1 : this.#placed++ % 2),
        release: () => {},
      },
      mark: (path, lane, group) => this.aggregator.mark(path, lane, group),
      forget: (path) => {
        this.leaderNoticed.delete(path);
        this.aggregator.forget(path);
      },
      isBehind: () => this.aggregator.behind,
      onEvent: () => {},
      onChanges: () => {},
      onBatch: ({ changed, removed }) => {
        for (const id of changed) this.known.add(id);
        for (const id of removed) this.known.delete(id);
      },
    });
  }

  async #read(paths: readonly string[], lane: Lane): Promise<void> {
    this.reads.push({ at: this.clock.now(), lane, paths });
    for (const path of paths) {
      const noticed = this.leaderNoticed.get(path);
      if (noticed === undefined) continue;
      this.leaderNoticed.delete(path);
      this.leaderWaits.push(this.clock.now() - noticed);
    }
    for (const { inFlight } of this.aggregator
      .view()
      .lanes.filter((one) => one.lane !== 'leadership')) {
      this.mostInFlight = Math.max(this.mostInFlight, inFlight);
    }
    await this.mirror.read(paths, lane);
  }

  /** Expired or new, it makes no difference: its watches are gone. */
  connect(shard: number): void {
    if (this.#sessions.get(shard)?.connected) return;
    this.#sessions.set(
      shard,
      this.zookeeper.session((path) => {
        if (this.#followsLeader(path)) this.leaderNoticed.set(path, this.clock.now());
        this.mirror.notice(path);
      }),
    );
    this.mirror.resync(shard);
  }

  /** Not one of a cluster that was dropped and is to be found anew first. */
  #followsLeader(path: string): boolean {
    const scope = path.replace('/service/', '').replace('/leader', '');
    return path.endsWith('/leader') && this.mirror.scope(`main~.2Fservice~${scope}`) !== null;
  }

  cut(shard: number): void {
    this.#sessions.get(shard)?.close();
    if (shard < 0) this.leaderNoticed.clear();
  }

  lose(shard: number): void {
    this.#sessions.get(shard)?.failNext();
  }

  connectAll(): void {
    for (const shard of this.#sessions.keys()) this.connect(shard);
  }

  content(): Record<string, Record<string, string>> {
    return Object.fromEntries(
      [...this.known].toSorted().map((id) => [id, contentOf(this.mirror.scope(id))]),
    );
  }
}

const WATCHED = ['leader', 'failover', 'config', 'sync', 'history'];

function contentOf(scope: ScopeSnapshot | null): Record<string, string> {
  const content: Record<string, string> = {};
  for (const name of WATCHED) {
    const value = scope?.znode(name);
    if (value) content[name] = 'failed' in value ? value.failed : value.data.toString();
  }
  for (const [name, value] of scope?.members ?? []) {
    if (value)
      content[`members/${name}`] = 'failed' in value ? value.failed : value.data.toString();
  }
  return content;
}

type Step =
  | { readonly do: 'write'; readonly cluster: number; readonly name: string }
  | { readonly do: 'burst'; readonly from: number; readonly count: number }
  | { readonly do: 'delete'; readonly cluster: number; readonly name: string }
  | { readonly do: 'drop'; readonly cluster: number }
  | { readonly do: 'cut' | 'connect' | 'lose'; readonly shard: number }
  | { readonly do: 'slow'; readonly ms: number }
  | { readonly do: 'pass'; readonly ms: number };

const CLUSTERS = 12;
const NAMES = ['leader', 'config', 'sync', 'failover', 'members/a', 'members/b', 'members/c'];
const cluster = fc.integer({ min: 0, max: CLUSTERS - 1 });
const name = fc.constantFrom(...NAMES);
const shard = fc.constantFrom(-1, 0, 1);
const is = <T extends Step['do']>(one: T) => fc.constant(one);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: is('write'), cluster, name }) },
  { weight: 3, arbitrary: fc.record({ do: is('burst'), from: cluster, count: fc.nat(CLUSTERS) }) },
  { weight: 2, arbitrary: fc.record({ do: is('delete'), cluster, name }) },
  { weight: 1, arbitrary: fc.record({ do: is('drop'), cluster }) },
  { weight: 1, arbitrary: fc.record({ do: is('cut'), shard }) },
  { weight: 2, arbitrary: fc.record({ do: is('connect'), shard }) },
  { weight: 1, arbitrary: fc.record({ do: is('lose'), shard }) },
  { weight: 1, arbitrary: fc.record({ do: is('slow'), ms: fc.constantFrom(0, 0, 3, 40, 400) }) },
  { weight: 6, arbitrary: fc.record({ do: is('pass'), ms: fc.integer({ min: 0, max: 300 }) }) },
);

let version = 0;

async function perform(rig: Rig, one: Step): Promise<void> {
  const { zookeeper, clock } = rig;
  const at = (which: number) => `/service/c${which}`;
  switch (one.do) {
    case 'write':
      return zookeeper.put(`${at(one.cluster)}/${one.name}`, `${++version}`);
    case 'burst':
      for (let n = 0; n < one.count; n += 1) {
        const path = at((one.from + n) % CLUSTERS);
        for (const each of ['a', 'b', 'c'])
          zookeeper.put(`${path}/members/${each}`, `${++version}`);
      }
      return;
    case 'delete':
      return zookeeper.remove(`${at(one.cluster)}/${one.name}`);
    case 'drop':
      return zookeeper.remove(at(one.cluster));
    case 'cut':
      return rig.cut(one.shard);
    case 'connect':
      return rig.connect(one.shard);
    case 'lose':
      return rig.lose(one.shard);
    case 'slow':
      zookeeper.latency = one.ms === 0 ? null : () => new Promise((go) => clock.after(one.ms, go));
      return;
    case 'pass':
      return clock.pass(one.ms);
  }
}

async function storm(steps: readonly Step[]): Promise<Rig> {
  const rig = new Rig(new FakeZooKeeper());
  rig.connectAll();
  for (const one of steps) await perform(rig, one);
  rig.zookeeper.latency = null;
  rig.connectAll();
  return rig;
}

const steps = fc.array(step, { maxLength: 150, size: 'max' });

test('quiet for once, the mirror equals a fresh read (invariants 1 and 5)', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const rig = await storm(all);
      // Whatever is dirty by now is read under the budget; then one maximum wait is enough.
      await rig.clock.pass(10_000);
      expect(rig.aggregator.view().dirty).toBe(0);
      expect(rig.mirror.synced).toBe(true);
      const fresh = new Rig(rig.zookeeper);
      fresh.connectAll();
      await fresh.clock.pass(10_000);
      expect(rig.content()).toEqual(fresh.content());
    }),
    { numRuns: 150 },
  );
});

test('no lane reads more than its budget, and no more is in flight than may be (2 and 4)', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const rig = await storm(all);
      await rig.clock.pass(3000);
      for (const [lane, perSecond] of [
        ['changes', limits.changesPerSecond],
        ['leadership', limits.leadershipPerSecond],
      ] as const) {
        const mine = rig.reads.filter((read) => read.lane === lane);
        for (const { at } of mine) {
          const inSecond = mine
            .filter((other) => other.at > at - 1000 && other.at <= at)
            .reduce((sum, { paths }) => sum + paths.length, 0);
          expect(inSecond).toBeLessThanOrEqual(perSecond);
        }
      }
      expect(rig.mostInFlight).toBeLessThanOrEqual(limits.changesInFlight);
      // Every path waits once, however often it has changed.
      const paths = 1 + CLUSTERS * (NAMES.length + 6);
      expect(rig.aggregator.view().dirty).toBeLessThanOrEqual(paths);
    }),
    { numRuns: 100 },
  );
});

test('a leader that changes is read at once, whatever else goes on (invariant 3)', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const rig = await storm(all);
      await rig.clock.pass(3000);
      expect(Math.max(0, ...rig.leaderWaits)).toBe(0);
    }),
    { numRuns: 100 },
  );
});
