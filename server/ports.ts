import type { Sight } from '@/lib/access/sight';
import type { BegunAct } from '@/lib/audit/entry';
import type { ClusterSettings, ConfigDocument, SettingFacts } from '@/lib/configuration/facts';
import type { DiskView, EventsPage, EventsQuery, Gap, HistoryView } from '@/lib/history/history';
import type { LagChunk, LagHistory, LagQuery, MemberFigures } from '@/lib/history/lag';
import type { HistoryRecord } from '@/lib/history/record';
import type { ReliabilityFacts, ReliabilityQuery, WorstLag } from '@/lib/history/reliability';
import type { Replay, ReplayQuery } from '@/lib/history/replay';
import type { PastCosts, PastQuery, RunsPage, RunsQuery } from '@/lib/history/run-record';
import type { VersionsPage, VersionsQuery } from '@/lib/history/znode-version';
import type { StateNow } from '@/lib/operations/as-seen';
import type { Burden, Reached } from '@/lib/operations/preflight';
import type { OperationRequest, OperationView, Preflight } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent, LagSample } from '@/lib/topology/event';
import type { ClusterKey, Stat } from '@/lib/topology/facts';
import type { ProbeFailure, ProbeSample } from '@/lib/topology/sample';
import type { Access } from '@/lib/znodes/access';

export type * from './account-ports';
export type * from './audit-ports';
export type * from './routing-ports';
export type * from './write-ports';

/** Time, so that tests can hold it still. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Runs `task` as soon as what has arrived meanwhile has had its turn. */
  soon(task: () => void): void;
}

/** Where history is kept for good. */
export interface HistoryStore {
  readonly health: Pick<HistoryView, 'state' | 'since' | 'says' | 'server'>;
  /** It is there, and takes records. */
  readonly writable: boolean;
  /**
   * Writes records, all or none; those it has already, by their `seq`, it leaves alone. Throws while
   * it is away; throws `bad-input` for what it would refuse again.
   */
  write(records: readonly HistoryRecord[]): Promise<void>;
  noteGap(gap: Gap): Promise<void>;
  /** The watch that began then has lasted until that moment. */
  noteWatching(began: number, until: number): Promise<void>;
  /** Those of what somebody may see. Throws `unavailable` while it is away. */
  events(query: EventsQuery, within: Sight): Promise<EventsPage>;
}

/** Where lag is kept for good. */
export interface LagStore {
  /** False while it can't be written to. */
  readonly ready: boolean;
  /** All or none; what it has already, by member and first moment, it leaves alone. */
  write(chunks: readonly LagChunk[]): Promise<void>;
  /** Throws `unavailable` while it is away. */
  read(query: LagQuery): Promise<LagHistory>;
  /** All figures at once, the highest of each bucket. Throws `unavailable` while it is away. */
  figures(query: Omit<LagQuery, 'figure'>): Promise<readonly MemberFigures[]>;
  /** Of each cluster the furthest that a standby was behind. Throws `unavailable` while it is away. */
  worst(query: ReliabilityQuery, within: Sight): Promise<readonly WorstLag[]>;
}

/** Where structures are read back. */
export interface ReplayStore {
  /** Throws `unavailable` while it is away. */
  replay(query: Omit<ReplayQuery, 'buckets'>): Promise<Omit<Replay, 'lag'>>;
}

/** Where changes of leadership are read back, and when somebody watched. */
export interface ReliabilityStore {
  /** Throws `unavailable` while it is away. */
  facts(query: ReliabilityQuery, within: Sight): Promise<Omit<ReliabilityFacts, 'worstLag'>>;
}

/** Where versions of znodes are read back. Throws `unavailable` while it is away. */
export interface VersionStore {
  versions(query: VersionsQuery): Promise<VersionsPage>;
  /** The names of those of a cluster, or of an ensemble's `ensembleId`, that have any. */
  znodes(cluster: ClusterId): Promise<readonly string[]>;
  /** The bytes of one version; null where there is no such, or it was gone then. */
  bytes(which: {
    readonly cluster: ClusterId;
    readonly name: string;
    readonly seq: number;
  }): Promise<Buffer | null>;
}

/** Where runs of operations are read back. Throws `unavailable` while it is away. */
export interface RunStore {
  runs(query: RunsQuery): Promise<RunsPage>;
  /** As it was known last; null: there is none, or none any more. */
  run(which: { readonly cluster: ClusterId; readonly id: string }): Promise<OperationView | null>;
  /** What the cluster's last changes of leadership of that kind cost. */
  past(query: PastQuery): Promise<PastCosts>;
}

/** What is done to history now and then, so that it stays small. Throws while the store is away. */
export interface Upkeep {
  /** Makes rollups of samples before `until`, of which none may come later. */
  rollUp(until: number): Promise<void>;
  /** Drops what is older than it is kept for. @returns what, by name. */
  prune(): Promise<readonly string[]>;
  /** Drops the oldest of what takes more room than history may. @returns what, by name. */
  shrink(): Promise<readonly string[]>;
  measure(): Promise<DiskView>;
}

/** What pages may ask of history. */
export interface HistoryReader extends Pick<HistoryStore, 'events'>, RunStore {
  readonly view: HistoryView;
  lag: LagStore['read'];
  /** All of a stretch of time of one cluster. Throws `unavailable` while the store is away. */
  replay(query: ReplayQuery): Promise<Replay>;
  versions: VersionStore['versions'];
  znodes: VersionStore['znodes'];
  /** What is kept of how reliable clusters were. Throws `unavailable` while the store is away. */
  reliability(query: ReliabilityQuery, within: Sight): Promise<ReliabilityFacts>;
}

/** Records that went to disk together. */
export interface SpooledBatch<T = HistoryRecord> {
  readonly name: string;
  readonly records: readonly T[];
}

/** What waits on disk until the store has it. It outlives the process. */
export interface Spool<T = HistoryRecord> {
  readonly records: number;
  /** When the record that has waited longest was seen; null: none waits. */
  readonly oldestAt: number | null;
  readonly bytes: number;
  readonly mostBytes: number;
  /**
   * Durable once this is true; false: there is no room, which does not hold for what `must` be kept
   * while the disk takes it. Throws what the disk says.
   */
  append(records: readonly T[], must?: 'must'): Promise<boolean>;
  /** The batches that have waited longest, of about `most` records in all; none: nothing waits. */
  oldest(most: number): Promise<readonly SpooledBatch<T>[]>;
  drop(batch: SpooledBatch<T>): Promise<void>;
  /** What was noted last, by this process or an earlier one. */
  readonly losing: Gap | null;
  /** Keeps what is being lost, until the store has it. */
  noteLosing(gap: Gap | null): Promise<void>;
}

/** A znode as it was read: its bytes and stat. */
export interface RawZnode {
  readonly data: Buffer;
  readonly stat: Stat;
}

/** What a mirror holds of one path: a znode, its absence, or why it could not be read. */
export type MirroredZnode = RawZnode | { readonly failed: string } | null;

/** One scope as the mirror holds it now, for decoding. */
export interface ScopeSnapshot {
  readonly key: ClusterKey;
  /** By its name below the scope, e.g. "config". */
  znode(name: string): MirroredZnode;
  readonly members: ReadonlyMap<string, MirroredZnode>;
}

/** What a batch of reads has changed. */
export interface MirrorBatch {
  /** Leadership is among it: it goes before everything else. */
  readonly urgent: boolean;
  readonly changed: readonly ClusterId[];
  readonly removed: readonly ClusterId[];
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

/**
 * The calls on ZooKeeper that operations need, over the leadership session. All throw
 * `ZooKeeperError`.
 */
export interface ZnodeAccess {
  data(path: string, watch: false): Promise<RawZnode | null>;
  create(
    path: string,
    data: Buffer,
    options?: { readonly ephemeral?: boolean; readonly access?: readonly Access[] },
  ): Promise<void>;
  set(path: string, data: Buffer, version: number): Promise<Stat>;
  delete(path: string, version: number): Promise<void>;
  sync(path: string): Promise<void>;
}

export interface ListingAccess extends ZnodeAccess {
  children(path: string, watch: false): Promise<{ readonly names: readonly string[] } | null>;
  access(path: string): Promise<ReadAccess | null>;
  setAccess(path: string, access: readonly Access[], version: number): Promise<void>;
}

/** A znode's ACL as it was read. */
export interface ReadAccess {
  readonly access: readonly Access[];
  /** False where hashes are masked. */
  readonly whole: boolean;
  /** Of the ACL; that of the bytes is in the stat. */
  readonly accessVersion: number;
  /** How many children it has. */
  readonly children: number;
  readonly stat: Stat;
}

/**
 * The calls on ZooKeeper that the export and the import of a subtree need, over a session of their
 * own. All throw `ZooKeeperError`.
 */
export interface TreeAccess extends Pick<ZnodeAccess, 'data' | 'set' | 'sync'> {
  /** The digest it has given, as ACLs have it (`user:hash`); null: none. */
  readonly digest: string | null;
  access(path: string): Promise<ReadAccess | null>;
  children(path: string, watch: false): Promise<{ readonly names: readonly string[] } | null>;
  create(
    path: string,
    data: Buffer,
    options: { readonly access: readonly Access[] },
  ): Promise<void>;
  setAccess(path: string, access: readonly Access[], version: number): Promise<void>;
  /** Returns once it is connected. Throws `unavailable` when it is over or that takes too long. */
  connected(): Promise<void>;
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
