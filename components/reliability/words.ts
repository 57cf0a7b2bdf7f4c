import { LEAST_WATCHED_PART, type Verdict } from '@/lib/history/objective';
import type { ChangeWithin, ClusterReport, Figures, WorstLag } from '@/lib/history/reliability';
import { formatBytes, formatDuration } from '@/lib/units';

/** "12.3 s", "2.15 min", "4,320 min": outages and budgets are compared, so in minutes once they are long. */
export function lengthWords(ms: number): string {
  if (ms < 120_000) return formatDuration(ms);
  const minutes = ms / 60_000;
  const rounded = minutes >= 100 ? Math.round(minutes) : Number(minutes.toPrecision(3));
  return `${rounded.toLocaleString('en')} min`;
}

/** The sum of what was measured, and how many were not. */
export function outageWords({
  outageMs,
  notMeasured,
  ...counts
}: Pick<Figures, 'outageMs' | 'notMeasured' | 'planned' | 'unplanned' | 'restarts'>): {
  readonly sum: string;
  readonly note: string | null;
} {
  const changes = counts.planned + counts.unplanned + counts.restarts;
  if (changes === 0) return { sum: 'none seen', note: null };
  if (notMeasured === changes) return { sum: 'not measured', note: null };
  const note = notMeasured === 0 ? null : `${notMeasured} more not measured`;
  return { sum: lengthWords(outageMs), note };
}

export function budgetWords({
  budget,
  notMeasured,
}: Pick<ClusterReport, 'budget' | 'notMeasured'>): string {
  const { leftMs } = budget;
  if (leftMs === null) return 'unknown';
  if (leftMs < 0) return `over by ${lengthWords(-leftMs)}`;
  if (leftMs === 0) return 'none';
  return `${notMeasured > 0 ? 'at most ' : ''}${lengthWords(leftMs)}`;
}

export function lostWords({ lostBytes, lostUnknown }: Pick<Figures, 'lostBytes' | 'lostUnknown'>): {
  readonly sum: string;
  readonly note: string | null;
} {
  if (lostBytes === null)
    return { sum: lostUnknown === 0 ? 'none known' : 'not known', note: null };
  const sum = lostBytes === 0 ? 'none known' : `at least ${formatBytes(lostBytes)}`;
  return { sum, note: lostUnknown === 0 ? null : `not known of ${lostUnknown}` };
}

/** "in the hour from": what stands before the beginning of the time that a figure of lag is of. */
export function lagTimeWords({ widthMs }: WorstLag): string {
  if (widthMs >= 3_600_000) return 'in the hour from';
  if (widthMs >= 60_000) return 'in the minute from';
  return widthMs >= 10_000 ? 'in the 10 s from' : 'at';
}

/** "99.2 % of 30 d": never said to be all of it unless it was. */
export function watchedWords({
  watchedMs,
  presentMs,
}: Pick<Figures, 'watchedMs' | 'presentMs'>): string {
  if (watchedMs === 0) return 'not at all';
  const part = Math.floor((1000 * watchedMs) / presentMs) / 10;
  const percent = part === 0 ? 'under 0.1' : String(part);
  return `${percent} % of ${formatDuration(presentMs)}`;
}

export const verdictStates = { met: 'good', missed: 'critical', unknown: 'unknown' } as const;
export const verdictTitles: Readonly<Record<Verdict['is'], string>> = {
  met: 'Met',
  missed: 'Missed',
  unknown: 'Can’t be told',
};

/** Why it can't be told; null where it can. */
export function doubtWords(
  verdict: Verdict,
  { watchedMs, notMeasured }: Pick<Figures, 'watchedMs' | 'notMeasured'>,
): string | null {
  if (verdict.is !== 'unknown') return null;
  switch (verdict.why) {
    case 'not-watched':
      return 'no Howdah watched';
    case 'little-watched':
      return `only ${formatDuration(watchedMs)} watched`;
    case 'not-measured':
      return `${notMeasured} ${notMeasured === 1 ? 'outage' : 'outages'} unmeasured`;
  }
}

/** What has to be watched before anything can be said. */
export const enoughWatched = `It takes a day, and ${LEAST_WATCHED_PART * 100} % of the time in which the cluster was there.`;

export const kindTitles = {
  failover: 'Unplanned',
  switchover: 'Planned',
  restart: 'Restart',
} as const;

/** "Failover from pg-a to pg-b". */
export function changeWords({ failover: { kind, from, to } }: ChangeWithin): string {
  if (kind === 'restart') return `${to} took the leadership anew`;
  const what = kind === 'failover' ? 'Failover' : 'Switchover';
  return from === null ? `${what} to ${to}` : `${what} from ${from} to ${to}`;
}

/** What one change cost: no writes, of which how much within the period. */
export function changeCost({ failover, outageMs }: ChangeWithin): string {
  if (failover.outageMs === null || outageMs === null) return 'outage not measured';
  const part =
    outageMs === failover.outageMs ? '' : `, ${lengthWords(outageMs)} of it in this period`;
  return `no writes for at most ${lengthWords(failover.outageMs)}${part}`;
}

/** What one change is known to have lost; null where nothing can be said beyond that. */
export function changeLoss({ failover: { kind, lostBytes } }: ChangeWithin): string | null {
  if (kind === 'restart') return null;
  if (lostBytes === null) return 'loss not known';
  return lostBytes === 0 ? 'no loss known' : `at least ${formatBytes(lostBytes)} lost`;
}

/** "and 1 restart". */
export const restartWords = (restarts: number): string =>
  `and ${restarts.toLocaleString()} ${restarts === 1 ? 'restart' : 'restarts'}`;
