import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterSummary } from '@/lib/topology/view';
import type { FleetQuery } from './query';
import { byName, comparison, isChosen } from './rows';

type Fleet = ReadonlyMap<ClusterId, ClusterSummary>;

/**
 * Which clusters a query shows, in its order, kept from one fleet to the next: what was in order
 * nearly is, and to sort it again takes one pass. The answer is the same array while it says the
 * same, so that a row that changes without moving renders alone.
 */
export class FleetOrder {
  #fleet: Fleet = new Map();
  #query: FleetQuery | null = null;
  /** Every cluster of the fleet in the query's order, shown or not. */
  #rows: ClusterSummary[] = [];
  #rank: ReadonlyMap<ClusterId, number> = new Map();
  #ids: readonly ClusterId[] = [];

  of(fleet: Fleet, query: FleetQuery): readonly ClusterId[] {
    if (fleet === this.#fleet && query === this.#query) return this.#ids;
    this.#renew(fleet);
    const sign = query.direction === 'asc' ? 1 : -1;
    const compare = comparison(query.sort);
    const rank = (row: ClusterSummary): number => this.#rank.get(row.id) ?? 0;
    this.#rows.sort((a, b) => sign * compare(a, b) || rank(a) - rank(b));
    const chosen = isChosen(query);
    const ids = this.#rows.filter(chosen).map(({ id }) => id);
    this.#fleet = fleet;
    this.#query = query;
    if (!areSame(ids, this.#ids)) this.#ids = ids;
    return this.#ids;
  }

  /** The newest row of each cluster, in the order they had. */
  #renew(fleet: Fleet): void {
    if (fleet === this.#fleet) return;
    const rows = this.#rows.flatMap(({ id }) => fleet.get(id) ?? []);
    const left = rows.length < this.#rows.length;
    if (rows.length < fleet.size) {
      const known = new Set(rows.map(({ id }) => id));
      for (const row of fleet.values()) if (!known.has(row.id)) rows.push(row);
    } else if (!left) {
      this.#rows = rows;
      return;
    }
    this.#rows = rows;
    // Names never change: to collate them is worth it only when clusters come or go.
    this.#rank = new Map(rows.toSorted(byName).map(({ id }, n) => [id, n]));
  }
}

function areSame(a: readonly ClusterId[], b: readonly ClusterId[]): boolean {
  return a.length === b.length && a.every((id, n) => id === b[n]);
}
