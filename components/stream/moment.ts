import { formatDuration } from '@/lib/units';

const DAY_MS = 86_400_000;

// Made once: to make one costs a hundred times what to use it does.
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const minute = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});

/** "14:03:12" in the reader's zone. */
export const clockTime = (at: number): string => time.format(at);

/** "14:03" in the reader's zone. */
export const clockMinute = (at: number): string => minute.format(at);

/** "24 Nov" in the reader's zone. */
export const shortDay = (at: number): string => short.format(at);

/** "14:03:12" in the reader's zone, with the date in front when it is not today's. */
export function moment(at: number, now = Date.now()): string {
  const sameDay = Math.abs(now - at) < DAY_MS && new Date(at).getDate() === new Date(now).getDate();
  return sameDay ? clockTime(at) : `${day.format(at)} ${clockTime(at)}`;
}

/** Both clocks in full, for a title: "22 Nov 2026, 15:03:12 (14:03:12 UTC)". */
export function exactMoment(at: number): string {
  return `${full.format(at)} (${utc(at)})`;
}

/** "12 s", never "0 ms": for what ticks once a second. */
export function wholeSeconds(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds === 0 ? '0 s' : formatDuration(seconds * 1000);
}

export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
