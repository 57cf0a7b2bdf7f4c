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
  readonly #onWhole: () => void;
  #whole = false;

  constructor(
    ensemble: string,
    on: { readonly change: (id: ClusterId) => void; readonly whole: () => void },
  ) {
    this.#ensemble = ensemble;
    this.#onChange = on.change;
    this.#onWhole = on.whole;
  }

  /** Which clusters have one. */
  get ids(): readonly ClusterId[] {
    return [...this.#states.keys()];
  }

  /** Null: not known yet. */
  of(id: ClusterId): PolicyState | null {
    return this.#states.get(id) ?? (this.#whole ? { is: 'none' } : null);
  }

  /** All of them have been read over the connection that stands. */
  get isWhole(): boolean {
    return this.#whole;
  }

  becameWhole(): void {
    this.#whole = true;
    this.#onWhole();
  }

  /** They are read anew: what is known of them may be old. */
  beganAnew(): void {
    this.#whole = false;
  }

  /** One can't be read: it is there, and what it says isn't known. */
  failed(id: ClusterId, why: string): void {
    if (parseClusterId(id)?.ensemble !== this.#ensemble) return;
    this.#states.set(id, { is: 'unreadable', why, version: 0, mzxid: '0' });
    this.#onChange(id);
  }

  read(id: ClusterId, znode: RawZnode | null): void {
    if (parseClusterId(id)?.ensemble !== this.#ensemble) return;
    if (znode === null) this.#states.delete(id);
    else this.#states.set(id, policyState(znode));
    this.#onChange(id);
  }
}
