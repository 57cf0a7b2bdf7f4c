import type { State } from '@/components/ui/state-icon';
import type { EnsembleView, LaneView } from '@/lib/stream/frames';
import { formatBudget, formatWait } from './words';

/** Longer than this, and than the longest wait meant to be, is behind. */
const LATE_MS = 1_000;
/** Of a lane's budget, or of the wait at most while nothing is spent. */
const BUSY = 0.5;
const UNSTRETCHED_MS = 250;

export interface Pressure {
  readonly word: 'calm' | 'busy' | 'behind' | 'unknown';
  readonly state: State;
  readonly says: string;
}

/** Whether what changes in ZooKeeper is read as it comes, at a push, or too late. */
export function pressureOf(ensemble: EnsembleView, now: number): Pressure {
  if (ensemble.state !== 'connected') {
    return {
      word: 'unknown',
      state: 'unknown',
      says: 'Nothing can be read while the ensemble is not connected.',
    };
  }
  const { oldest, lanes, dirty } = ensemble.aggregator;
  const changes = lanes.find(({ lane }) => lane === 'changes');
  const waited = oldest === null ? 0 : now - oldest.since;
  if (waited > Math.max(LATE_MS, 2 * (changes?.windowMs ?? 0))) {
    return {
      word: 'behind',
      state: 'attention',
      says: `The oldest of ${dirty.toLocaleString()} changes has waited ${formatWait(waited)} to be read.`,
    };
  }
  const resync = lanes.find(({ lane }) => lane === 'resync');
  if (resync && resync.dirty + resync.inFlight > 0) {
    return {
      word: 'busy',
      state: 'good',
      says: 'Everything is being read again, as after each connection.',
    };
  }
  const pushed = lanes.find((lane) => loadOf(lane) >= BUSY);
  if (pushed) {
    return {
      word: 'busy',
      state: 'good',
      says: `Reads go at ${Math.round(loadOf(pushed) * 100)} % of the budget of ${formatBudget(pushed)}.`,
    };
  }
  if ((changes?.windowMs ?? 0) > UNSTRETCHED_MS * 2) {
    return {
      word: 'busy',
      state: 'good',
      says: `So much changes at once that it is read within ${formatWait(changes?.windowMs ?? 0)}.`,
    };
  }
  return { word: 'calm', state: 'good', says: 'What changes is read as it comes.' };
}

/** Share of its budget that a lane spends; 0 where none is set. */
export function loadOf({ readsPerSecond, budgetPerSecond }: LaneView): number {
  if (budgetPerSecond === null || budgetPerSecond <= 0) return 0;
  return Math.min(1, readsPerSecond / budgetPerSecond);
}

export function readsPerSecond(lanes: readonly LaneView[]): number {
  return lanes.reduce((sum, lane) => sum + lane.readsPerSecond, 0);
}
