import { expect, test } from 'vitest';
import { askedTarget, askingTarget } from './follow-members';
import { endAs, requested, requesting } from './run';
import { aRun } from './sample-run';
import { left, turnFor } from './turn';
import type { Wish } from './wish';

const failover: Wish = { kind: 'failover', candidate: 'pg-c' };
const reload: Wish = { kind: 'reload', members: ['pg-a'] };
const copying = () => {
  const run = requesting(aRun({ kind: 'reinitialise', member: 'pg-b' }), 1100);
  const asking = askingTarget(run, 'pg-b', { now: 1200, until: 9_000_000, before: null });
  return { run, asking, asked: askedTarget(asking, 'pg-b', { now: 1300 }) };
};

test('a copy that takes hours keeps nobody from failing over, once it has been asked for', () => {
  const { run, asking, asked } = copying();
  const title = 'Reinitialisation of pg-b';
  expect(turnFor(failover, asked, 2000)).toEqual({ running: null, leaving: title });
  for (const early of [run, asking]) {
    expect(turnFor(failover, early, 2000)).toEqual({ running: title, leaving: null });
  }
  // What can wait does.
  expect(turnFor(reload, asked, 2000)).toEqual({ running: title, leaving: null });
});

test('a run that still has somebody to ask has the turn to itself', () => {
  const restart: Wish = { ...reload, kind: 'restart', pendingOnly: false, at: null };
  const run = requesting(aRun({ ...restart, members: ['pg-b', 'pg-c'] }), 1100);
  const asking = askingTarget(run, 'pg-b', { now: 1200, until: 9000, before: null });
  const asked = askedTarget(asking, 'pg-b', { now: 1300 });
  expect(turnFor(failover, asked, 2000).running).toContain('Restart of');
});

test('what was to move the leadership yields once that has led nowhere, and what has ended has no turn', () => {
  const switchover: Wish = { kind: 'switchover', candidate: 'pg-b', at: null };
  const waiting = requested(requesting(aRun(switchover), 1100), 'asked', 1200);
  expect(turnFor(failover, waiting, 60_999).running).toContain('Switchover from pg-a');
  expect(turnFor(failover, waiting, 61_000).leaving).toContain('Switchover from pg-a');
  expect(turnFor(failover, endAs(waiting, ['done', 'x'], 1300), 99_000).leaving).toBeNull();
  expect(turnFor(failover, null, 1)).toEqual({ running: null, leaving: null });
});

test('what is left is not known to have come to anything', () => {
  const gone = left(copying().asked, 'Failover to pg-c', 5000);
  expect(gone.view.outcome).toMatchObject({ code: 'unknown', at: 5000 });
  expect(gone.view.outcome?.says).toContain('Failover to pg-c was asked for meanwhile');
});
