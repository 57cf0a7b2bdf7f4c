import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';

interface Stamped {
  readonly rev: number;
  readonly json: string;
  readonly view: OperationView;
}

/** The newest run of each cluster as the stream sends it, whoever began it. */
export class Newest {
  readonly #stamps = new Map<ClusterId, Stamped>();
  #rev = 0;

  /** Takes a run as it is now. An older one than what is shown changes nothing. */
  set(view: OperationView): void {
    const before = this.#stamps.get(view.cluster);
    const older = before && before.view.id !== view.id && before.view.startedAt > view.startedAt;
    if (older) return;
    const json = JSON.stringify(view);
    if (before?.json !== json) this.#stamps.set(view.cluster, { rev: ++this.#rev, json, view });
  }

  get(id: ClusterId): Stamped | null {
    return this.#stamps.get(id) ?? null;
  }
}
