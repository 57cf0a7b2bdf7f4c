import type { Lsn } from './lsn';

/** How long positions are remembered, and how densely. */
const KEEP_MS = 3_600_000;
const MOST_POINTS = 4000;
/** What the leader's rate is taken over, at least. */
const RATE_MS = 5000;

interface Point {
  readonly at: number;
  /** When it was asked, which is before it was there: it is no newer than that. */
  readonly asked: number;
  readonly lsn: Lsn;
}

/** What a position means in time. */
export interface Age {
  /** Milliseconds of the leader's past that lie beyond the position. */
  readonly ms: number;
  /** True when the position is older than all that is remembered: then `ms` is a lower bound. */
  readonly atLeast: boolean;
}

/**
 * Remembers when the leader was where, and so turns a position into a moment: a standby that has
 * replayed up to where the leader was 3 s ago is 3 s behind. Right when the cluster is idle (the
 * position is the leader's own: 0), when replay is paused and when the receiver is down; its error
 * is at most the interval between two samples.
 */
export class LeaderClock {
  readonly #points: Point[] = [];

  /**
   * Notes that the leader was at `lsn` at the time `at`. A position below the last one means
   * another history (a new timeline, a restored server): what was remembered is dropped.
   *
   * @param tookMs of the round trip in whose middle `at` is
   */
  note(at: number, lsn: Lsn, tookMs = 0): void {
    const last = this.#points.at(-1);
    if (last && (lsn < last.lsn || at < last.at)) this.#points.length = 0;
    // Only the first and the last moment at one position matter.
    const before = this.#points.at(-2);
    if (last && before && last.lsn === lsn && before.lsn === lsn) this.#points.pop();
    this.#points.push({ at, lsn, asked: at - tookMs / 2 });
    while (this.#points.length > MOST_POINTS || (this.#points[0]?.at ?? at) < at - KEEP_MS) {
      this.#points.shift();
    }
  }

  reset(): void {
    this.#points.length = 0;
  }

  /** For how long the leader has been seen to stand still, milliseconds. */
  get stillMs(): number {
    const last = this.#points.at(-1);
    const before = this.#points.at(-2);
    return last && before && before.lsn === last.lsn ? last.at - before.at : 0;
  }

  get current(): Lsn | null {
    return this.#points.at(-1)?.lsn ?? null;
  }

  /** When the leader was last seen; null: never. */
  get seenAt(): number | null {
    return this.#points.at(-1)?.at ?? null;
  }

  /**
   * How far behind, at the time `now`, somebody is who has reached `lsn`. Null when the leader's
   * position is not known at all.
   */
  age(lsn: Lsn, now: number): Age | null {
    const last = this.#points.at(-1);
    const first = this.#points[0];
    if (!last || !first) return null;
    if (lsn >= last.lsn) return { ms: 0, atLeast: false };
    if (lsn < first.lsn) return { ms: Math.max(0, now - first.at), atLeast: true };
    return { ms: Math.max(0, now - this.#leftAt(lsn)), atLeast: false };
  }

  /**
   * The last moment at which the leader is known not to have been beyond `lsn`: whoever has replayed
   * that much has all that was committed by then. Null when that is longer ago than is remembered.
   */
  freshAsOf(lsn: Lsn): number | null {
    const last = this.#points.at(-1);
    const first = this.#points[0];
    if (!last || !first || lsn < first.lsn) return null;
    return lsn >= last.lsn ? last.asked : (this.#points[this.#lastUpTo(lsn)] as Point).asked;
  }

  /** How fast the leader has moved of late; null while that is not known. */
  get bytesPerSecond(): number | null {
    const last = this.#points.at(-1);
    if (!last) return null;
    const since = last.at - RATE_MS;
    const at = Math.max(
      0,
      this.#points.findLastIndex((one) => one.at <= since),
    );
    const [from, next] = [this.#points[at] as Point, this.#points[at + 1]];
    // Of a stretch at one position only its ends are kept: it was there all the while.
    const left = next?.lsn === from.lsn ? Math.max(from.at, Math.min(next.at, since)) : from.at;
    if (left >= last.at) return null;
    return (Number(last.lsn - from.lsn) * 1000) / (last.at - left);
  }

  /** When the leader moved past `lsn`: between the last sample at or below it and the next. */
  #leftAt(lsn: Lsn): number {
    const low = this.#lastUpTo(lsn);
    const from = this.#points[low] as Point;
    const to = this.#points[low + 1] as Point;
    const share = Number(lsn - from.lsn) / Number(to.lsn - from.lsn);
    return from.at + share * (to.at - from.at);
  }

  /** Of a position between the first and the last: the last point that is not beyond it. */
  #lastUpTo(lsn: Lsn): number {
    let low = 0;
    let high = this.#points.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#points[middle] as Point).lsn <= lsn) low = middle;
      else high = middle;
    }
    return low;
  }
}
