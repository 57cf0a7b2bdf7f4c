import { expectedOutage } from '../operations/preflight';
import type { ClusterId } from '../topology/cluster-id';
import type { Cause } from '../topology/event';
import { bytesBetween, parseLsn } from '../topology/lsn';
import type { ClusterView, RequestView } from '../topology/view';

/**
 * One change of leadership, from the loss of the old leader to the moment all was well again. It is
 * recorded as soon as the new leader is seen, and again as more of it is known.
 */
export interface Failover {
  readonly record: 'failover';
  readonly seq: number;
  /** When this much was known of it. */
  readonly at: number;
  readonly cluster: ClusterId;
  /** Of the new leadership: tells changes of one cluster apart. */
  readonly czxid: string;
  /** `switchover`: planned. `restart`: the same member took the leadership anew. */
  readonly kind: 'switchover' | 'failover' | 'restart';
  readonly cause: Cause;
  readonly from: string | null;
  readonly to: string;
  /** When the old leadership was seen to end, and the new one to begin. */
  readonly began: number;
  readonly led: number;
  /** When all known members ran and streamed again; null: not yet, or not within the hour. */
  readonly recovered: number | null;
  /** How long nobody was seen to accept writes: an upper bound; null: not measured. */
  readonly outageMs: number | null;
  /** What was expected of a switchover, milliseconds [low, high]; null of what nobody planned. */
  readonly predictedMs: readonly [number, number] | null;
  readonly timelineBefore: number | null;
  readonly timelineAfter: number | null;
  /**
   * How far the old leader was last seen beyond the point from which the new one goes on: at least
   * so much was lost. Null: not known.
   */
  readonly lostBytes: number | null;
}

type Told = Omit<Failover, 'record' | 'seq' | 'at' | 'cluster'>;

/** What is not over after this is told as it stands. */
const FOLLOWED_MS = 3_600_000;

interface Led {
  readonly view: ClusterView;
  readonly name: string;
  readonly czxid: string;
  /** The last position that was seen of it. */
  readonly lsn: string | null;
}

/** When a view was put together, and what moves the leadership if it has moved. */
export interface MoveSeen {
  readonly at: number;
  readonly cause: Cause;
  /** What Howdah was asked for there; null or absent: nothing, or that is not known. */
  readonly moving?: 'switchover' | 'failover' | null;
}

/** A request is cleared within a change of leader: one that is gone for longer came to nothing. */
const REQUEST_LASTS_MS = 60_000;

/** Follows the leadership of one cluster. */
export class FailoverFollower {
  #last: Led | null = null;
  #leaderless: number | null = null;
  #request: { readonly is: RequestView; readonly goneAt: number | null } | null = null;
  #before: Led | null = null;
  #current: Told | null = null;

  /** @returns what is known now of a change of leadership, where that is more than before. */
  take(view: ClusterView, seen: MoveSeen): Told | null {
    const { at } = seen;
    this.#noteRequest(view, at);
    const { leader } = view;
    if (leader === null) {
      // One that can't be read is not gone.
      const unreadable = view.unreadable.some(({ path }) => path.endsWith('/leader'));
      if (this.#last && !unreadable) this.#leaderless ??= at;
      return null;
    }
    const before = this.#last;
    const lsn = view.members.find(({ name }) => name === leader.name)?.lsn ?? null;
    const same = before?.czxid === leader.czxid;
    this.#last = {
      view,
      name: leader.name,
      czxid: leader.czxid,
      lsn: lsn ?? (same ? before.lsn : null),
    };
    if (before === null || same) {
      this.#leaderless = null;
      return this.#more(view, at);
    }
    this.#before = before;
    const told = this.#begin(before, view, seen);
    this.#leaderless = null;
    this.#request = null;
    this.#current = told;
    return told;
  }

  #noteRequest({ request }: ClusterView, at: number): void {
    if (request !== null) this.#request = { is: request, goneAt: null };
    if (request !== null || this.#request === null) return;
    const goneAt = this.#request.goneAt ?? at;
    const isOld = this.#leaderless === null && at - goneAt >= REQUEST_LASTS_MS;
    this.#request = isOld ? null : { ...this.#request, goneAt };
  }

  #begin(before: Led, view: ClusterView, { at, cause, moving }: MoveSeen): Told {
    const to = view.leader?.name ?? '';
    // A failover that somebody forces names no leader. Howdah's own request may never be seen, but
    // what it was asked for is known.
    const named = this.#request?.is.leader != null;
    const ours = moving == null ? named : moving === 'switchover';
    const asked = cause === 'howdah' ? ours : cause === 'request' && named;
    const kind = before.name === to ? 'restart' : asked ? 'switchover' : 'failover';
    return {
      ...{ kind, cause, to, from: before.name, led: at, began: this.#leaderless ?? at },
      czxid: view.leader?.czxid ?? '',
      recovered: null,
      outageMs: null,
      predictedMs: asked ? expectedOutage(before.view) : null,
      timelineBefore: before.view.timeline,
      timelineAfter: null,
      lostBytes: null,
    };
  }

  #more(view: ClusterView, at: number): Told | null {
    const [before, told] = [this.#before, this.#current];
    if (before === null || told === null) return null;
    const more = {
      ...told,
      outageMs: outageOf(view, told) ?? told.outageMs,
      timelineAfter: laterThan(told.timelineBefore, view.timeline) ?? told.timelineAfter,
      lostBytes: lostOf(view, before) ?? told.lostBytes,
      recovered: isWhole(view) ? at : null,
    };
    const over = more.recovered !== null || at - told.led > FOLLOWED_MS;
    this.#current = over ? null : more;
    const same =
      more.outageMs === told.outageMs &&
      more.timelineAfter === told.timelineAfter &&
      more.lostBytes === told.lostBytes &&
      more.recovered === told.recovered;
    return same ? null : more;
  }
}

function outageOf({ lastOutage }: ClusterView, { began, to }: Told): number | null {
  if (lastOutage === null || lastOutage.to !== to || lastOutage.endedAt < began) return null;
  return lastOutage.endedAt - lastOutage.startedAt;
}

function laterThan(before: number | null, after: number | null): number | null {
  return before !== null && after !== null && after > before ? after : null;
}

/** Patroni notes where each timeline ended. */
function lostOf({ history }: ClusterView, { lsn, view }: Led): number | null {
  const entry = history.find(({ timeline }) => timeline === view.timeline);
  return entry ? bytesBetween(BigInt(entry.lsn), parseLsn(lsn)) : null;
}

/** Every member that is known runs, and is the leader or streams. */
function isWhole({ members, leader }: ClusterView): boolean {
  return members.every(
    ({ name, presence, state, role, upstream, probe }) =>
      presence.is === 'present' &&
      (name === leader?.name
        ? state === 'running' && role !== 'replica' && (probe.is !== 'ok' || probe.writable)
        : (state === 'running' || state === 'streaming') && upstream?.state === 'streaming'),
  );
}
