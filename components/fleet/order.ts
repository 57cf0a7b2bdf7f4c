import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterSummary } from '@/lib/topology/view';
import type { FleetQuery } from './query';
import { byName, comparison, isChosen } from './rows';

type Fleet = ReadonlyMap<ClusterId, ClusterSummary>;

/**
 * Which clusters a query shows, in its order, kept from one fleet to the next: rows that change
 * without changing places cost no more than a look. The answer is the same array while it says the
 * same, so that such a row renders alone.
 */
export class FleetOrder {
  #fleet: Fleet = new Map();
  #query: FleetQuery | null = null;
  /** Every cluster of the fleet in the query's order, shown or not. */
  #rows: ClusterSummary[] = [];
  #rank: ReadonlyMap<ClusterId, number> = new Map();
  #ids: readonly ClusterId[] = [];

  of(fleet: Fleet, query: FleetQuery): readonly ClusterId[] {
    const asked = query !== this.#query;
    if (!asked && fleet === this.#fleet) return this.#ids;
    const moved = this.#renew(fleet, query);
    this.#fleet = fleet;
    this.#query = query;
    if (!asked && !moved) return this.#ids;
    const sign = query.direction === 'asc' ? 1 : -1;
    const compare = comparison(query.sort);
    const rank = (row: ClusterSummary): number => this.#rank.get(row.id) ?? 0;
    // What was in order nearly is: to sort it again takes one pass.
    this.#rows.sort((a, b) => sign * compare(a, b) || rank(a) - rank(b));
    const ids = this.#rows.filter(isChosen(query)).map(({ id }) => id);
    if (!areSame(ids, this.#ids)) this.#ids = ids;
    return this.#ids;
  }

  /**
   * Takes the newest row of each cluster, in the order they had.
   * @returns whether one came, went, or stands elsewhere now, or is or isn't shown.
   */
  #renew(fleet: Fleet, query: FleetQuery): boolean {
    if (fleet === this.#fleet) return false;
    const compare = comparison(query.sort);
    const chosen = isChosen(query);
    let moved = false;
    let kept = 0;
    for (const before of this.#rows) {
      const now = fleet.get(before.id);
      if (now === undefined) continue;
      this.#rows[kept++] = now;
      if (now === before) continue;
      moved ||= compare(before, now) !== 0 || chosen(before) !== chosen(now);
    }
    const left = kept < this.#rows.length;
    this.#rows.length = kept;
    const came = kept < fleet.size;
    if (came) {
      const known = new Set(this.#rows.map(({ id }) => id));
      for (const row of fleet.values()) if (!known.has(row.id)) this.#rows.push(row);
    }
    // Names never change: to collate them is worth it only when clusters come or go.
    if (came || left) this.#rank = new Map(this.#rows.toSorted(byName).map(({ id }, n) => [id, n]));
    return moved || came || left;
  }
}

function areSame(a: readonly ClusterId[], b: readonly ClusterId[]): boolean {
  return a.length === b.length && a.every((id, n) => id === b[n]);
}
