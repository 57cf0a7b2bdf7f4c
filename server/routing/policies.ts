import { type PolicyState, policyState } from '@/lib/routing/view';
import { type ClusterId, parseClusterId } from '@/lib/topology/cluster-id';
import type { RawZnode } from '../ports';

/**
 * What is known of the policies of one ensemble's clusters. They are read from ZooKeeper by
 * `WatchedFolder`; until all of them have been, nothing is known of any.
 */
export class Policies {
  readonly #states = new Map<ClusterId, PolicyState>();
  readonly #ensemble: string;
  readonly #onChange: (id: ClusterId) => void;
  #whole = false;

  constructor(ensemble: string, onChange: (id: ClusterId) => void) {
    this.#ensemble = ensemble;
    this.#onChange = onChange;
  }

  /** Which clusters have one. */
  get ids(): readonly ClusterId[] {
    return [...this.#states.keys()];
  }

  /** Null: not known yet. */
  of(id: ClusterId): PolicyState | null {
    return this.#states.get(id) ?? (this.#whole ? { is: 'none' } : null);
  }

  becameWhole(): void {
    this.#whole = true;
  }

  read(id: ClusterId, znode: RawZnode | null): void {
    if (parseClusterId(id)?.ensemble !== this.#ensemble) return;
    if (znode === null) this.#states.delete(id);
    else this.#states.set(id, policyState(znode));
    this.#onChange(id);
  }
}
