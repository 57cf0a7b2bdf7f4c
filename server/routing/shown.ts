import { serverFigures } from '@/lib/routing/server-figures';
import type { PolicyState, RoutingRow, RoutingView } from '@/lib/routing/view';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock } from '../ports';
import type { Leases } from './leases';
import type { Scales } from './scales';

interface Stamped {
  readonly rev: number;
  readonly json: string;
  /** What it was made of. */
  readonly turn: number;
  readonly view: ClusterView;
}

interface ShownParts {
  readonly clock: Clock;
  /** A weighing that is older was not renewed, and what it says may hold no more. */
  readonly latestMs: number;
  readonly scales: Scales;
  readonly leases: Pick<Leases, 'views' | 'told'>;
  /** Null: not known yet. */
  readonly policy: (id: ClusterId) => PolicyState | null;
}

/** What is shown of how reads are spread: made when somebody looks, from what was said last. */
export class Shown {
  readonly #parts: ShownParts;
  readonly #stamps = new Map<ClusterId, Stamped>();
  #rev = 0;
  /** Grows whenever something shown may have changed. */
  #turns = 0;

  constructor(parts: ShownParts) {
    this.#parts = parts;
  }

  renew(): void {
    this.#turns += 1;
  }

  forget(id: ClusterId): void {
    this.#stamps.delete(id);
  }

  of({ id, members }: ClusterView): RoutingView {
    const { clock, latestMs, scales, leases, policy } = this.#parts;
    const names = members.map(({ name }) => name);
    const known = scales.get(id);
    const isNow = known !== undefined && clock.now() - known.at < latestMs;
    const weighing = isNow ? known.weighing : null;
    return {
      cluster: id,
      policy: policy(id) ?? { is: 'none' },
      weighing: weighing && { verdicts: weighing.verdicts, flag: weighing.flag },
      agents: leases.views,
      servers: leases.told.flatMap((told) => serverFigures(id, names, told)),
    };
  }

  /** What a list shows of it. */
  row(view: ClusterView): RoutingRow {
    const { policy, weighing, servers, agents } = this.of(view);
    const counts = servers.flatMap(({ port, sessions }) =>
      port === 'write' || sessions === null ? [] : [sessions],
    );
    const sessions = counts.length === 0 ? null : counts.reduce((sum, one) => sum + one, 0);
    return { cluster: view.id, name: view.name, policy, weighing, sessions, agents };
  }

  /** As the stream sends it. */
  stamped(view: ClusterView): { readonly rev: number; readonly json: string } {
    const known = this.#stamps.get(view.id);
    if (known?.turn === this.#turns && known.view === view) return known;
    const json = JSON.stringify(this.of(view));
    const rev = known?.json === json ? known.rev : ++this.#rev;
    const stamp = { rev, json, view, turn: this.#turns };
    this.#stamps.set(view.id, stamp);
    return stamp;
  }
}
