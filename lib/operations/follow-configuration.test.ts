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
const of = (...states: TakenUp['state'][]) =>
  states.map((state, n): TakenUp => ({ member: `pg-${'abc'[n]}`, state }));

test('what was written is observed, and its write is in the audit’s word of its end', () => {
  expect(run.view).toMatchObject({ state: 'observing', waiting: { until: 61_000 } });
  expect(stepAt(run, 'requested')).toBe(1200);
  expect(toldEnd(takenUp(run, of('runs'), 2000))?.cost).toMatchObject({ zxid: 'ff' });
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
    const next = takenUp(run, members, 2000);
    expect(next.view.outcome?.says).toBe(says);
    expect(stepAt(next, 'taken')).toBe(says ? 2000 : null);
  });

  test('not before it was written', () => {
    expect(takenUp(asking, of('runs'), 2000)).toBe(asking);
  });
});

describe('when its time is over', () => {
  test.each([
    [of('runs', 'differs'), 'Written as version 3; pg-b did not take it up in time.'],
    [
      of('differs', 'unknown'),
      'Written as version 3; pg-a did not take it up in time; whether pg-b runs it is not known.',
    ],
    [[], 'Written as version 3; who has taken it up is not known.'],
  ])('it was written for sure, and of %j is said what is known', (members, says) => {
    const { outcome } = overdue(run, aCluster(), 61_000, members).view;
    expect(outcome).toMatchObject({ code: 'done', says });
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
      ...{ code: 'done', says: 'Written as version 3; pg-b did not take it up in time.' },
    });
  });
});
