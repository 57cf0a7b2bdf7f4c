import { type AgentReport, LEASE_MS, type Lease } from '@/lib/routing/lease';
import { type Told, toldBy } from '@/lib/routing/server-figures';
import type { AgentView } from '@/lib/routing/view';
import { formatDuration } from '@/lib/units';
import type { AgentPort, Clock } from '../ports';

export interface LeasesOptions {
  readonly clock: Clock;
  readonly agents: AgentPort;
  /** Of this start of this process. */
  readonly me: { readonly id: string; readonly name: string };
  /** What is to be said now; null: nothing can be vouched for, and what was said is let run out. */
  readonly orders: () => Lease['orders'] | null;
  /** What an agent does, or says, has changed. */
  readonly onChange: () => void;
}

/** Renewed so often, so that a few that are lost do no harm. */
const RENEW_MS = 2000;
/** So soon after a change: what changes within is told together. */
const SOON_MS = 100;

const UNTOLD =
  'It is told nothing: ZooKeeper is away, or not all is known yet. What it was told last runs out within ten seconds.';

interface Place {
  view: AgentView;
  told: Told | null;
  /** A lease is under way, and another is wanted after it. */
  busy: boolean;
  again: boolean;
  cancel: () => void;
}

/**
 * Keeps every agent told: a lease when something has changed, and every two seconds. Each agent is
 * on its own, so that one that hangs delays no other. Where another Howdah holds the lease it is
 * asked for again when that would end.
 */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #places = new Map<string, Place>();
  #number = 0;
  #closed = false;

  constructor(options: LeasesOptions) {
    this.#options = options;
    const since = options.clock.now();
    for (const url of options.agents.urls) {
      const view: AgentView = { url, is: 'pending', says: 'It has not answered yet.', since };
      this.#places.set(url, { view, told: null, busy: false, again: false, cancel: () => {} });
    }
  }

  get views(): readonly AgentView[] {
    return [...this.#places.values()].map(({ view }) => view);
  }

  /** What each agent said last, while it answers. */
  get told(): readonly Told[] {
    return [...this.#places.values()].flatMap(({ told }) => told ?? []);
  }

  /** What is to be said has changed. */
  renew(): void {
    for (const [url, place] of this.#places) this.#later(url, place, SOON_MS);
  }

  /** What was said last stays in force to its end, and any other Howdah may speak from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    const orders = this.#options.orders();
    const all = [...this.#places].map(async ([url, { view, cancel }]) => {
      cancel();
      if (orders === null || view.is !== 'holds') return;
      // Whoever doesn't answer any more finds out by the lease's end.
      await this.#options.agents
        .give(url, { ...this.#lease(orders), released: true })
        .catch(() => undefined);
    });
    await Promise.all(all);
  }

  #later(url: string, place: Place, ms: number): void {
    if (place.busy) {
      place.again = true;
      return;
    }
    place.cancel();
    place.cancel = this.#options.clock.after(ms, () => void this.#give(url, place));
  }

  async #give(url: string, place: Place): Promise<void> {
    if (this.#closed) return;
    const orders = this.#options.orders();
    if (orders === null) {
      place.told = null;
      this.#show(place, { is: 'pending', says: UNTOLD });
      this.#later(url, place, RENEW_MS);
      return;
    }
    place.busy = true;
    place.again = false;
    let next = RENEW_MS;
    try {
      const report = await this.#options.agents.give(url, this.#lease(orders));
      const now = { at: this.#options.clock.now(), before: place.told };
      place.told = toldBy(url, report, now);
      this.#show(place, heldBy(report));
      // Another's: the next attempt is for when it ends, if it isn't renewed.
      if (!report.taken && report.holder) next = Math.min(next, report.holder.leftMs + 50);
    } catch (error) {
      place.told = null;
      const says = error instanceof Error ? error.message : String(error);
      this.#show(place, { is: 'away', says });
    }
    place.busy = false;
    if (!this.#closed) this.#later(url, place, place.again ? SOON_MS : next);
    this.#options.onChange();
  }

  #lease(orders: Lease['orders']): Lease {
    const { me } = this.#options;
    this.#number += 1;
    return {
      ...{ v: 1, holder: me.id, name: me.name, number: this.#number },
      ...{ ttlMs: LEASE_MS, orders, released: false },
    };
  }

  #show(place: Place, now: Pick<AgentView, 'is' | 'says'>): void {
    const { view } = place;
    const since = view.is === now.is ? view.since : this.#options.clock.now();
    place.view = { ...view, ...now, since };
  }
}

function heldBy({ taken, holder, asked, fault }: AgentReport): Pick<AgentView, 'is' | 'says'> {
  if (!taken && holder) {
    return { is: 'other', says: `It is told what to say by ${holder.name}.` };
  }
  if (fault !== null) return { is: 'holds', says: fault };
  const servers = asked.length === 1 ? '1 server' : `${asked.length} servers`;
  const says =
    asked.length === 0
      ? 'It has its weights, but HAProxy has asked it about no server yet.'
      : `It has its weights for ${formatDuration(LEASE_MS)} at a time, and HAProxy asks it about ${servers}.`;
  return { is: 'holds', says };
}
