import { formatDuration } from '@/lib/units';

const DAY_MS = 86_400_000;

/** "14:03:12" in the reader's zone, with the date in front when it is not today's. */
export function moment(at: number, now = Date.now()): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString(undefined, { hourCycle: 'h23' });
  const sameDay = Math.abs(now - at) < DAY_MS && date.getDate() === new Date(now).getDate();
  return sameDay ? time : `${date.toLocaleDateString(undefined, { dateStyle: 'medium' })} ${time}`;
}

/** Both clocks in full, for a title: "22 Nov 2026, 15:03:12 (14:03:12 UTC)". */
export function exactMoment(at: number): string {
  const date = new Date(at);
  const local = date.toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  } as Intl.DateTimeFormatOptions);
  return `${local} (${utc(at)})`;
}

/** "12 s", never "0 ms": for what ticks once a second. */
export function wholeSeconds(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds === 0 ? '0 s' : formatDuration(seconds * 1000);
}

export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
