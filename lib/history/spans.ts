import type { Health } from '../topology/view';
import { type Moment, Player, type Replay, WATCH_NOTED_MS } from './replay';

/** A time in which a cluster's health and leader stayed the same. */
export interface Span {
  readonly from: number;
  readonly until: number;
  readonly is: Moment['is'];
  /** `unknown` where nothing is known of the time. */
  readonly health: Health;
  readonly leader: string | null;
}

const made = new WeakMap<Replay, readonly Span[]>();

/** How a cluster fared over a replay, without a hole. Made once for each: several ask for it. */
export function spansOf(replay: Replay): readonly Span[] {
  const spans = made.get(replay) ?? makeSpans(replay);
  made.set(replay, spans);
  return spans;
}

function makeSpans(replay: Replay): readonly Span[] {
  const { from, until, changes, watched, gaps } = replay;
  const player = new Player(replay);
  const turns = new Set(
    [
      from,
      ...changes.map(({ at }) => at),
      ...watched.flatMap((one) => [one.from, one.until + WATCH_NOTED_MS + 1]),
      ...gaps.flatMap((one) => [one.from, one.until + 1]),
    ].filter((at) => at >= from && at < until),
  );
  const spans: Span[] = [];
  for (const at of [...turns].sort((a, b) => a - b)) {
    const { is, view } = player.moment(at);
    const known = is === 'known' ? view : null;
    const span = { is, health: known?.health ?? 'unknown', leader: known?.leader?.name ?? null };
    const last = spans.at(-1);
    if (last?.is === is && last.health === span.health && last.leader === span.leader) continue;
    if (last) spans[spans.length - 1] = { ...last, until: at };
    spans.push({ from: at, until, ...span });
  }
  return spans;
}
