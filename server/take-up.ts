import { ZooKeeperError } from '@/lib/errors';
import type { RollCall } from '@/lib/history/record';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Ensemble } from './adapters/zookeeper/ensemble';
import type { History } from './history-parts';
import type { Digest } from './monitor/digest';
import type { Fleet } from './monitor/fleet';
import type { Runs } from './operations/runs';
import type { Clock } from './ports';

interface TakeUpParts {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly digest: Digest;
  readonly runs: Runs;
  readonly history: History;
  readonly onError: (error: unknown) => void;
}

/** Another Howdah that carries a run out may be gone by then. */
const FOREIGN_RETRY_MS = 3000;

/** What is done once an ensemble has been read whole, after each of its connections. */
export class TakeUp {
  readonly #parts: TakeUpParts;
  /** Of each ensemble, at which of its connections it was done last. */
  readonly #done = new Map<string, number>();
  /** Ensembles whose roll has been called. Once: what goes from then on is seen to go. */
  readonly #called = new Set<string>();

  constructor(parts: TakeUpParts) {
    this.#parts = parts;
  }

  /** Something of the ensemble has changed: perhaps it has been read whole. */
  note(ensemble: Ensemble): void {
    const { name, connections, synced } = ensemble;
    if (!synced || this.#done.get(name) === connections) return;
    this.#done.set(name, connections);
    this.#soon(ensemble);
  }

  /** All clusters of what could be listed; null: not read whole, or not put together yet. */
  rollOf(ensemble: Ensemble): Pick<RollCall, 'ensemble' | 'namespaces' | 'clusters'> | null {
    const { digest, fleet } = this.#parts;
    if (!ensemble.synced || digest.waiting > 0) return null;
    const { name } = ensemble;
    return { ensemble: name, namespaces: ensemble.listed, clusters: fleet.of(name) };
  }

  /** Not before its clusters have been put together: they are what is taken up. */
  #soon(ensemble: Ensemble): void {
    const { clock, digest, history } = this.#parts;
    if (digest.waiting > 0) {
      clock.soon(() => this.#soon(ensemble));
      return;
    }
    const roll = this.#called.has(ensemble.name) ? null : this.rollOf(ensemble);
    if (roll) {
      this.#called.add(ensemble.name);
      history.present(roll);
    }
    void this.#resumeAll(ensemble);
  }

  /** Also of clusters that are no more: what was removed has a run that may not have ended. */
  async #resumeAll(ensemble: Ensemble): Promise<void> {
    const { fleet, runs, onError } = this.#parts;
    const there = fleet.of(ensemble.name);
    try {
      const recorded = await runs.recorded(ensemble.name);
      const ids = new Set([...there, ...recorded]);
      // First our own that go on: a session that expired has taken their claims with it.
      const own = runs.known.active.filter((id) => ids.has(id));
      await this.#resume(ensemble, [...new Set([...own, ...ids])]);
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) onError(error);
    }
  }

  /** Runs left behind are taken up once it is known what the clusters look like. */
  async #resume(ensemble: Ensemble, ids: readonly ClusterId[]): Promise<void> {
    const { clock, runs, onError } = this.#parts;
    try {
      const foreign = await runs.resume(ensemble.name, ids);
      if (foreign.length > 0) {
        clock.after(FOREIGN_RETRY_MS, () => void this.#resume(ensemble, foreign));
      }
    } catch (error) {
      // A lost connection ends in another resync, which comes back here.
      if (!(error instanceof ZooKeeperError)) onError(error);
    }
  }
}
