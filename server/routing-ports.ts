import type { PolicyChange, SeenPolicy } from '@/lib/routing/change';
import type { Endpoints } from '@/lib/routing/endpoints';
import type { AgentReport, Lease } from '@/lib/routing/lease';
import type { PolicyState, RoutingRow, RoutingView } from '@/lib/routing/view';
import type { ClusterId } from '@/lib/topology/cluster-id';

/** The agents beside HAProxy. */
export interface AgentPort {
  /** Whom there is, by address. */
  readonly urls: readonly string[];
  /** Gives it a lease. Throws an `Error` with one sentence where it does not answer in time. */
  give(url: string, lease: Lease): Promise<AgentReport>;
}

/** How reads are spread, and how that is changed. */
export interface RoutingReader {
  /** Throws `not-found`. */
  view(cluster: ClusterId): RoutingView;
  /** Of every cluster that has a policy, what of it a list shows. */
  list(): readonly RoutingRow[];
  /** For clients without HAProxy. Throws `not-found`. */
  endpoints(cluster: ClusterId): Endpoints;
  /** Settles when they are others, after so many milliseconds, or when whoever asked has gone. */
  changed(
    cluster: ClusterId,
    within: { readonly ms: number; readonly gone: AbortSignal },
  ): Promise<void>;
}

/** What changes a policy. */
export interface PolicyWriter {
  /**
   * Changes it where it is still what was seen. Throws `moved` where it is not, `refused`,
   * `bad-input`, `not-found`; `unavailable` where the answer was lost, and can't be found out.
   * @returns what stands there now
   */
  change(cluster: ClusterId, wanted: WantedPolicy): Promise<PolicyState>;
}

export interface WantedPolicy {
  readonly change: PolicyChange;
  /** What was seen; null: there was none. */
  readonly seen: SeenPolicy | null;
  /** Who asks; null: not known. */
  readonly by: string | null;
}
