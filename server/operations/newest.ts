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
    if (before && staysShown(before.view, view)) return;
    const json = JSON.stringify(view);
    if (before?.json !== json) this.#stamps.set(view.cluster, { rev: ++this.#rev, json, view });
  }

  get(id: ClusterId): Stamped | null {
    return this.#stamps.get(id) ?? null;
  }
}

/** Whether what is shown stays: it began later, or at the same moment and goes on. */
function staysShown(before: OperationView, view: OperationView): boolean {
  if (before.id === view.id) return false;
  if (before.startedAt !== view.startedAt) return before.startedAt > view.startedAt;
  return before.outcome === null && view.outcome !== null;
}
