import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type {
  MemberResult,
  OperationRequest,
  OperationView,
  Preflight,
} from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import { type ClusterId, clusterId } from '@/lib/topology/cluster-id';
import { type PatroniCluster, type Sandbox, waitFor } from '@/sandbox';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';
import { loadConfig } from '../config';
import { createRuntime, type Runtime } from '../runtime';
import { ChildHowdah } from './child-for-tests';

/** What can be asked of a Howdah, wherever it runs. */
export interface Acting {
  readonly operations: {
    preflight(cluster: ClusterId, wish: Wish): Promise<Preflight>;
    start(request: OperationRequest, act: null): Promise<OperationView>;
    list(cluster: ClusterId): readonly OperationView[] | Promise<readonly OperationView[]>;
  };
}

/** What happens between Howdah and Patroni, by the member's name. */
export interface Meddling {
  /** A connection has come, and what it says is not passed on before this has settled. */
  readonly connected?: (member: string) => void | Promise<void>;
  /** What changes something has been passed on. */
  readonly posted?: (member: string) => void;
  /** What is answered to that instead; null: as it is. */
  readonly answer?: () => string | null;
}

/** For integration tests: every part of the control plane as it is in the product, on a sandbox. */
export class OnSandbox {
  readonly cluster: PatroniCluster;
  readonly id: ClusterId;
  readonly folder = mkdtempSync(join(tmpdir(), 'howdah-operations-'));
  readonly #sandbox: Sandbox;
  readonly #running: Runtime[] = [];
  readonly #children: ChildHowdah[] = [];
  readonly #proxies: Server[] = [];
  #session: ZooKeeperSession | null = null;
  #files = 0;

  constructor(sandbox: Sandbox, scope: string) {
    this.#sandbox = sandbox;
    this.cluster = sandbox.cluster(scope);
    this.id = clusterId({ ensemble: 'main', namespace: '/service', scope, group: null });
  }

  /** The file of a configuration. */
  configure(more: Readonly<Record<string, unknown>> = {}): string {
    const file = join(this.folder, `${this.#files++}.yaml`);
    const { user, password } = this.cluster.monitoring;
    const settings = {
      ensembles: [
        { connect: this.#sandbox.connectString, namespaces: ['/service'], sessionTimeoutMs: 4000 },
      ],
      monitor: { user, password, sslmode: 'disable' },
      poll: { attendedMs: 500, idleMs: 1000, zookeeperMs: 1000 },
      store: { kind: 'none' },
      ...more,
    };
    // JSON is YAML too.
    writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    return file;
  }

  howdah(more: Readonly<Record<string, unknown>> = {}): Runtime {
    const file = this.configure(more);
    const runtime = createRuntime({
      config: loadConfig({ HOWDAH_CONFIG: file, NODE_ENV: 'test' }),
      build: 'test',
      log: pino({ level: 'fatal' }),
      peer: () => ({ address: '127.0.0.1' }),
      secret: 'a secret that only this test has'.padEnd(43, '.'),
      onSettled: () => {},
    });
    runtime.start();
    this.#running.push(runtime);
    return runtime;
  }

  /** The test's own session with ZooKeeper. */
  async zookeeper(): Promise<ZooKeeperSession> {
    this.#session ??= await openConnected({
      ...{ connect: this.#sandbox.connectString, timeoutMs: 5000, patienceMs: 30_000 },
      ...{ onChange: () => {}, onState: () => {} },
    });
    return this.#session;
  }

  /** The configuration as it stands in ZooKeeper: what Patroni tells of it may be a loop old. */
  async config(): Promise<{ readonly value: Record<string, unknown>; readonly version: number }> {
    const session = await this.zookeeper();
    const path = `/service/${this.cluster.scope}/config`;
    await session.sync(path);
    const found = await session.data(path, false);
    if (!found) throw new Error('there is no configuration');
    return { value: JSON.parse(found.data.toString('utf8')), version: found.stat.version };
  }

  /** A Howdah in a process of its own. */
  child(config: string, diesAt?: string): ChildHowdah {
    const child = new ChildHowdah(config, diesAt);
    this.#children.push(child);
    return child;
  }

  /** After each test: no Howdah and no proxy is left. */
  async end(): Promise<void> {
    for (const runtime of this.#running.splice(0)) await runtime.close();
    for (const child of this.#children.splice(0)) await child.kill();
    for (const proxy of this.#proxies.splice(0)) proxy.close();
    this.#session?.close();
    this.#session = null;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  newest = (runtime: Runtime): OperationView | undefined => runtime.operations.list(this.id)[0];

  /** What a preflight says once it can say anything; `holds` waits for what it should. */
  judged(
    runtime: Acting,
    wish: Wish,
    holds: (judged: Preflight) => boolean = () => true,
  ): Promise<Preflight> {
    let last: Preflight | null = null;
    return waitFor(
      async () => {
        last = await runtime.operations.preflight(this.id, wish).catch(() => null);
        return last !== null && holds(last) ? last : null;
      },
      {
        timeoutMs: 40_000,
        what: () => `a preflight of ${wish.kind}: ${JSON.stringify([last?.rules, last?.members])}`,
      },
    );
  }

  /** Asks for it once nothing forbids it; of a switchover, to a standby that may take over. */
  async request(runtime: Acting, wish: Wish): Promise<OperationRequest> {
    const judged = await this.judged(runtime, wish, (one) => mayBegin(wish, one));
    const candidate = candidateOf(wish, judged);
    return {
      cluster: this.id,
      wish: candidate === null ? wish : ({ ...wish, candidate } as Wish),
      seen: judged.seen,
      confirm: judged.phrase ?? '',
      reason: 'a test',
    };
  }

  ended(runtime: Acting, kind?: Wish['kind'], timeoutMs = 60_000): Promise<OperationView> {
    let last: OperationView | undefined;
    return waitFor(
      async () => {
        const [view] = await runtime.operations.list(this.id);
        last = view;
        return view?.state === 'ended' && (!kind || view.kind === kind) ? view : null;
      },
      { timeoutMs, what: () => `its end: ${JSON.stringify(last)}` },
    );
  }

  /** The end of that very run; unknown counts only once nothing more is to be learnt. */
  outcome(runtime: Acting, id: string, timeoutMs = 60_000): Promise<OperationView> {
    let last: readonly OperationView[] = [];
    return waitFor(
      async () => {
        last = await runtime.operations.list(this.id);
        const view = last.find((one) => one.id === id);
        return view?.outcome && view.outcome.code !== 'unknown' ? view : null;
      },
      { timeoutMs, what: () => `how it ended: ${JSON.stringify(last[0])}` },
    );
  }

  /** Asks for it and follows it to its end. */
  async done(runtime: Runtime, wish: Wish): Promise<OperationView> {
    const request = await this.request(runtime, wish);
    const { id } = await runtime.operations.start(request, null);
    return waitFor(
      () => {
        const view = this.newest(runtime);
        return view?.id === id && view.state === 'ended' ? view : null;
      },
      { timeoutMs: 60_000, what: () => `its end: ${JSON.stringify(this.newest(runtime))}` },
    );
  }

  /** Before each member's REST API stands a proxy that counts what passes. */
  async throughProxies(meddling: Meddling = {}): Promise<{
    readonly rewrite: Readonly<Record<string, string>>;
    /** Requests that change something. */
    readonly posts: () => number;
  }> {
    const { members } = this.cluster;
    const all = await Promise.all(members.map((member) => this.#counting(member, meddling)));
    const rewrite = Object.fromEntries(
      members.map(({ restPort }, i) => [`127.0.0.1:${restPort}`, `127.0.0.1:${all[i]?.port}`]),
    );
    return { rewrite, posts: () => all.reduce((sum, { posts }) => sum + posts(), 0) };
  }

  async #counting(
    { name, restPort }: { readonly name: string; readonly restPort: number },
    { connected, posted, answer }: Meddling,
  ): Promise<{ port: number; posts: () => number }> {
    let posts = 0;
    const server = createServer((client) => {
      const upstream = connect({ host: '127.0.0.1', port: restPort });
      const passes = connected?.(name);
      let isPost = false;
      client.on('data', (chunk) => {
        const changes = /^(POST|DELETE) /.test(chunk.toString('latin1'));
        isPost ||= changes;
        if (changes) posts += 1;
        void Promise.resolve(passes).then(() => {
          upstream.write(chunk);
          if (changes) posted?.(name);
        });
      });
      upstream.on('data', (chunk) => client.write((isPost && answer?.()) || chunk));
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    this.#proxies.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('no address');
    return { port: address.port, posts: () => posts };
  }
}

/** A switchover whose candidate the preflight is to name. */
export const switchover = (candidate: string | null = null): Wish => ({
  kind: 'switchover',
  candidate,
  at: null,
});

function mayBegin(wish: Wish, { rules, members }: Preflight): boolean {
  if (rules.some(({ verdict }) => verdict === 'refuse')) return false;
  if (wish.kind !== 'switchover') return true;
  // What is not known yet will be.
  return members.some(
    (one) => mayLead(one) && (wish.candidate === null || one.name === wish.candidate),
  );
}

/** Nothing speaks against it, but perhaps that Howdah can't reach it. */
const mayLead = ({ rules }: MemberResult): boolean =>
  rules.every(({ code, verdict }) => verdict === 'ok' || code === 'reachable');

function candidateOf(wish: Wish, { members }: Preflight): string | null {
  if (wish.kind !== 'switchover' || wish.candidate !== null) return null;
  return members.find(mayLead)?.name ?? null;
}

/** When a step was seen. */
export const at = (view: OperationView, code: string): number | null =>
  view.steps.find((step) => step.code === code)?.at ?? null;
