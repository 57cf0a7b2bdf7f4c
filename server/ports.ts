import type { BegunAct } from '@/lib/audit/entry';
import type { ClusterSettings, ConfigDocument, SettingFacts } from '@/lib/configuration/facts';
import type { StateNow } from '@/lib/operations/as-seen';
import type { Burden, Reached } from '@/lib/operations/preflight';
import type { OperationRequest, OperationView, Preflight } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent, LagSample } from '@/lib/topology/event';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ProbeFailure, ProbeSample } from '@/lib/topology/sample';
import type { ZnodeAccess } from './znode-ports';

export type * from './account-ports';
export type * from './audit-ports';
export type * from './history-ports';
export type * from './routing-ports';
export type * from './write-ports';
export type * from './znode-ports';

/** Time, so that tests can hold it still. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Runs `task` as soon as what has arrived meanwhile has had its turn. */
  soon(task: () => void): void;
}

/** How to ask a watched PostgreSQL. The password is never logged, shown or sent without TLS or SCRAM. */
export interface ProbeSettings {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly sslmode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  /** PEM, or null for the system's authorities. */
  readonly ca: string | null;
  /** Where these credentials may go. */
  readonly addresses: AddressPolicy;
}

export interface ProbeTarget {
  /** One for each member, for as long as it is known. */
  readonly key: string;
  readonly connUrl: string;
  /** Null: no monitoring user is configured for this cluster. */
  readonly settings: ProbeSettings | null;
}

export interface ProbePort {
  /**
   * One answer or one failure, within about four seconds. Never throws. After an answer the
   * connection stays open, after a failure it doesn't.
   */
  sample(target: ProbeTarget): Promise<ProbeSample | ProbeFailure>;
  /**
   * What the member runs with, asked over the connection that samples come by: none is opened for
   * it. Waits for that connection for a few seconds, and fails without one. Never throws.
   */
  settings(key: string): Promise<readonly SettingFacts[] | ProbeFailure>;
  /** What a primary has to finish before it can be stopped, by the same connection. Never throws. */
  burden(key: string): Promise<Burden | ProbeFailure>;
  /**
   * Closes the member's connection at once, also one that is only being opened: a sample that is
   * under way ends as a failure.
   */
  forget(key: string): void;
  /** Connections that are open, being opened or being closed. */
  readonly connections: number;
  close(): void;
}

/**
 * Decides where Howdah may connect, and with that where credentials may go: ZooKeeper's contents
 * choose the address, so only networks the operator allowed are.
 */
export interface AddressPolicy {
  check(wanted: { readonly host: string; readonly port: number }): Promise<
    | {
        readonly is: 'allowed';
        readonly endpoint: { readonly host: string; readonly ip: string; readonly port: number };
      }
    | { readonly is: 'refused'; readonly says: string }
  >;
}

/** How to ask Patroni's REST API. */
export interface PatroniSettings {
  readonly basic: { readonly user: string; readonly password: string } | null;
  /** PEM texts, or null. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** Accept any certificate; never the default. */
  readonly insecure: boolean;
  /** Where these credentials may go. */
  readonly addresses: AddressPolicy;
}

/** How Patroni took a request over REST. */
export type RestAnswer =
  | { readonly is: 'answered'; readonly status: number; readonly text: string }
  /** Certainly not received: nothing was connected to, or the guard said no. */
  | { readonly is: 'not-sent'; readonly why: string }
  /** May or may not have been received. */
  | { readonly is: 'unanswered'; readonly why: string };

/** One request to Patroni's REST API. */
export interface RestCall {
  readonly method: 'POST' | 'DELETE';
  /** e.g. "/switchover". */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /**
   * Asked once the connection stands and right before anything is sent over it, which it then is in
   * the same turn of the event loop. False: nothing is sent.
   */
  readonly guard: () => Promise<boolean>;
}

/** What can stand in the `failover` znode. */
export interface FailoverBody {
  readonly leader?: string;
  readonly candidate?: string;
  /** ISO time with a zone. */
  readonly scheduled_at?: string;
}

/** What Howdah can ask of Patroni. Nothing here decides; `server/operations` does. */
export interface PatroniPort {
  /** Read after a sync: no older than the call. */
  state(access: ZnodeAccess, key: ClusterKey): Promise<StateNow>;
  /** One request to the REST API at `apiUrl`. Never throws, and never tries again. */
  ask(apiUrl: string, call: RestCall, settings: PatroniSettings): Promise<RestAnswer>;
  /** What a member's REST API says of itself. Never throws; within about two seconds. */
  reach(apiUrl: string, settings: PatroniSettings): Promise<Reached>;
  /**
   * A request by compare-and-set on the `failover` znode, for when REST can't be reached. Refuses
   * when another request stands there than the one that was seen, where the leadership is not the one that it was decided on,
   * and where what was checked before doesn't hold any more once both have been read.
   */
  writeRequest(
    access: ZnodeAccess,
    key: ClusterKey,
    request: {
      readonly body: FailoverBody;
      readonly leaderCzxid: string | null;
      /** Of the request that was seen to stand, and is replaced; null: none was. */
      readonly requestVersion: number | null;
      readonly holds: () => boolean;
    },
  ): Promise<'written' | 'occupied' | 'moved' | 'stale'>;
  /** Takes a request back, if it is still exactly that version. */
  clearRequest(access: ZnodeAccess, key: ClusterKey, version: number): Promise<'cleared' | 'moved'>;
}

/** What the stream sends from. Every answer is JSON made once for all who listen. */
export interface StreamSource {
  /**
   * False right after the start, until every ensemble has been read or is known to be out of reach:
   * an empty fleet, or no such cluster, would be told too early.
   */
  readonly settled: boolean;
  /** Summaries changed after `rev`; all of them for 0 or a revision too old. */
  summaries(rev: number): {
    readonly full: boolean;
    readonly changed: readonly { readonly id: ClusterId; readonly json: string }[];
    readonly gone: readonly ClusterId[];
  };
  /** The newest revision of any summary or tombstone; above 0 even when there has been none. */
  readonly rev: number;
  view(id: ClusterId): { readonly rev: number; readonly json: string } | null;
  samples(id: ClusterId, since: number): Tail<LagSample>;
  events(id: ClusterId, since: number): Tail<ClusterEvent>;
  operation(id: ClusterId): { readonly rev: number; readonly json: string } | null;
  routing(id: ClusterId): { readonly rev: number; readonly json: string } | null;
  ensembles(): { readonly rev: number; readonly json: string };
  probing(): { readonly rev: number; readonly json: string };
  /** @param all for who sees all clusters; what others are told changes less often */
  history(all: boolean): { readonly rev: number; readonly json: string };
}

/** What a reader has missed since its last entry. `reset` says that entries before these are gone. */
export interface Tail<T> {
  readonly reset: boolean;
  readonly entries: readonly T[];
}

/** Server-side jobs that change a cluster: the only part of Howdah that does. */
export interface Operations {
  /** What would happen now, judged on the state Howdah holds. Throws `not-found`. */
  preflight(cluster: ClusterId, wish: Wish): Promise<Preflight>;
  /**
   * Records the intent, re-checks, sends, and returns as soon as the run is recorded; it goes on
   * without the caller. Throws `not-found`, `bad-input`, `moved`, `busy`, `refused`, `unavailable`.
   * Whoever began the act ends it where this throws; else it is ended here, once the run has.
   */
  start(request: OperationRequest, act?: BegunAct | null): Promise<OperationView>;
  /** Newest first. */
  list(cluster: ClusterId): readonly OperationView[];
}

/** Reads what is configured, and what of that runs. Changes nothing. */
export interface SettingsReader {
  /** The dynamic configuration as the mirror has it. Throws `not-found`. */
  document(cluster: ClusterId): ConfigDocument;
  /**
   * What each member runs with, no older than some two seconds; of those that can't be asked, why
   * and since when. Throws `not-found`.
   */
  members(cluster: ClusterId): Promise<ClusterSettings>;
}
