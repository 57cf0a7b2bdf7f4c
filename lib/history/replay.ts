import type { ClusterId } from '../topology/cluster-id';
import type { ClusterView, LagView, MemberView } from '../topology/view';
import type { Gap } from './history';
import type { MemberFigures } from './lag';
import { type PartChanges, StructureReader } from './structure';

export interface ReplayQuery {
  readonly cluster: ClusterId;
  /** Milliseconds since the epoch, the first included and the last not. */
  readonly from: number;
  readonly until: number;
  /** At most about so many buckets of lag. */
  readonly buckets: number;
}

/** All that is kept of a cluster over a stretch of time: any moment of it can be made of this. */
export interface Replay {
  readonly from: number;
  /** Earlier than asked for where there was too much for one answer. */
  readonly until: number;
  /** In order; begins with a whole structure where one is kept from before the stretch. */
  readonly changes: readonly ReplayChange[];
  /** Times in which a Howdah watched, as far as they overlap the stretch. */
  readonly watched: readonly { readonly from: number; readonly until: number }[];
  /** Times for which records are known to be lost. */
  readonly gaps: readonly Gap[];
  readonly lag: readonly MemberFigures[];
}

export interface ReplayChange {
  readonly seq: number;
  readonly run: number;
  readonly at: number;
  readonly after: number | null;
  readonly parts: PartChanges | null;
}

/** A moment as Howdah knew it then. */
export interface Moment {
  readonly at: number;
  /** As last known; null: nothing of the cluster is known, or there was no such cluster. */
  readonly view: ClusterView | null;
  /**
   * `unwatched`: no Howdah watched, and the view is the last before that. `lost`: changes of about
   * that time are lost. `absent`: ZooKeeper held no such cluster. `unknown`: nothing is kept.
   */
  readonly is: 'known' | 'unwatched' | 'lost' | 'absent' | 'unknown';
  /** The last time at which what is shown is known to have been so; null while `known`. */
  readonly lastKnown: number | null;
}

/** Watching is noted this often: who stopped within it can't be told from who went on. */
export const WATCH_NOTED_MS = 10_000;

/** A sample of lag stands for so long, where none follows: idle clusters are asked rarely. */
const SAMPLE_STANDS_MS = 30_000;

/** Makes moments of a replay. Going on from the last one is quick; going back starts anew. */
export class Player {
  readonly replay: Replay;
  #reader = new StructureReader();
  #next = 0;
  #whole = true;

  constructor(replay: Replay) {
    this.replay = replay;
  }

  /** Within the stretch; what is kept may begin later. */
  moment(at: number): Moment {
    const { changes, gaps, lag } = this.replay;
    const applied = changes[this.#next - 1];
    if (applied !== undefined && applied.at > at) {
      this.#reader = new StructureReader();
      this.#next = 0;
      this.#whole = true;
    }
    for (let change = changes[this.#next]; change && change.at <= at; ) {
      this.#whole = this.#reader.apply(change);
      this.#next += 1;
      change = changes[this.#next];
    }
    const last = changes[this.#next - 1];
    if (last === undefined) return { at, view: null, is: 'unknown', lastKnown: null };
    // After a gap every structure is kept whole again: until then what is held may be old.
    if (!this.#whole || gaps.some(({ from, until }) => from <= at && until >= last.at)) {
      return { at, view: null, is: 'lost', lastKnown: last.at };
    }
    const { view } = this.#reader;
    if (view === null) return { at, view: null, is: 'absent', lastKnown: null };
    const until = Math.max(last.at, this.#watchedUntil(at));
    if (until < at)
      return { at, view: withFigures(view, lag, until), is: 'unwatched', lastKnown: until };
    return { at, view: withFigures(view, lag, at), is: 'known', lastKnown: null };
  }

  /** The last moment up to `at` at which somebody watched. */
  #watchedUntil(at: number): number {
    const begun = this.replay.watched.filter(({ from }) => from <= at);
    const until = Math.max(0, ...begun.map((one) => one.until));
    return until + WATCH_NOTED_MS >= at ? at : until;
  }
}

/** The view with the figures of a moment put in; what none is kept of is unknown. */
function withFigures(view: ClusterView, lag: readonly MemberFigures[], at: number): ClusterView {
  const of = new Map(lag.map((one) => [one.member, one]));
  return {
    ...view,
    members: view.members.map((member) => withLag(member, of.get(member.name), at)),
  };
}

function withLag(member: MemberView, kept: MemberFigures | undefined, at: number): MemberView {
  if (member.lag === null) return member;
  const place = kept ? placeOf(kept, at) : null;
  if (kept === undefined || place === null) {
    const quality = member.lag.quality === 'fresh' ? 'unknown' : member.lag.quality;
    return { ...member, lag: { ...member.lag, quality } };
  }
  const { sent, write, flush, replay, ms } = kept.figures;
  const lag: LagView = {
    ...member.lag,
    sentBytes: sent[place] ?? null,
    writeBytes: write[place] ?? null,
    flushBytes: flush[place] ?? null,
    replayBytes: replay[place] ?? null,
    replayMs: ms[place] ?? null,
    sampledAt: kept.at[place] ?? null,
  };
  return { ...member, lag };
}

/** Where the figures that stand at a moment are; null: there are none. */
function placeOf({ at: moments, width }: MemberFigures, at: number): number | null {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const place = low - 1;
  const began = moments[place];
  if (began === undefined) return null;
  return at < began + Math.max(width[place] ?? 0, SAMPLE_STANDS_MS) ? place : null;
}
