import { messageOf } from './errors';
import { pipelined } from './pipelined';
import { randomFrom } from './random';
import { SyntheticCluster } from './synthetic-cluster';
import { ZooKeeperWriter } from './zookeeper-writer';

export interface SyntheticOptions {
  readonly connectString: string;
  /** '/service/' by default. */
  readonly namespace?: string;
  readonly clusters: number;
  /** Of each cluster, 3 by default. */
  readonly members?: number;
  /** Writes a second over all clusters, 0 by default. */
  readonly churnPerSecond?: number;
  readonly seed?: number;
  readonly onProgress?: (line: string) => void;
}

/** Counters since the start. */
export interface SyntheticStats {
  readonly writes: number;
  /** Left out because ZooKeeper was slower than the churn asked for. */
  readonly skipped: number;
  readonly failures: number;
}

export interface Synthetic {
  readonly scopes: readonly string[];
  stats(): SyntheticStats;
  /** Writes a second from now on. */
  setChurn(perSecond: number): void;
  /** Moves leadership of one cluster to its next member; returns when the new key is there. */
  switchLeader(scope: string): Promise<void>;
  /** Ends the churn and removes everything that was written. */
  stop(): Promise<void>;
}

/** Requests under way in one session: enough to fill the round trip, too few to queue up. */
const IN_FLIGHT = 64;
/** ZooKeeper closes a session in one transaction that lists its ephemerals, of 1 MB at most. */
const CLUSTERS_PER_SESSION = 500;
const TICK_MS = 50;

/**
 * Writes synthetic clusters straight to ZooKeeper and lets them churn as Patroni's loops do: the
 * leader writes `status`, each member its own znode.
 *
 * @throws SandboxError when ZooKeeper doesn't answer or refuses.
 */
export async function startSynthetic(options: SyntheticOptions): Promise<Synthetic> {
  const fleet = new SyntheticFleet(options);
  await fleet.write();
  return fleet;
}

interface Entry {
  readonly cluster: SyntheticCluster;
  readonly writer: ZooKeeperWriter;
}

class SyntheticFleet implements Synthetic {
  readonly #options: SyntheticOptions;
  readonly #namespace: string;
  readonly #random: () => number;
  readonly #writers: ZooKeeperWriter[] = [];
  readonly #entries: Entry[] = [];
  readonly #created: string[] = [];
  #turns: Generator<() => Promise<void>>;
  #timer: NodeJS.Timeout | undefined;
  #perSecond: number;
  #credit = 0;
  #inFlight = 0;
  #writes = 0;
  #skipped = 0;
  #failures = 0;

  constructor(options: SyntheticOptions) {
    this.#options = options;
    this.#namespace = `/${(options.namespace ?? 'service').replace(/^\/+|\/+$/g, '')}/`;
    this.#random = randomFrom(options.seed ?? 1);
    this.#perSecond = options.churnPerSecond ?? 0;
    this.#turns = this.#loop();
  }

  get scopes(): readonly string[] {
    return this.#entries.map(({ cluster }) => cluster.scope);
  }

  stats(): SyntheticStats {
    return { writes: this.#writes, skipped: this.#skipped, failures: this.#failures };
  }

  setChurn(perSecond: number): void {
    this.#perSecond = perSecond;
  }

  /** Writes every cluster and starts the churn. */
  async write(): Promise<void> {
    const { clusters, members = 3, onProgress } = this.#options;
    const began = performance.now();
    for (let index = 0; index < clusters; index++) {
      if (index % CLUSTERS_PER_SESSION === 0) {
        this.#writers.push(await ZooKeeperWriter.connect(this.#options.connectString));
      }
      const writer = this.#writers.at(-1);
      const cluster = new SyntheticCluster({
        namespace: this.#namespace,
        index,
        members,
        random: this.#random,
      });
      if (writer) this.#entries.push({ cluster, writer });
    }
    await this.#createNamespace();
    await pipelined(this.#entries, IN_FLIGHT, async ({ cluster, writer }) => {
      for (const znode of cluster.znodes()) await writer.put(znode);
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    onProgress?.(`Wrote ${clusters} clusters in ${seconds} s`);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  async switchLeader(scope: string): Promise<void> {
    const entry = this.#entries.find(({ cluster }) => cluster.scope === scope);
    if (!entry) throw new Error(`There is no synthetic cluster ${scope}`);
    const { leader, after } = entry.cluster.switchLeader(new Date());
    await entry.writer.remove(leader.path);
    await entry.writer.put(leader);
    await Promise.all(after.map(({ path, data }) => entry.writer.set(path, data)));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const [first] = this.#writers.filter((writer) => !writer.lost);
    if (first) {
      await pipelined(this.#entries, IN_FLIGHT, async ({ cluster }) => {
        for (const { path } of cluster.znodes().reverse()) await first.remove(path);
      });
      for (const path of this.#created.reverse()) await first.remove(path).catch(() => undefined);
    }
    for (const writer of this.#writers) writer.close();
  }

  async #createNamespace(): Promise<void> {
    const [writer] = this.#writers;
    const parts = this.#namespace.split('/').filter(Boolean);
    for (const [depth] of parts.entries()) {
      const path = `/${parts.slice(0, depth + 1).join('/')}`;
      if (await writer?.ensure(path)) this.#created.push(path);
    }
  }

  /** Spends the writes that the elapsed time has earned; what can't be sent is not made up for. */
  #tick(): void {
    this.#credit += (this.#perSecond * TICK_MS) / 1000;
    for (; this.#credit >= 1; this.#credit -= 1) {
      const write = this.#turns.next().value as (() => Promise<void>) | undefined;
      if (this.#inFlight >= IN_FLIGHT * this.#writers.length || !write) {
        this.#skipped += 1;
        continue;
      }
      this.#inFlight += 1;
      void write()
        .then(
          () => this.#writes++,
          (error: unknown) => this.#fail(error),
        )
        .finally(() => this.#inFlight--);
    }
  }

  #fail(error: unknown): void {
    if (this.#failures++ === 0) this.#options.onProgress?.(messageOf(error));
  }

  /** One write after the other, cluster by cluster, for ever. */
  *#loop(): Generator<() => Promise<void>> {
    while (this.#entries.length > 0) {
      for (const { cluster, writer } of this.#entries) {
        for (const { path, data } of cluster.turn(this.#random() * 2)) {
          yield () => writer.set(path, data);
        }
      }
    }
  }
}
