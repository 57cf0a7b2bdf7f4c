import type { ClusterId } from '../topology/cluster-id';
import type { SeenPolicy } from './change';
import { parsePolicy, type RoutingPolicy } from './policy';
import type { Verdict } from './weigh';

/**
 * How the reads of one cluster are spread, as it is shown. Plain JSON. Times are milliseconds since
 * the epoch by Howdah's clock.
 */
export interface RoutingView {
  readonly cluster: ClusterId;
  readonly policy: PolicyState;
  /** Null: nothing is weighed, as there is no policy, or nothing is vouched for. */
  readonly weighing: WeighingView | null;
  /** The agents beside HAProxy that this Howdah is configured to lease weights to. */
  readonly agents: readonly AgentView[];
  /** What HAProxy itself says of this cluster's servers. */
  readonly servers: readonly ServerFigures[];
}

/** A cluster whose reads are spread, in a row of a list. */
export interface RoutingRow {
  readonly cluster: ClusterId;
  readonly name: string;
  readonly policy: PolicyState;
  readonly weighing: WeighingView | null;
  /** Sessions for reads, by HAProxy's word; null: nobody tells. */
  readonly sessions: number | null;
  /** That are told these weights, as all others. */
  readonly agents: readonly AgentView[];
}

export type PolicyState =
  /** Reads are spread as Patroni and HAProxy alone have it. */
  | { readonly is: 'none' }
  | ({ readonly is: 'ok'; readonly policy: RoutingPolicy } & SeenPolicy)
  | ({ readonly is: 'unreadable'; readonly why: string } & SeenPolicy);

export interface WeighingView {
  readonly verdicts: readonly Verdict[];
  readonly flag: string | null;
}

export interface AgentView {
  readonly url: string;
  /**
   * `holds`: what it says is what this Howdah weighs. `other`: another Howdah's. `away`: it does not
   * answer; one that runs lets go of what it was told within ten seconds, and of one that doesn't HAProxy
   * goes on by its last word.
   */
  readonly is: 'pending' | 'holds' | 'other' | 'away';
  /** In one sentence. */
  readonly says: string;
  readonly since: number;
}

/** One server of a HAProxy, as its statistics have it. Null: not said. */
export interface ServerFigures {
  /** The agent that told it, by its address. */
  readonly agent: string;
  readonly member: string;
  readonly at: number;
  /** What it is for: reads, writes, or reads when nobody else is left. */
  readonly port: 'read' | 'write' | 'last-resort';
  readonly server: string;
  /** As HAProxy says it, e.g. "UP", "DRAIN (agent)", "DOWN". */
  readonly status: string;
  readonly weight: number | null;
  readonly sessions: number | null;
  readonly sessionsPerSecond: number | null;
  readonly sessionsTotal: number | null;
  readonly queue: number | null;
  readonly errors: number | null;
  readonly check: string | null;
  readonly agentSaid: string | null;
}

/** What a policy's znode says; null: there is none. */
export function policyState(
  znode: {
    readonly data: { toString(encoding: 'utf8'): string };
    readonly stat: SeenPolicy;
  } | null,
): PolicyState {
  if (znode === null) return { is: 'none' };
  const { version, mzxid } = znode.stat;
  const policy = parsePolicy(znode.data.toString('utf8'));
  if ('unreadable' in policy) return { is: 'unreadable', why: policy.unreadable, version, mzxid };
  return { is: 'ok', policy, version, mzxid };
}
