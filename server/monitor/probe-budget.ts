export interface BudgetLimits {
  readonly total: number;
  readonly perHost: number;
  readonly perCluster: number;
}

export interface Holder {
  readonly host: string;
  readonly cluster: string;
}

/** Of each limit, what those that failed last time may hold together. */
const DOUBTFUL_SHARE = 0.25;

/** How unwelcome it is that a holder gives its connection up; this one must not. */
export const NEVER = Number.POSITIVE_INFINITY;

/** Who has to give theirs up; or what is in the way: everybody's limit, or its host's or cluster's. */
export type Room<T> = { readonly from: readonly T[] } | { readonly full: 'total' | 'narrow' };

/** Everybody who holds a connection under one limit, in the order in which they were last asked. */
class Scope<T> {
  readonly held = new Set<T>();
  doubtful = 0;
  readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get doubtfulFull(): boolean {
    return this.doubtful >= Math.max(1, Math.floor(this.most * DOUBTFUL_SHARE));
  }
}

/**
 * Who may hold a connection: so many in all, to one host, to one cluster. It keeps count and says
 * who would have to make room; it closes nothing. Those that failed last time have a small share of
 * their own, so that however many hang, most of every limit is left to the others.
 */
export class ConnectionBudget<T extends Holder> {
  readonly #limits: BudgetLimits;
  readonly #total: Scope<T>;
  readonly #hosts = new Map<string, Scope<T>>();
  readonly #clusters = new Map<string, Scope<T>>();
  readonly #doubtful = new Set<T>();

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
    this.#total = new Scope(limits.total);
  }

  get size(): number {
    return this.#total.held.size;
  }

  has(one: T): boolean {
    return this.#total.held.has(one);
  }

  /** It is asked now, over the connection it has or over a new one. */
  take(one: T, doubtful: boolean): void {
    const scopes = this.#scopes(one);
    const [, host, cluster] = scopes;
    this.#hosts.set(one.host, host);
    this.#clusters.set(one.cluster, cluster);
    for (const { held } of scopes) {
      held.delete(one);
      held.add(one);
    }
    if (doubtful && !this.#doubtful.has(one)) {
      this.#doubtful.add(one);
      for (const scope of scopes) scope.doubtful += 1;
    }
  }

  /** It has answered: what it holds is not doubtful any more. */
  clear(one: T): void {
    if (!this.#doubtful.delete(one)) return;
    for (const scope of this.#scopes(one)) scope.doubtful -= 1;
  }

  release(one: T): void {
    if (!this.has(one)) return;
    this.clear(one);
    for (const { held } of this.#scopes(one)) held.delete(one);
    if (this.#hosts.get(one.host)?.held.size === 0) this.#hosts.delete(one.host);
    if (this.#clusters.get(one.cluster)?.held.size === 0) this.#clusters.delete(one.cluster);
  }

  /**
   * What it takes that `one` may hold a connection.
   * @param cost of taking a holder's away: the cheapest goes, of several the one longest not asked.
   */
  room(one: T, doubtful: boolean, cost: (holder: T) => number): Room<T> {
    if (this.has(one)) return { from: [] };
    const from: T[] = [];
    const narrowFirst = this.#scopes(one).reverse();
    for (const scope of narrowFirst) {
      const full = scope === this.#total ? 'total' : 'narrow';
      if (doubtful && scope.doubtfulFull) return { full };
      const leaving = from.filter((holder) => scope.held.has(holder)).length;
      if (scope.held.size - leaving < scope.most) continue;
      const cheapest = cheapestOf(scope.held, cost);
      if (cheapest === null) return { full };
      from.push(cheapest);
    }
    return { from };
  }

  #scopes({ host, cluster }: T): [total: Scope<T>, host: Scope<T>, cluster: Scope<T>] {
    const { perHost, perCluster } = this.#limits;
    return [
      this.#total,
      this.#hosts.get(host) ?? new Scope<T>(perHost),
      this.#clusters.get(cluster) ?? new Scope<T>(perCluster),
    ];
  }
}

/**
 * Of those that cost the same, whoever was asked last: with everybody asked in turn, that is the one
 * that is needed again last.
 */
function cheapestOf<T>(held: ReadonlySet<T>, cost: (holder: T) => number): T | null {
  let cheapest: T | null = null;
  let least = NEVER;
  for (const holder of [...held].reverse()) {
    const costs = cost(holder);
    if (costs >= least) continue;
    cheapest = holder;
    least = costs;
    if (least === 0) break;
  }
  return cheapest;
}
