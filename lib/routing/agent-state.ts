import { everything, type Order, type Question } from './agent-check';
import type { Lease, LeasedOrder } from './lease';

/** A drain that outlives its lease. Moments are the agent's clock. */
export interface KeptDrain extends Question {
  /** Null: until a lease says otherwise. */
  readonly until: number | null;
}

/** A question, and when it was asked last. */
export interface Asked extends Question {
  readonly at: number;
}

interface Held {
  readonly lease: Lease;
  readonly takenAt: number;
}

/** HAProxy asks about every server each second or so: who is not asked about is not there. */
const ASKED_MS = 15_000;
const [MOST_MEMBERS, MOST_CLUSTERS] = [100, 20_000];

/**
 * What the agent beside HAProxy knows, and what it says of each server. Pure: time is given.
 *
 * - Under a lease it says what the lease says; once that has ended, `up ready 100%` of all but those
 *   that an operator has drained.
 * - Of the servers of one cluster that HAProxy asks about (and whose own check passes, as far as that
 *   is known) at least one always gets a share: who was to get nothing gets 1 %, and if all are
 *   drained none is.
 */
export class AgentState {
  #held: Held | null = null;
  #drains: readonly KeptDrain[];
  /** By cluster, by member. */
  readonly #asked = new Map<string, Map<string, Asked>>();
  /** Servers whose check fails, as "backend/server"; null: not known. */
  #failing: ReadonlySet<string> | null = null;

  constructor(drains: readonly KeptDrain[] = []) {
    this.#drains = drains;
  }

  /** What is to be kept on disk. */
  get drains(): readonly KeptDrain[] {
    return this.#drains;
  }

  /** Who holds a lease that has not ended, and wants to keep it; null: nobody. */
  holder(
    now: number,
  ): { readonly id: string; readonly name: string; readonly leftMs: number } | null {
    const held = this.#lease(now);
    if (held === null || held.lease.released) return null;
    const { holder: id, name, ttlMs } = held.lease;
    return { id, name, leftMs: held.takenAt + ttlMs - now };
  }

  /** False where another holds one, or a later one of the same holder has come. */
  take(lease: Lease, now: number): boolean {
    const held = this.#lease(now);
    const isAnother = held !== null && held.lease.holder !== lease.holder;
    if (isAnother && !held.lease.released) return false;
    if (held && !isAnother && held.lease.number >= lease.number) return false;
    this.#held = { lease, takenAt: now };
    // Of clusters that it says nothing about Howdah knows nothing now: what was drained stays so.
    const others = this.#drains.filter(({ cluster }) => !Object.hasOwn(lease.orders, cluster));
    const drains = drainsIn(lease, now).map((one) => sameAs(this.#drains, one));
    this.#drains = [...others.filter((one) => isOn(one, now)), ...drains];
    return true;
  }

  /** Servers whose own check fails now, as "backend/server"; null: that is not known. */
  know(failing: ReadonlySet<string> | null): void {
    this.#failing = failing;
  }

  /** HAProxy asks about one server. */
  ask(of: Question, now: number): Order {
    const members = this.#asked.get(of.cluster) ?? new Map<string, Asked>();
    members.set(of.member, { ...of, at: now });
    this.#asked.set(of.cluster, members);
    // Whoever can reach its port may ask about anything: what isn't asked about any more goes.
    if (members.size > MOST_MEMBERS) this.#askedOf(of.cluster, now);
    if (this.#asked.size > MOST_CLUSTERS) this.#asked.clear();
    return this.order(of, now);
  }

  /** What HAProxy has asked about of late. */
  asked(now: number): readonly Asked[] {
    return [...this.#asked.keys()].flatMap((cluster) => this.#askedOf(cluster, now));
  }

  #askedOf(cluster: string, now: number): readonly Asked[] {
    const members = this.#asked.get(cluster) ?? new Map<string, Asked>();
    for (const [member, { at }] of members) if (at < now - ASKED_MS) members.delete(member);
    if (members.size === 0) this.#asked.delete(cluster);
    return [...members.values()];
  }

  order(of: Question, now: number): Order {
    const wanted = this.#wanted(of, now);
    if (carries(wanted)) return wanted;
    const there = this.#askedOf(of.cluster, now).filter((one) => !this.#fails(one));
    if (there.some((one) => carries(this.#wanted(one, now)))) return wanted;
    // Nobody is left: whoever is there has to serve, those that were drained last of all.
    const isDrained = (one: Question) => this.#wanted(one, now).is === 'drain';
    if (wanted.is === 'drain' && !there.every(isDrained)) return wanted;
    return { is: 'share', percent: 1 };
  }

  #fails({ server }: Question): boolean {
    return server != null && this.#failing?.has(server) === true;
  }

  #wanted(of: Question, now: number): Order {
    const leased = this.#leased(of, now);
    if (leased !== null) return leased;
    const drained = this.#drains.some(
      (one) => one.cluster === of.cluster && one.member === of.member && isOn(one, now),
    );
    return drained ? { is: 'drain' } : everything;
  }

  #leased({ cluster, member }: Question, now: number): Order | null {
    const held = this.#lease(now);
    const members = held && own(held.lease.orders, cluster);
    const order = members && own(members, member);
    if (!held || !order) return null;
    if (order.is !== 'drain') return order;
    const over = order.forMs !== null && now >= held.takenAt + order.forMs;
    return over ? everything : { is: 'drain' };
  }

  #lease(now: number): Held | null {
    const held = this.#held;
    return held && now < held.takenAt + held.lease.ttlMs ? held : null;
  }
}

const carries = (order: Order): boolean => order.is === 'share' && order.percent > 0;

const isOn = ({ until }: KeptDrain, now: number): boolean => until === null || now < until;

/** The end of a drain comes as a time to go, which is a little another each time. */
const SAME_MS = 2000;

/** As it was kept before, where it is the same: so that nothing is written anew for it. */
function sameAs(kept: readonly KeptDrain[], now: KeptDrain): KeptDrain {
  const before = kept.find(
    ({ cluster, member }) => cluster === now.cluster && member === now.member,
  );
  if (before?.until == null || now.until === null) return now;
  return Math.abs(before.until - now.until) < SAME_MS ? before : now;
}

function drainsIn({ orders }: Lease, now: number): readonly KeptDrain[] {
  return Object.entries(orders).flatMap(([cluster, members]) =>
    Object.entries(members).flatMap(([member, order]: [string, LeasedOrder]) =>
      order.is === 'drain'
        ? [{ cluster, member, until: order.forMs === null ? null : now + order.forMs }]
        : [],
    ),
  );
}

/** Never what every object has. */
const own = <T>(of: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;
