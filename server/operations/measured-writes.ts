import { movesLeadership } from '@/lib/operations/follow';
import { measured } from '@/lib/operations/follow-leadership';
import type { Run } from '@/lib/operations/run';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { Clock, WritePort, WriteSettings } from '../ports';
import type { RunHandle } from './carry-out';
import { followThroughProxy, type ThroughAbout } from './through-proxy';
import { AFTERWARDS_MS, LONGEST_MS, startWriteOutage, type WriteOutageRun } from './write-outage';

export interface MeasuredWritesOptions {
  readonly clock: Clock;
  readonly writes: WritePort;
  /** As whom to write; null: nobody has opted in. */
  readonly settings: (key: ClusterKey) => WriteSettings | null;
  readonly targets: (
    id: ClusterId,
  ) => readonly { readonly name: string; readonly connUrl: string }[];
}

const LOOK_MS = 250;
/** Before anything is asked, a first commit should have been confirmed: what was before is known. */
const READY_MS = 1000;

/** Measures for how long nobody could write while a run is on, by trying to, where somebody opted in. */
export class MeasuredWrites {
  readonly #options: MeasuredWritesOptions;

  constructor(options: MeasuredWritesOptions) {
    this.#options = options;
  }

  /**
   * Begins to try, and settles once a first commit is confirmed or that takes too long. Ends by
   * itself a while after the run has.
   */
  async begin(handle: RunHandle, key: ClusterKey): Promise<void> {
    const run = handle.run();
    const settings = interruptsWrites(run) ? this.#options.settings(key) : null;
    if (settings === null) return;
    const { clock, writes, targets } = this.#options;
    const { id, cluster } = run.view;
    this.throughProxy(key, {
      run: run.view,
      overAt: () => handle.run().view.outcome?.at ?? null,
      tell: async (through) => {
        const now = handle.run();
        await handle.advance({ ...now, view: { ...now.view, through } });
      },
    });
    const trying = startWriteOutage({
      ...{ clock, writes, id, settings },
      members: () => targets(cluster),
    });
    const until = clock.now() + READY_MS;
    while (trying.current().lastOk === null && clock.now() < until) await this.#wait(50);
    void this.#watch(handle, trying);
  }

  /** Tells of a run what becomes of writes through the cluster's proxy, where one is configured. */
  throughProxy(key: ClusterKey, about: ThroughAbout): void {
    const { clock, writes, settings } = this.#options;
    const writer = settings(key);
    if (writer?.through == null) return;
    followThroughProxy({ ...about, clock, writes, settings: writer, address: writer.through });
  }

  async #watch(handle: RunHandle, trying: WriteOutageRun): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await this.#wait(LOOK_MS);
      const run = handle.run();
      const figures = trying.current();
      const { longestMs, twoWriters, since, outages } = figures;
      // One that had begun before the first attempt is not told: what the probes saw of it is.
      const told = longestMs === null ? run : measured(run, longestMs);
      const [one, two] = twoWriters?.members ?? [];
      const next =
        one === undefined
          ? told
          : withTwoWriters(told, `${one} and ${two} both accepted writes at the same time`);
      if (next !== run) await handle.advance(next);
      const { outcome, startedAt } = handle.run().view;
      const settled = outcome !== null && since === null && outages.length > 0;
      const late = outcome !== null && clock.now() - outcome.at > AFTERWARDS_MS;
      if (settled || late || clock.now() - startedAt > LONGEST_MS) break;
    }
    trying.stop();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((done) => this.#options.clock.after(ms, done));
  }
}

const interruptsWrites = (run: Run): boolean =>
  movesLeadership(run) || (run.wish.kind === 'restart' && run.targets.some(({ leads }) => leads));

function withTwoWriters(run: Run, says: string): Run {
  return run.view.twoWriters === says ? run : { ...run, view: { ...run.view, twoWriters: says } };
}
