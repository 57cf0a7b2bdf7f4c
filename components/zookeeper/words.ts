import type { LaneView } from '@/lib/stream/frames';
import { formatDuration } from '@/lib/units';

/** "1,234", "12.5", "0": what happens in a second, three digits where there are fewer. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 0.1) return '< 0.1';
  if (perSecond < 9.95) return perSecond.toFixed(1);
  return Math.round(perSecond).toLocaleString();
}

/** "3.2 s", "250 ms"; what is shorter than a tick of the page's clock is no wait. */
export function formatWait(ms: number): string {
  return formatDuration(Math.max(0, ms));
}

/** "1,000 reads/s". */
export function formatBudget({ budgetPerSecond }: LaneView): string {
  return budgetPerSecond === null
    ? 'reads in flight'
    : `${budgetPerSecond.toLocaleString()} reads/s`;
}

/** "4.2" changes for each read. Null: nothing was read lately. */
export function formatCoalescing(ratio: number | null): string {
  return ratio === null ? 'none' : ratio < 9.95 ? ratio.toFixed(1) : String(Math.round(ratio));
}

export const laneWords: Record<LaneView['lane'], { title: string; says: string }> = {
  leadership: { title: 'Leadership', says: 'Leaders and failover requests, read at once' },
  changes: { title: 'Changes', says: 'All else that changes, oldest first' },
  resync: { title: 'Resync', says: 'Everything, after each connection' },
};
