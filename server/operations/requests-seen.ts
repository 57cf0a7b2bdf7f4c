import { loopMsOf } from '@/lib/operations/plan';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Cause } from '@/lib/topology/event';
import type { ClusterView, RequestView } from '@/lib/topology/view';

/** A request is cleared within a change of leader: what comes so soon after it is its doing. */
const REQUEST_LASTS_MS = 60_000;
/** Patroni's clock may be so much ahead. */
const SKEW_MS = 1000;

interface Scheduled {
  readonly request: RequestView;
  readonly at: number;
  readonly loopMs: number;
  readonly goneAt: number | null;
}

/** Why a leadership moves, as far as it was seen. */
interface SeenCause {
  readonly cause: Cause;
  readonly by?: string | null;
  readonly request?: RequestView;
}

interface RequestsSeenParts {
  /** Who has scheduled a switchover for that moment with Howdah; null: nobody has. */
  readonly scheduledBy: (id: ClusterId, at: number) => { readonly by: string | null } | null;
  /** Whether what stands there has been done already, by a run of Howdah's own. */
  readonly isDone: (view: ClusterView, now: number) => boolean;
}

/** The requests that stood in ZooKeeper, each until a change of leader has met it. */
export class RequestsSeen {
  readonly #parts: RequestsSeenParts;
  /** The last schedule that stood there, and when it was seen to be gone. */
  readonly #scheduled = new Map<ClusterId, Scheduled>();
  /** The last request that stood there and has not been met yet. */
  readonly #requested = new Map<ClusterId, { readonly at: number; readonly version: number }>();
  /** One that was met, and may stand on for a moment. */
  readonly #met = new Map<ClusterId, number>();

  constructor(parts: RequestsSeenParts) {
    this.#parts = parts;
  }

  note(view: ClusterView, at: number): void {
    const { id, request } = view;
    const scheduled = this.#scheduled.get(id);
    if (request === null) {
      this.#met.delete(id);
      if (scheduled) this.#scheduled.set(id, { ...scheduled, goneAt: scheduled.goneAt ?? at });
    } else if (this.#parts.isDone(view, at)) this.#met.set(id, request.version);
    else if (request.version === this.#met.get(id)) return;
    else if (request.scheduledAt !== null) {
      const loopMs = loopMsOf(view);
      const due = Date.parse(request.scheduledAt);
      this.#scheduled.set(id, { request, at: due, loopMs, goneAt: null });
    } else {
      this.#requested.set(id, { at, version: request.version });
      this.#scheduled.delete(id);
    }
  }

  /** A request accounts for one change of leader, and for none after it. */
  meet(id: ClusterId): void {
    const requested = this.#requested.get(id) ?? this.#scheduled.get(id)?.request;
    if (requested === undefined) return;
    this.#met.set(id, requested.version);
    this.#requested.delete(id);
    this.#scheduled.delete(id);
  }

  /** Of a leadership that moves now. */
  causeOf(id: ClusterId, now: number): SeenCause {
    const scheduled = this.#scheduled.get(id);
    if (scheduled !== undefined && isDue(scheduled, now)) {
      const { request } = scheduled;
      const made = this.#parts.scheduledBy(id, scheduled.at);
      return made ? { cause: 'howdah', by: made.by, request } : { cause: 'request', request };
    }
    const asked = this.#requested.get(id);
    const lately = asked !== undefined && now - asked.at < REQUEST_LASTS_MS;
    return { cause: lately ? 'request' : 'automatic' };
  }

  gone(id: ClusterId): void {
    this.#scheduled.delete(id);
    this.#requested.delete(id);
    this.#met.delete(id);
  }
}

/** Whether a leadership that moves now does so by this schedule, also where it was taken back. */
function isDue({ at, loopMs, goneAt }: Scheduled, now: number): boolean {
  if (goneAt === null) return at <= now + REQUEST_LASTS_MS;
  // Within its last loop Patroni sleeps up to the moment, and doesn't see that it is gone.
  const heeded = goneAt >= at - loopMs - SKEW_MS;
  return heeded && now >= at - SKEW_MS && now <= at + REQUEST_LASTS_MS;
}
