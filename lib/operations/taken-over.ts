import type { Target } from './plan';
import type { Run } from './run';

const LEAST_LEFT_MS = 60_000;

/**
 * A run that another process began, by whose clock its bounds are: by this one's each has a minute at
 * least, and no more than it ever had.
 */
export function takenOver(run: Run, now: number): Run {
  if (run.view.state === 'ended') return run;
  const { startedAt, waiting } = run.view;
  const deadline = boundOf(run.deadline, startedAt, now);
  const targets = run.targets.map((target) => withBound(target, now));
  if (deadline === run.deadline && targets.every((one, n) => one === run.targets[n])) return run;
  const view = { ...run.view, waiting: waiting && { ...waiting, until: deadline } };
  return { ...run, view, targets, deadline };
}

function withBound(target: Target, now: number): Target {
  const { state, askedAt, until } = target;
  const isOpen = state === 'asking' || state === 'asked';
  if (!isOpen || until === null || askedAt === null) return target;
  const bound = boundOf(until, askedAt, now);
  return bound === until ? target : { ...target, until: bound };
}

function boundOf(bound: number, since: number, now: number): number {
  const most = Math.max(LEAST_LEFT_MS, bound - since);
  return now + Math.min(most, Math.max(LEAST_LEFT_MS, bound - now));
}
