import { expect, test } from 'vitest';
import { askedTarget, askingTarget } from './follow-members';
import { endAs } from './run';
import { aRun } from './sample-run';
import { takenOver } from './taken-over';

const restart = aRun({ kind: 'restart', members: ['pg-b', 'pg-c'], pendingOnly: false, at: null });
const asking = askingTarget(restart, 'pg-b', { now: 2000, until: 302_000, before: null });
/** Of 600 s, and its member 300 s. */
const asked = { ...askedTarget(asking, 'pg-b', { now: 2000 }), deadline: 601_000 };

test.each([
  ['the same', 10_000, 601_000, 302_000],
  ['far ahead', 9_000_000, 9_060_000, 9_060_000],
  ['nearly over', 590_000, 650_000, 650_000],
  ['far behind', -9_000_000, -8_400_000, -8_700_000],
])('by a clock that is %s it has a minute at least, and no more than it ever had', (...args) => {
  const [, now, deadline, until] = args;
  const run = takenOver(asked, now);
  expect([run.deadline, run.targets[0]?.until, run.targets[1]?.until]).toEqual([
    deadline,
    until,
    null,
  ]);
});

test('what has ended stays as it is', () => {
  const ended = endAs(asked, ['failed', 'It is over.'], 3000);
  expect(takenOver(ended, 9_000_000)).toBe(ended);
});
