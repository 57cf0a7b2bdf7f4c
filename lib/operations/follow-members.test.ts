import { describe, expect, test } from 'vitest';
import { aCluster, withMember } from '../topology/sample-cluster';
import type { ClusterView, MemberView } from '../topology/view';
import { observed, overdue } from './follow';
import {
  answeredTarget,
  askedTarget,
  askingTarget,
  failTarget,
  interrupted,
  nextTarget,
  stopAsking,
} from './follow-members';
import type { Target } from './plan';
import { type Run, requesting, unasked } from './run';
import { aRun, stepAt } from './sample-run';
import type { Wish } from './wish';

/** What is asked of members, one after the other. */

const at = '2026-12-01T00:00:00Z';
const restart: Wish = { kind: 'restart', members: ['pg-b', 'pg-c'], pendingOnly: false, at: null };
const began = (wish: Wish = restart) => requesting(aRun(wish), 1100);
const asking = (run: Run, member = 'pg-b') =>
  askingTarget(run, member, { now: 1200, until: 31_200, before: 100 });
const asked = (run: Run, member = 'pg-b') =>
  askedTarget(asking(run, member), member, { now: 1250 });
const answered = (run: Run, status: number, text = 'so') =>
  answeredTarget(run, 'pg-b', { status, text, now: 1300 });
const same = aCluster();
const b = (part: Partial<MemberView>, view: ClusterView = same) => withMember(view, 'pg-b', part);
const away = b({ presence: { is: 'missing', since: 1 } });
const stopped = b({ state: 'stopping' });
const back = b({ startedAt: 1260 });

const stateOf = (run: Run) =>
  run.targets.map(({ member, state }) => `${member} ${state}`).join(', ');
const isNow = (run: Run) => `${run.view.outcome?.code ?? run.view.state}: ${stateOf(run)}`;

test('standbys are asked first, and one at a time', () => {
  const all = began({ ...restart, members: ['pg-a', 'pg-b', 'pg-c'] } as Wish);
  expect(all.targets.map(({ member, leads }) => [member, leads])).toEqual([
    ['pg-b', false],
    ['pg-c', false],
    ['pg-a', true],
  ]);
  expect(nextTarget(all)?.member).toBe('pg-b');
  expect(nextTarget(asking(all))).toBeNull();
  expect(nextTarget(asked(all))).toBeNull();
  const next = observed(asked(all), back, 2000);
  expect([next.view.outcome, nextTarget(next)?.member]).toEqual([null, 'pg-c']);
});

/** Every state of the first of two by every event: where both lead. */
const states = {
  waiting: () => began(),
  asking: () => asking(began()),
  asked: () => asked(began()),
  done: () => observed(asked(began()), back, 2000),
  failed: () => failTarget(asked(began()), 'pg-b', { now: 1400, says: 'it was not to be' }),
  unknown: () => observed(asked(began()), same, 31_200),
};
const events = {
  'a look at the same': (run: Run) => observed(run, same, 7000),
  'a look at it away': (run: Run) => observed(run, away, 7000),
  'a look at it stopping': (run: Run) => observed(run, stopped, 7000),
  'a look at it back': (run: Run) => observed(run, back, 7000),
  'accepted (202)': (run: Run) => answered(run, 202),
  'refused (409)': (run: Run) => answered(run, 409),
  'an error (503)': (run: Run) => answered(run, 503),
  'its time over': (run: Run) => observed(run, same, 31_200),
  'all time over': (run: Run) => overdue(run, same, 61_000),
  'something has moved': (run: Run) => stopAsking(unasked(run), 'x leads now.', 7000),
  'Howdah stopped': (run: Run) => (run.view.outcome ? run : interrupted(run, 7000)),
};

test('every state of a target by every event leads where it should', () => {
  const rows = Object.entries(events).flatMap(([event, happens]) =>
    Object.entries(states).map(([state, of]) => `${event}, ${state} -> ${isNow(happens(of()))}`),
  );
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "a look at the same, waiting -> requested: pg-b waiting, pg-c waiting
    a look at the same, asking -> observing: pg-b asking, pg-c waiting
    a look at the same, asked -> observing: pg-b asked, pg-c waiting
    a look at the same, done -> observing: pg-b done, pg-c waiting
    a look at the same, failed -> failed: pg-b failed, pg-c skipped
    a look at the same, unknown -> unknown: pg-b unknown, pg-c skipped
    a look at it away, waiting -> requested: pg-b waiting, pg-c waiting
    a look at it away, asking -> observing: pg-b asking, pg-c waiting
    a look at it away, asked -> observing: pg-b asked, pg-c waiting
    a look at it away, done -> observing: pg-b done, pg-c waiting
    a look at it away, failed -> failed: pg-b failed, pg-c skipped
    a look at it away, unknown -> unknown: pg-b unknown, pg-c skipped
    a look at it stopping, waiting -> requested: pg-b waiting, pg-c waiting
    a look at it stopping, asking -> observing: pg-b asking, pg-c waiting
    a look at it stopping, asked -> observing: pg-b asked, pg-c waiting
    a look at it stopping, done -> observing: pg-b done, pg-c waiting
    a look at it stopping, failed -> failed: pg-b failed, pg-c skipped
    a look at it stopping, unknown -> unknown: pg-b unknown, pg-c skipped
    a look at it back, waiting -> requested: pg-b waiting, pg-c waiting
    a look at it back, asking -> observing: pg-b asking, pg-c waiting
    a look at it back, asked -> observing: pg-b done, pg-c waiting
    a look at it back, done -> observing: pg-b done, pg-c waiting
    a look at it back, failed -> failed: pg-b failed, pg-c skipped
    a look at it back, unknown -> failed: pg-b done, pg-c skipped
    accepted (202), waiting -> requested: pg-b waiting, pg-c waiting
    accepted (202), asking -> observing: pg-b asking, pg-c waiting
    accepted (202), asked -> observing: pg-b asked, pg-c waiting
    accepted (202), done -> observing: pg-b done, pg-c waiting
    accepted (202), failed -> failed: pg-b failed, pg-c skipped
    accepted (202), unknown -> unknown: pg-b unknown, pg-c skipped
    refused (409), waiting -> requested: pg-b waiting, pg-c waiting
    refused (409), asking -> observing: pg-b asking, pg-c waiting
    refused (409), asked -> refused: pg-b failed, pg-c skipped
    refused (409), done -> observing: pg-b done, pg-c waiting
    refused (409), failed -> failed: pg-b failed, pg-c skipped
    refused (409), unknown -> unknown: pg-b unknown, pg-c skipped
    an error (503), waiting -> requested: pg-b waiting, pg-c waiting
    an error (503), asking -> observing: pg-b asking, pg-c waiting
    an error (503), asked -> observing: pg-b asked, pg-c waiting
    an error (503), done -> observing: pg-b done, pg-c waiting
    an error (503), failed -> failed: pg-b failed, pg-c skipped
    an error (503), unknown -> unknown: pg-b unknown, pg-c skipped
    its time over, waiting -> requested: pg-b waiting, pg-c waiting
    its time over, asking -> observing: pg-b asking, pg-c waiting
    its time over, asked -> unknown: pg-b unknown, pg-c skipped
    its time over, done -> observing: pg-b done, pg-c waiting
    its time over, failed -> failed: pg-b failed, pg-c skipped
    its time over, unknown -> unknown: pg-b unknown, pg-c skipped
    all time over, waiting -> failed: pg-b skipped, pg-c skipped
    all time over, asking -> unknown: pg-b unknown, pg-c skipped
    all time over, asked -> unknown: pg-b unknown, pg-c skipped
    all time over, done -> failed: pg-b done, pg-c skipped
    all time over, failed -> failed: pg-b failed, pg-c skipped
    all time over, unknown -> unknown: pg-b unknown, pg-c skipped
    something has moved, waiting -> refused: pg-b skipped, pg-c skipped
    something has moved, asking -> refused: pg-b skipped, pg-c skipped
    something has moved, asked -> refused: pg-b skipped, pg-c skipped
    something has moved, done -> failed: pg-b done, pg-c skipped
    something has moved, failed -> failed: pg-b failed, pg-c skipped
    something has moved, unknown -> unknown: pg-b unknown, pg-c skipped
    Howdah stopped, waiting -> failed: pg-b skipped, pg-c skipped
    Howdah stopped, asking -> observing: pg-b asked, pg-c skipped
    Howdah stopped, asked -> observing: pg-b asked, pg-c skipped
    Howdah stopped, done -> failed: pg-b done, pg-c skipped
    Howdah stopped, failed -> failed: pg-b failed, pg-c skipped
    Howdah stopped, unknown -> unknown: pg-b unknown, pg-c skipped"
  `);
});

test.each(Object.entries(states))(
  '%s survives being stored, and waits unless it has ended',
  (_, of) => {
    for (const [name, happens] of Object.entries(events)) {
      const run = happens(of());
      expect(JSON.parse(JSON.stringify(run))).toEqual(run);
      expect([name, run.view.waiting === null]).toEqual([name, run.view.state === 'ended']);
      const again = happens(run);
      if (name !== 'refused (409)') expect([name, isNow(again)]).toEqual([name, isNow(run)]);
    }
  },
);

describe('by what it is seen that a member has', () => {
  const one = (wish: Wish, part: Partial<Target> = {}): Run => {
    const run = asked(began(wish));
    return { ...run, targets: run.targets.map((target) => ({ ...target, ...part })) };
  };
  const restarted: Wish = { ...restart, members: ['pg-b'] } as Wish;
  const scheduled: Wish = { ...restarted, at } as Wish;
  const reload: Wish = { kind: 'reload', members: ['pg-b'] };
  const copy: Wish = { kind: 'reinitialise', member: 'pg-b' };
  const cancel: Wish = { kind: 'cancel-restart', member: 'pg-b' };
  const ok = { status: 200, text: 'ok', at: 1300 };
  const deaf = { name: 'pg-a', state: 'broken', says: 'not receiving' } as const;

  test.each([
    ['restarted: PostgreSQL says so', restarted, {}, { startedAt: 1260 }, true],
    ['restarted: the same start as before', restarted, { answer: ok }, { startedAt: 100 }, false],
    [
      'restarted, and does not stream yet',
      restarted,
      {},
      { startedAt: 1260, upstream: deaf },
      false,
    ],
    [
      'restarted, and is not running yet',
      restarted,
      {},
      { startedAt: 1260, state: 'starting' },
      false,
    ],
    ['restarted: only Patroni can tell', restarted, { answer: ok }, { startedAt: null }, true],
    ['restarted: nobody tells', restarted, {}, { startedAt: null }, false],
    ['restarted: nobody knew before', restarted, { before: null }, { startedAt: 1260 }, false],
    ['reloaded', reload, {}, { configLoadedAt: 1260 }, true],
    ['not reloaded', reload, { answer: ok }, { configLoadedAt: 100 }, false],
    ['copied', copy, { wasAway: true }, { startedAt: 1260 }, true],
    ['copied while nobody looked', copy, {}, { startedAt: 1260 }, true],
    [
      'copied, though nobody knew before',
      copy,
      { before: null, wasAway: true },
      { startedAt: 1260 },
      true,
    ],
    [
      'copied: nobody knew before, and it was never away',
      copy,
      { before: null },
      { startedAt: 1260 },
      false,
    ],
    ['been away, and is as it was', copy, { wasAway: true }, { startedAt: 100 }, false],
    ['been away, and is measured by nobody', copy, { wasAway: true }, { startedAt: null }, true],
    ['never been away, and is measured by nobody', copy, {}, { startedAt: null }, false],
    ['the schedule', scheduled, {}, { scheduledRestart: '2026-12-01T01:00:00+01:00' }, true],
    ['another schedule', scheduled, {}, { scheduledRestart: '2026-12-01T01:00:00Z' }, false],
    ['no schedule any more', cancel, {}, { scheduledRestart: null }, true],
    ['its schedule still', cancel, {}, { scheduledRestart: at }, false],
    ['gone', cancel, {}, { presence: { is: 'missing', since: 1 } }, false],
  ] satisfies [string, Wish, Partial<Target>, Partial<MemberView>, boolean][])(
    '%s',
    (...[, wish, target, part, done]) => {
      const run = observed(one(wish, target), b(part), 2000);
      expect(run.view.outcome?.code === 'done').toBe(done);
      expect(stepAt(run, 'done pg-b')).toBe(done ? 2000 : null);
    },
  );
});

describe('a restart that is called off', () => {
  const due = Date.parse('2026-12-01T00:00:00Z');
  const planned = withMember(aCluster(), 'pg-b', { scheduledRestart: '2026-12-01T00:00:00Z' });
  const b = (part: Partial<MemberView>) => withMember(aCluster(), 'pg-b', part);
  const cancelled = (askedAt: number) => {
    const run = aRun({ kind: 'cancel-restart', member: 'pg-b' }, { cluster: planned });
    const by = { now: askedAt, until: askedAt + 60_000, before: 100 };
    return askedTarget(askingTarget(run, 'pg-b', by), 'pg-b', { now: askedAt });
  };

  test('is the one that stood as it was asked for', () => {
    expect(cancelled(2000).wish).toMatchObject({ at: '2026-12-01T00:00:00Z' });
  });

  test('and is carried out all the same has failed', () => {
    const run = observed(cancelled(due - 500), b({ startedAt: due }), due + 900);
    expect(run.view.outcome?.code).toBe('failed');
    expect(run.view.outcome?.says).toContain('carried out all the same');
  });

  test('within the last loop before its moment is done once that has passed', () => {
    const run = observed(cancelled(due - 5000), b({ startedAt: 100 }), due + 9999);
    expect(run.view.outcome).toBeNull();
    expect(observed(run, b({ startedAt: 100 }), due + 10_000).view.outcome?.code).toBe('done');
    const early = observed(cancelled(due - 20_000), b({ startedAt: 100 }), due - 19_000);
    expect(early.view.outcome?.code).toBe('done');
  });
});

describe('in words', () => {
  const says = (run: Run) => run.view.outcome?.says;
  const second = () => asked(observed(asked(began()), back, 2000), 'pg-c');

  test('an error of Patroni’s counts only once it has had its time', () => {
    const run = answered(asked(began()), 503, 'restart failed');
    expect(observed(run, same, 6299).view.outcome).toBeNull();
    expect(says(observed(run, same, 6300))).toBe(
      'Patroni on pg-b answered (503): restart failed. pg-c was not asked.',
    );
    // It is away: it may have been asked all the same.
    expect(observed(run, away, 9000).view.outcome).toBeNull();
    expect(observed(run, back, 9000).targets[0]?.state).toBe('done');
  });

  test('what was done before is said of the one that was not', () => {
    const { outcome } = answeredTarget(second(), 'pg-c', { status: 503, text: 'no', now: 3 }).view;
    expect(outcome).toBeNull();
    const refused = answeredTarget(second(), 'pg-c', { status: 409, text: 'no', now: 3000 });
    expect(refused.view.outcome).toMatchObject({
      code: 'failed',
      says: 'Patroni on pg-c refused (409): no. Done on pg-b before.',
    });
    expect(says(stopAsking(second(), 'x leads now.', 3000))).toBe(
      'Done on pg-b. Nothing more was sent: x leads now.',
    );
    expect(says(overdue(second(), back, 61_000))).toBe(
      'pg-c was not seen to have done it in time. Done on pg-b before.',
    );
  });

  test('an unknown one that is seen later resolves it, and the others were not asked all the same', () => {
    const resolved = observed(states.unknown(), back, 40_000);
    expect(resolved.view.outcome).toMatchObject({
      code: 'failed',
      says: 'Done on pg-b. pg-c was not asked: start anew for the rest.',
    });
    const alone = observed(asked(began({ ...restart, members: ['pg-b'] } as Wish)), same, 31_200);
    expect(alone.view.outcome?.code).toBe('unknown');
    expect(observed(alone, back, 40_000).view.outcome?.code).toBe('done');
  });

  test('a process that stopped in between leaves the others alone, and follows the one it asked', () => {
    const run = interrupted(asking(began()), 5000);
    expect(run.view.steps.find(({ code }) => code === 'asked pg-b')?.says).toContain(
      'Howdah stopped while pg-b was asked',
    );
    expect(says(observed(run, back, 6000))).toBe(
      'Done on pg-b. pg-c was not asked: start anew for the rest.',
    );
    expect(says(interrupted(began(), 5000))).toBe(
      'Howdah stopped before it asked pg-b and pg-c: start anew for the rest.',
    );
    expect(says(interrupted(observed(asked(began()), back, 2000), 5000))).toBe(
      'Done on pg-b. Howdah stopped before it asked pg-c: start anew for the rest.',
    );
  });
});
