import { describe, expect, test } from 'vitest';
import { aCluster, withMember } from '../topology/sample-cluster';
import { observed, overdue } from './follow';
import { type TakenUp, takenUp, written } from './follow-configuration';
import { endAs, requesting, toldEnd } from './run';
import { aRun, stepAt } from './sample-run';

const asking = requesting(
  aRun({ kind: 'configuration', text: '{}', seq: null }, { sha256: 'aa' }),
  1100,
);
const run = written(asking, { version: 3, zxid: 'ff', now: 1200 });
const at = (now: number) => ({ now, loopMs: 10_000 });
const of = (...states: TakenUp['state'][]) =>
  states.map((state, n): TakenUp => ({ member: `pg-${'abc'[n]}`, state }));

test('what was written is observed, and its write is in the audit’s word of its end', () => {
  expect(run.view).toMatchObject({ state: 'observing', waiting: { until: 61_000 } });
  expect(stepAt(run, 'requested')).toBe(1200);
  expect(toldEnd(takenUp(run, of('runs'), at(2000)))?.cost).toMatchObject({ zxid: 'ff' });
  const ended = endAs(asking, ['failed', 'over'], 1150);
  expect(written(ended, { version: 3, zxid: 'ff', now: 1200 }).view.state).toBe('ended');
});

describe('members take it up', () => {
  test.each([
    [of('runs', 'runs'), 'Written as version 3; every member runs it.'],
    [of('runs', 'pending-restart'), 'Written as version 3; pg-b must be restarted for some of it.'],
    [of('runs', 'differs'), undefined],
    [of('runs', 'unknown'), undefined],
    [of(), undefined],
  ])('%j', (members, says) => {
    const next = takenUp(run, members, at(2000));
    expect(next.view.outcome?.says).toBe(says);
    expect(stepAt(next, 'taken')).toBe(says ? 2000 : null);
  });

  test('not before it was written', () => {
    expect(takenUp(asking, of('runs'), at(2000))).toBe(asking);
  });
});

test('what is Patroni’s own is said to be read once a loop has passed', () => {
  const waits = takenUp(run, of('reads', 'reads'), at(11_199));
  expect(waits.view.outcome).toBeNull();
  expect(takenUp(waits, of('reads', 'reads'), at(11_200)).view.outcome).toMatchObject({
    ...{ code: 'done' },
    says: 'Written as version 3; every Patroni reads it within a loop, and one has passed.',
  });
  const both = takenUp(waits, of('reads', 'pending-restart'), at(11_200)).view.outcome;
  expect(both?.says).toContain('pg-b must be restarted for some of it; every Patroni');
});

describe('when its time is over', () => {
  test.each([
    ['failed', of('runs', 'differs'), 'Written as version 3; pg-b did not take it up in time.'],
    [
      'failed',
      of('differs', 'unknown'),
      'Written as version 3; pg-a did not take it up in time; whether pg-b runs it is not known.',
    ],
    ['done', of('runs', 'unknown'), 'Written as version 3; whether pg-b runs it is not known.'],
    ['done', [], 'Written as version 3; who has taken it up is not known.'],
  ] as const)('it was written for sure, and it is %s with %j', (code, members, says) => {
    const { outcome } = overdue(run, aCluster(), 61_000, members).view;
    expect(outcome).toMatchObject({ code, says });
  });

  test('whether it was written may not be known', () => {
    expect(overdue(asking, aCluster(), 61_000).view.outcome?.code).toBe('unknown');
  });
});

describe('a pause', () => {
  const pause = written(requesting(aRun({ kind: 'pause', until: null }), 1100), {
    ...{ version: 3, zxid: 'ff', now: 1200 },
  });
  const paused = ['pg-a', 'pg-b', 'pg-c'].reduce(
    (view, name) => withMember(view, name, { patroniPaused: true }),
    aCluster({ mode: { ...aCluster().mode, paused: true } }),
  );

  test('is over once every member that is there says it knows', () => {
    const but = (part: Parameters<typeof withMember>[2]) => withMember(paused, 'pg-b', part);
    expect(observed(pause, but({ patroniPaused: false }), 2000).view.outcome).toBeNull();
    const gone = but({ patroniPaused: false, presence: { is: 'missing', since: 1 } });
    expect(observed(pause, gone, 2000).view.outcome?.code).toBe('done');
    expect(observed(pause, paused, 2000).view.outcome?.says).toContain('orders is paused');
  });

  test('and its time over, whoever does not is named', () => {
    const lame = withMember(paused, 'pg-b', { patroniPaused: false });
    expect(overdue(pause, lame, 61_000).view.outcome).toMatchObject({
      ...{ code: 'unknown', says: 'Written as version 3; pg-b did not take it up in time.' },
    });
    // What is seen of it later still tells.
    const late = observed(overdue(pause, lame, 61_000), paused, 70_000);
    expect(late.view.outcome?.code).toBe('done');
  });

  test('has failed where the configuration doesn’t say so any more', () => {
    expect(overdue(pause, aCluster(), 61_000).view.outcome).toMatchObject({
      code: 'failed',
      says: 'Written as version 3, and overwritten since: orders is not paused now.',
    });
    const dark = aCluster({ mode: { ...aCluster().mode, replication: 'unknown' } });
    expect(overdue(pause, dark, 61_000).view.outcome?.code).toBe('unknown');
    expect(overdue(pause, null, 61_000).view.outcome?.code).toBe('unknown');
  });
});
