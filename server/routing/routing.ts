import { Failure } from '@/lib/errors';
import { type Endpoints, endpointsOf } from '@/lib/routing/endpoints';
import type { Lease } from '@/lib/routing/lease';
import type { PolicyState, RoutingRow, RoutingView } from '@/lib/routing/view';
import { type ClusterId, parseClusterId } from '@/lib/topology/cluster-id';
import type { Progress } from '@/lib/topology/progress';
import type { ClusterView } from '@/lib/topology/view';
import { gathered } from '../gathered';
import type { AgentPort, Clock, RoutingReader } from '../ports';
import { Leases } from './leases';
import { gist, ordersOf } from './orders';
import { Policies } from './policies';
import { Scales } from './scales';
import { Shown } from './shown';
import { Waiting } from './waiting';

export interface RoutingOptions {
  readonly clock: Clock;
  readonly ensembles: readonly string[];
  readonly agents: AgentPort;
  readonly me: { readonly id: string; readonly name: string };
  readonly view: (id: ClusterId) => ClusterView | null;
  readonly progress: (id: ClusterId) => Progress | null;
  /** Whether what is held of that ensemble is what it holds. */
  readonly vouchedFor: (ensemble: string) => boolean;
  /** What is shown of a cluster has changed. */
  readonly onChange: (id: ClusterId) => void;
  /** Which clusters have a policy has changed: they are probed closely. */
  readonly onRouted: () => void;
}

/** Weights are made anew so often, as lag that isn't known grows with time alone. */
const WEIGH_MS = 500;
/** What has changed within this is compared with what was said, and told, together. */
const SOON_MS = 20;
/** What is merely shown of it is told no more often. */
const TELL_MS = 1000;

/**
 * Spreads the reads of every cluster that has a policy: weighs its members and has the agents beside
 * HAProxy told. Of an ensemble that can't be vouched for nothing is said: its leases end, and traffic
 * flows as Patroni alone has it.
 */
export class Routing implements RoutingReader {
  readonly #options: RoutingOptions;
  readonly #policies: ReadonlyMap<string, Policies>;
  readonly #leases: Leases;
  readonly #scales: Scales;
  readonly #shown: Shown;
  readonly #waiting: Waiting;
  readonly #soon: () => void;
  #said = '';
  #toldAt = 0;
  #cancel: () => void = () => {};

  constructor(options: RoutingOptions) {
    this.#options = options;
    const on = {
      change: (id: ClusterId) => this.#policyRead(id),
      whole: () => this.#weighAll(),
    };
    this.#policies = new Map(options.ensembles.map((name) => [name, new Policies(name, on)]));
    const { clock, agents, me } = options;
    const { view, progress } = options;
    const isCurrent = (ensemble: string) => this.#isCurrent(ensemble);
    this.#scales = new Scales({ clock, view, progress, isCurrent });
    this.#waiting = new Waiting(clock, (id) => JSON.stringify(this.endpoints(id)));
    this.#soon = gathered(clock, SOON_MS, () => this.#compare());
    this.#leases = new Leases({
      ...{ clock, agents, me },
      orders: () => this.#orders(),
      onChange: () => this.#tell(),
    });
    this.#shown = new Shown({
      ...{ clock, scales: this.#scales, leases: this.#leases, latestMs: 3 * WEIGH_MS },
      policy: (id) => this.policy(id),
    });
  }

  start(): void {
    this.#turn();
  }

  /** Settles once the agents know that another may speak. */
  close(): Promise<void> {
    this.#cancel();
    return this.#leases.close();
  }

  /** Clusters whose reads are spread. */
  get routed(): ReadonlySet<ClusterId> {
    return new Set([...this.#policies.values()].flatMap(({ ids }) => ids));
  }

  /** Where the policies of an ensemble are read. */
  policies(ensemble: string): Omit<Policies, 'ids' | 'of' | 'isWhole'> | null {
    return this.#policies.get(ensemble) ?? null;
  }

  /** Null: not known yet. */
  policy(id: ClusterId): PolicyState | null {
    return this.#policies.get(parseClusterId(id)?.ensemble ?? '')?.of(id) ?? null;
  }

  /** A cluster was put together anew: who leads now may be another. */
  observe(view: ClusterView, urgent: boolean): void {
    if (urgent && this.policy(view.id)?.is === 'ok') {
      this.#weigh(view.id);
      this.#soon();
    }
    this.#waiting.look(view.id);
  }

  gone(id: ClusterId): void {
    this.#scales.forget(id);
    this.#shown.forget(id);
  }

  /** Throws `not-found`. */
  view(cluster: ClusterId): RoutingView {
    return this.#shown.of(this.#viewOf(cluster));
  }

  list(): readonly RoutingRow[] {
    return [...this.routed].flatMap((id) => {
      const view = this.#options.view(id);
      return view ? [this.#shown.row(view)] : [];
    });
  }

  /** Throws `not-found`. */
  endpoints(cluster: ClusterId): Endpoints {
    const view = this.#viewOf(cluster);
    // Also of what can't be vouched for now: as it was known last.
    const known = this.#scales.get(cluster);
    return endpointsOf(view, {
      verdicts: known?.weighing.verdicts ?? null,
      isCurrent: this.#options.vouchedFor(view.key.ensemble),
    });
  }

  changed(cluster: ClusterId, within: { readonly ms: number; readonly gone: AbortSignal }) {
    return this.#waiting.next(cluster, within);
  }

  /** As the stream sends it; null: there is no such cluster. */
  stamped(id: ClusterId): { readonly rev: number; readonly json: string } | null {
    const view = this.#options.view(id);
    return view && this.#shown.stamped(view);
  }

  #viewOf(cluster: ClusterId): ClusterView {
    const view = this.#options.view(cluster);
    if (!view) throw new Failure('not-found', 'There is no such cluster.');
    return view;
  }

  #policyRead(id: ClusterId): void {
    this.#options.onRouted();
    this.#weigh(id);
    this.#shown.renew();
    this.#options.onChange(id);
    this.#soon();
  }

  #turn(): void {
    this.#weighAll();
    this.#cancel = this.#options.clock.after(WEIGH_MS, () => this.#turn());
  }

  #weighAll(): void {
    const { routed } = this;
    for (const id of this.#scales.all.keys()) if (!routed.has(id)) this.#scales.forget(id);
    for (const id of routed) this.#weigh(id);
    this.#compare();
  }

  /** Tells the agents if anything that they do has changed. */
  #compare(): void {
    const said = gist(this.#scales.all);
    const isNew = said !== this.#said;
    this.#said = said;
    if (isNew) this.#leases.renew();
    // The words about it change with time alone: once a second is enough for them.
    const now = this.#options.clock.now();
    if (isNew || now - this.#toldAt >= TELL_MS) this.#tell();
  }

  #weigh(id: ClusterId): void {
    const policy = this.policy(id);
    if (policy?.is === 'ok') this.#scales.weigh(id, policy.policy);
    else this.#scales.forget(id);
  }

  /**
   * Of every cluster whose policy is known: what is not mentioned keeps what was drained there. So a
   * cluster without one is mentioned as well, if an agent is asked about it. Null where nothing can
   * be vouched for, or not all of it is known yet: what was said goes on to its end.
   */
  #orders(): Lease['orders'] | null {
    const { ensembles, clock } = this.#options;
    const someCurrent = ensembles.some((name) => this.#isCurrent(name));
    if (!someCurrent || this.#scales.isBeginning) return null;
    const unrouted = this.#leases.told
      .flatMap(({ asked }) => [...asked.keys()])
      .filter((id) => this.#isFree(id))
      .map((id) => [id, {}]);
    return { ...Object.fromEntries(unrouted), ...ordersOf(this.#scales.all, clock.now()) };
  }

  #isFree(id: ClusterId): boolean {
    return this.#isCurrent(parseClusterId(id)?.ensemble ?? '') && this.policy(id)?.is === 'none';
  }

  #isCurrent(ensemble: string): boolean {
    return this.#options.vouchedFor(ensemble) && this.#policies.get(ensemble)?.isWhole === true;
  }

  /** What is shown follows what is said, and what HAProxy says, a moment later. */
  #tell(): void {
    this.#shown.renew();
    this.#toldAt = this.#options.clock.now();
    for (const id of this.routed) {
      this.#options.onChange(id);
      this.#waiting.look(id);
    }
  }
}
