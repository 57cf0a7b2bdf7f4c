import type { Cause, ClusterEvent, EventCode } from '../topology/event';
import type { Health, OutageView } from '../topology/view';
import { Player, type Replay } from './replay';
import { type Span, spansOf } from './spans';

/** From the first sign that something was wrong until all was as well as before. */
export interface Incident {
  readonly from: number;
  readonly until: number;
  /**
   * `recovered`: all was as well as before. `beyond`: not within what was looked at. `unknown`:
   * nobody watched any more, or what came next is lost.
   */
  readonly end: 'recovered' | 'beyond' | 'unknown';
  readonly worst: Health;
  /** Who led, one after the other; null: nobody. */
  readonly leaders: readonly (string | null)[];
  /** How long there was no leader, milliseconds, as Howdah saw it. */
  readonly leaderlessMs: number;
  /** Times in which nobody was seen to accept writes: upper bounds. */
  readonly outages: readonly OutageView[];
  readonly timelines: readonly number[];
  /** The furthest that a standby was behind, where that was known. */
  readonly furthest: {
    readonly member: string;
    readonly bytes: number;
    readonly at: number;
  } | null;
  /** Why the leadership moved, where it did. */
  readonly cause: Cause | null;
  /** All that happened, oldest first. */
  readonly events: readonly ClusterEvent[];
}

/** Between two disturbances so close there was no recovery. */
const PAUSE_MS = 60_000;
/** Problems are raised once they last: what led to them came before. */
const SIGN_MS = 30_000;
const SIGNS: ReadonlySet<EventCode> = new Set([
  'leader-lost',
  'member-missing',
  'state-changed',
  'role-changed',
  'request-set',
  'operation',
]);

const RANK: Readonly<Record<Health, number>> = { good: 0, unknown: 0, attention: 1, critical: 2 };

/**
 * The incident that a moment belongs to, or the one nearest to it in the stretch; null: there was
 * none. A cluster that was ill all the time has an incident only where it was worse than that.
 * `events` are those of the cluster in the stretch, in any order.
 */
export function incidentAt(
  replay: Replay,
  events: readonly ClusterEvent[],
  at: number,
): Incident | null {
  const spans = spansOf(replay);
  const known = spans.filter(({ is }) => is === 'known');
  const least = Math.min(...known.map(({ health }) => RANK[health]));
  const worse = known.filter(({ health }) => RANK[health] > least);
  const outages = outagesOf(replay);
  const moved = handovers(spans, outages);
  const disturbed = merged([...worse, ...moved].sort((a, b) => a.from - b.from));
  const nearest = disturbed.toSorted((a, b) => distance(a, at) - distance(b, at))[0];
  if (!nearest) return null;
  const inOrder = events.toSorted((a, b) => a.seq - b.seq);
  const from = firstSign(inOrder, nearest.from);
  const { until } = nearest;
  const next = spans.find((span) => span.from <= until && span.until > until);
  const end = !next ? 'beyond' : next.is === 'known' ? 'recovered' : 'unknown';
  return told(replay, spans, { from, until, end, outages, events: inOrder });
}

interface Time {
  readonly from: number;
  readonly until: number;
}

/** Leaderships that moved so quickly that nobody saw the cluster without a leader. */
function handovers(spans: readonly Span[], outages: readonly OutageView[]): Time[] {
  return spans.flatMap(({ from, leader }, n) => {
    const before = spans[n - 1]?.leader ?? null;
    if (before === null || leader === null || leader === before) return [];
    const its = outages.filter(({ startedAt, endedAt }) => startedAt <= from && endedAt >= from);
    return [{ from, until: Math.max(from, ...its.map(({ endedAt }) => endedAt)) }];
  });
}

/** Told by the views once somebody writes again, which may be after all was well. */
function outagesOf(replay: Replay): readonly OutageView[] {
  const player = new Player(replay);
  const all = [replay.from, ...replay.changes.map(({ at }) => at)].flatMap(
    (at) => player.moment(at).view?.lastOutage ?? [],
  );
  return [...new Map(all.map((one) => [one.endedAt, one])).values()];
}

function merged(spans: readonly Time[]): Time[] {
  const times: Time[] = [];
  for (const { from, until } of spans) {
    const last = times.at(-1);
    if (last && from - last.until <= PAUSE_MS) {
      times[times.length - 1] = { from: last.from, until: Math.max(last.until, until) };
    } else times.push({ from, until });
  }
  return times;
}

function distance({ from, until }: Time, at: number): number {
  return Math.max(0, from - at, at - until);
}

function firstSign(events: readonly ClusterEvent[], from: number): number {
  return events
    .filter(({ code }) => SIGNS.has(code))
    .reduceRight((first, { at }) => (at < first && first - at <= SIGN_MS ? at : first), from);
}

function told(
  replay: Replay,
  spans: readonly Span[],
  {
    from,
    until,
    end,
    outages,
    events,
  }: Pick<Incident, 'from' | 'until' | 'end' | 'outages' | 'events'>,
): Incident {
  // With what was before and after: a handover may last no time at all.
  const within = spans.filter((span) => span.from <= until && span.until >= from);
  const known = within.filter(({ is }) => is === 'known');
  const player = new Player(replay);
  const views = [from, ...replay.changes.map(({ at }) => at)]
    .filter((at) => at >= from && at <= until)
    .flatMap((at) => player.moment(at).view ?? []);
  const mine = events.filter(({ at }) => at >= from && at <= until);
  return {
    ...{ from, until, end },
    worst: known.reduce<Health>((a, { health }) => (RANK[health] > RANK[a] ? health : a), 'good'),
    leaders: runs(known.map(({ leader }) => leader)),
    leaderlessMs: known
      .filter(({ leader }) => leader === null)
      .reduce((sum, one) => sum + Math.min(one.until, until) - Math.max(one.from, from), 0),
    outages: outages.filter(({ endedAt, startedAt }) => endedAt >= from && startedAt <= until),
    timelines: runs(views.flatMap(({ timeline }) => timeline ?? [])),
    furthest: furthestIn(replay, { from, until }),
    cause:
      mine.find(({ code }) => code === 'leader-lost' || code === 'leader-changed')?.cause ?? null,
    events: mine,
  };
}

/** Without what only says the same again. */
function runs<T>(values: readonly T[]): T[] {
  return values.filter((value, n) => n === 0 || value !== values[n - 1]);
}

function furthestIn({ lag }: Replay, { from, until }: Time): Incident['furthest'] {
  let most: Incident['furthest'] = null;
  for (const { member, at, figures } of lag) {
    for (const [n, moment] of at.entries()) {
      const bytes = figures.replay[n];
      if (bytes == null || moment < from || moment > until) continue;
      if (most === null || bytes > most.bytes) most = { member, bytes, at: moment };
    }
  }
  return most;
}
