import { describe, expect, test } from 'vitest';
import { aCluster, withMember } from '../topology/sample-cluster';
import type { ClusterView } from '../topology/view';
import { observed, overdue } from './follow';
import { written } from './follow-configuration';
import { settlesAt } from './follow-leadership';
import { answered, auditedEnd, endAs, type Run, requested, requesting, unasked } from './run';
import { aRequest, aRun, ledBy, stepAt } from './sample-run';
import type { SeenState } from './types';
import type { Wish } from './wish';

/** Every state by every event, of each operation that asks once: where it leads. */

interface Case {
  readonly wish: Wish;
  readonly seen?: Partial<SeenState>;
  /** As it was, and is as long as nothing comes of it. */
  readonly same: ClusterView;
  /** Something has happened, and it is not over. */
  readonly underWay: ClusterView;
  readonly accomplished: ClusterView;
  /** What is seen now can't be what was wanted. */
  readonly spoilt: ClusterView;
  /** What the kind does to have asked. */
  readonly asked: (run: Run) => Run;
}

const at = '2026-12-01T00:00:00Z';
const pending = aCluster({ request: aRequest() });
const scheduled = aCluster({ request: aRequest({ scheduledAt: at }) });
const paused = (view: ClusterView, members = view.members.map(({ name }) => name)) =>
  members.reduce((all, name) => withMember(all, name, { patroniPaused: true }), {
    ...view,
    mode: { ...view.mode, paused: true },
  });
const byPatroni = (run: Run) => requested(run, 'asked', 1200);
const byWriting = (run: Run) => written(run, { version: 3, zxid: 'ff', now: 1200 });
const dead = aCluster({ leader: null, leaderlessSince: 500 });

const cases = {
  switchover: {
    wish: { kind: 'switchover', candidate: 'pg-b', at: null },
    ...{ same: aCluster(), underWay: { ...pending, leader: null, leaderlessSince: 3000 } },
    ...{ accomplished: ledBy('pg-b'), spoilt: ledBy('pg-a'), asked: byPatroni },
  },
  failover: {
    wish: { kind: 'failover', candidate: 'pg-b' },
    seen: { leader: null, leaderCzxid: null },
    ...{ same: dead, underWay: { ...dead, request: aRequest({ leader: null }) } },
    ...{ accomplished: ledBy('pg-b'), spoilt: ledBy('pg-c'), asked: byPatroni },
  },
  schedule: {
    wish: { kind: 'switchover', candidate: 'pg-b', at },
    ...{ same: aCluster(), underWay: aCluster(), asked: byPatroni },
    accomplished: scheduled,
    spoilt: aCluster({ request: aRequest({ candidate: 'pg-c', scheduledAt: at }) }),
  },
  cancellation: {
    wish: { kind: 'cancel-switchover' },
    seen: { requestVersion: 7 },
    ...{ same: scheduled, underWay: scheduled, asked: byPatroni },
    ...{ accomplished: aCluster(), spoilt: ledBy('pg-b') },
  },
  pause: {
    wish: { kind: 'pause', until: null },
    ...{ same: aCluster(), underWay: paused(aCluster(), ['pg-a']), asked: byWriting },
    ...{ accomplished: paused(aCluster()), spoilt: aCluster() },
  },
  resume: {
    wish: { kind: 'resume' },
    same: paused(aCluster()),
    underWay: { ...paused(aCluster()), mode: aCluster().mode },
    ...{ accomplished: aCluster(), spoilt: paused(aCluster()), asked: byWriting },
  },
  configuration: {
    wish: { kind: 'configuration', text: '{}', seq: null },
    // Whoever carries it out follows it: the mirror shows nothing of it.
    ...{ same: aCluster(), underWay: aCluster(), accomplished: aCluster(), spoilt: aCluster() },
    asked: byWriting,
  },
  removal: {
    wish: { kind: 'removal' },
    seen: { leader: null, leaderCzxid: null },
    ...{ same: dead, underWay: dead, accomplished: dead, spoilt: ledBy('pg-b') },
    asked: byPatroni,
  },
} satisfies Record<string, Case>;
type Name = keyof typeof cases;
const names = Object.keys(cases) as Name[];

const states = {
  recorded: (one: Case) =>
    aRun(one.wish, { ...(one.seen && { seen: one.seen }), cluster: one.same }),
  requested: (one: Case) => requesting(states.recorded(one), 1100),
  observing: (one: Case) => one.asked(states.requested(one)),
  done: (one: Case) => endAs(states.observing(one), ['done', 'it is done'], 6000),
  unknown: (one: Case) => endAs(states.observing(one), ['unknown', 'nobody knows'], 6000),
};
type State = keyof typeof states;
const stateNames = Object.keys(states) as State[];

/** What lasts is seen twice. */
const look = (run: Run, view: ClusterView) => observed(observed(run, view, 7000), view, 12_000);
const events = {
  'about to ask': (run: Run) => requesting(run, 7000),
  asked: (run: Run, one: Case) => one.asked(run),
  'accepted (200)': (run: Run) => answered(run, { status: 200, text: 'yes' }, 7000),
  'refused (412)': (run: Run) => answered(run, { status: 412, text: 'no' }, 7000),
  'an error (503)': (run: Run) => answered(run, { status: 503, text: 'hm' }, 7000),
  'a look at the same': (run: Run, one: Case) => look(run, one.same),
  'a look at it under way': (run: Run, one: Case) => look(run, one.underWay),
  'a look at it done': (run: Run, one: Case) => look(run, one.accomplished),
  'a look at it spoilt': (run: Run, one: Case) => look(run, one.spoilt),
  'time over, the same': (run: Run, one: Case) => overdue(run, one.same, 61_000),
  'time over, under way': (run: Run, one: Case) => overdue(run, one.underWay, 61_000),
  'time over, unseen': (run: Run) => overdue(run, null, 61_000),
  'an end': (run: Run) => endAs(run, ['failed', 'over'], 7000),
};
type EventName = keyof typeof events;
const eventNames = Object.keys(events) as EventName[];

const isNow = ({ view }: Run) => view.outcome?.code ?? view.state;
const table = (name: Name) => {
  const one: Case = cases[name];
  const rows = eventNames.map((event) =>
    [event, ...stateNames.map((state) => isNow(events[event](states[state](one), one)))]
      .map((cell, n) => cell.padEnd(n === 0 ? 22 : 9))
      .join(' | ')
      .trimEnd(),
  );
  return `\n${['', ...stateNames].map((cell, n) => cell.padEnd(n === 0 ? 22 : 9)).join(' | ')}\n${rows.join('\n')}\n`;
};

test('every state by every event leads where it should', () => {
  expect(names.map((name) => `${name}${table(name)}`).join('\n')).toMatchInlineSnapshot(`
    "switchover
                           | recorded  | requested | observing | done      | unknown  
    about to ask           | requested | requested | observing | done      | unknown
    asked                  | observing | observing | observing | done      | unknown
    accepted (200)         | recorded  | requested | observing | done      | unknown
    refused (412)          | refused   | refused   | refused   | done      | refused
    an error (503)         | recorded  | requested | observing | done      | unknown
    a look at the same     | recorded  | requested | observing | done      | unknown
    a look at it under way | recorded  | requested | observing | done      | unknown
    a look at it done      | recorded  | requested | done      | done      | done
    a look at it spoilt    | recorded  | requested | failed    | done      | failed
    time over, the same    | failed    | failed    | failed    | done      | unknown
    time over, under way   | unknown   | unknown   | unknown   | done      | unknown
    time over, unseen      | unknown   | unknown   | unknown   | done      | unknown
    an end                 | failed    | failed    | failed    | done      | failed

    failover
                           | recorded  | requested | observing | done      | unknown  
    about to ask           | requested | requested | observing | done      | unknown
    asked                  | observing | observing | observing | done      | unknown
    accepted (200)         | recorded  | requested | observing | done      | unknown
    refused (412)          | refused   | refused   | refused   | done      | refused
    an error (503)         | recorded  | requested | observing | done      | unknown
    a look at the same     | recorded  | requested | observing | done      | unknown
    a look at it under way | recorded  | requested | observing | done      | unknown
    a look at it done      | recorded  | requested | done      | done      | done
    a look at it spoilt    | recorded  | requested | done-other | done      | done-other
    time over, the same    | failed    | failed    | failed    | done      | unknown
    time over, under way   | unknown   | unknown   | unknown   | done      | unknown
    time over, unseen      | unknown   | unknown   | unknown   | done      | unknown
    an end                 | failed    | failed    | failed    | done      | failed

    schedule
                           | recorded  | requested | observing | done      | unknown  
    about to ask           | requested | requested | observing | done      | unknown
    asked                  | observing | observing | observing | done      | unknown
    accepted (200)         | recorded  | requested | observing | done      | unknown
    refused (412)          | refused   | refused   | refused   | done      | refused
    an error (503)         | recorded  | requested | observing | done      | unknown
    a look at the same     | recorded  | requested | observing | done      | unknown
    a look at it under way | recorded  | requested | observing | done      | unknown
    a look at it done      | recorded  | done      | done      | done      | done
    a look at it spoilt    | recorded  | requested | observing | done      | unknown
    time over, the same    | failed    | failed    | failed    | done      | unknown
    time over, under way   | failed    | failed    | failed    | done      | unknown
    time over, unseen      | unknown   | unknown   | unknown   | done      | unknown
    an end                 | failed    | failed    | failed    | done      | failed

    cancellation
                           | recorded  | requested | observing | done      | unknown  
    about to ask           | requested | requested | observing | done      | unknown
    asked                  | observing | observing | observing | done      | unknown
    accepted (200)         | recorded  | requested | observing | done      | unknown
    refused (412)          | refused   | refused   | refused   | done      | refused
    an error (503)         | recorded  | requested | observing | done      | unknown
    a look at the same     | recorded  | requested | observing | done      | unknown
    a look at it under way | recorded  | requested | observing | done      | unknown
    a look at it done      | recorded  | requested | done      | done      | done
    a look at it spoilt    | recorded  | failed    | failed    | done      | failed
    time over, the same    | failed    | failed    | failed    | done      | unknown
    time over, under way   | failed    | failed    | failed    | done      | unknown
    time over, unseen      | unknown   | unknown   | unknown   | done      | unknown
    an end                 | failed    | failed    | failed    | done      | failed

    pause
                           | recorded  | requested | observing | done      | unknown  
    about to ask           | requested | requested | observing | done      | unknown
    asked                  | observing | observing | observing | done      | unknown
    accepted (200)         | recorded  | requested | observing | done      | unknown
    refused (412)          | refused   | refused   | refused   | done      | refused
    an error (503)         | recorded  | requested | observing | done      | unknown
    a look at the same     | recorded  | requested | observing | done      | unknown
    a look at it under way | recorded  | requested | observing | done      | unknown
    a look at it done      | recorded  | requested | done      | done      | done
    a look at it spoilt    | recorded  | requested | observing | done      | unknown
    time over, the same    | unknown   | unknown   | failed    | done      | unknown
    time over, under way   | unknown   | unknown   | unknown   | done      | unknown
    time over, unseen      | unknown   | unknown   | unknown   | done      | unknown
    an end                 | failed    | failed    | failed    | done      | failed

    resume
                           | recorded  | requested | observing | done      | unknown  
    about to ask           | requested | requested | observing | done      | unknown
    asked                  | observing | observing | observing | done      | unknown
    accepted (200)         | recorded  | requested | observing | done      | unknown
    refused (412)          | refused   | refused   | refused   | done      | refused
    an error (503)         | recorded  | requested | observing | done      | unknown
    a look at the same     | recorded  | requested | observing | done      | unknown
    a look at it under way | recorded  | requested | observing | done      | unknown
    a look at it done      | recorded  | requested | done      | done      | done
    a look at it spoilt    | recorded  | requested | observing | done      | unknown
    time over, the same    | unknown   | unknown   | failed    | done      | unknown
    time over, under way   | unknown   | unknown   | unknown   | done      | unknown
    time over, unseen      | unknown   | unknown   | unknown   | done      | unknown
    an end                 | failed    | failed    | failed    | done      | failed

    configuration
                           | recorded  | requested | observing | done      | unknown  
    about to ask           | requested | requested | observing | done      | unknown
    asked                  | observing | observing | observing | done      | unknown
    accepted (200)         | recorded  | requested | observing | done      | unknown
    refused (412)          | refused   | refused   | refused   | done      | refused
    an error (503)         | recorded  | requested | observing | done      | unknown
    a look at the same     | recorded  | requested | observing | done      | unknown
    a look at it under way | recorded  | requested | observing | done      | unknown
    a look at it done      | recorded  | requested | observing | done      | unknown
    a look at it spoilt    | recorded  | requested | observing | done      | unknown
    time over, the same    | unknown   | unknown   | done      | done      | unknown
    time over, under way   | unknown   | unknown   | done      | done      | unknown
    time over, unseen      | unknown   | unknown   | done      | done      | unknown
    an end                 | failed    | failed    | failed    | done      | failed

    removal
                           | recorded  | requested | observing | done      | unknown  
    about to ask           | requested | requested | observing | done      | unknown
    asked                  | observing | observing | observing | done      | unknown
    accepted (200)         | recorded  | requested | observing | done      | unknown
    refused (412)          | refused   | refused   | refused   | done      | refused
    an error (503)         | recorded  | requested | observing | done      | unknown
    a look at the same     | recorded  | requested | observing | done      | unknown
    a look at it under way | recorded  | requested | observing | done      | unknown
    a look at it done      | recorded  | requested | observing | done      | unknown
    a look at it spoilt    | recorded  | requested | observing | done      | unknown
    time over, the same    | unknown   | unknown   | unknown   | done      | unknown
    time over, under way   | unknown   | unknown   | unknown   | done      | unknown
    time over, unseen      | unknown   | unknown   | unknown   | done      | unknown
    an end                 | failed    | failed    | failed    | done      | failed
    "
  `);
});

const everyState = names.flatMap((name) =>
  stateNames.map((state) => ({ name, state, one: cases[name] as Case })),
);

describe.each(everyState)('$name, $state', ({ state, one }) => {
  const run = states[state](one);

  test('waits for something, or has ended', () => {
    for (const event of eventNames) {
      const { view } = events[event](run, one);
      expect([event, view.waiting === null]).toEqual([event, view.state === 'ended']);
      expect([event, view.outcome !== null]).toEqual([event, view.state === 'ended']);
    }
  });

  test('and an event told twice changes nothing the second time', () => {
    for (const event of eventNames) {
      // Of two answers the second is noted beside the outcome of the first.
      if (event === 'refused (412)') continue;
      const once = events[event](run, one);
      expect([event, events[event](once, one)]).toEqual([event, once]);
    }
  });

  test('goes nowhere but on, and never from one known end to another', () => {
    const order = ['recorded', 'requested', 'observing', 'ended'];
    for (const event of eventNames) {
      const next = events[event](run, one);
      expect(order.indexOf(next.view.state)).toBeGreaterThanOrEqual(order.indexOf(run.view.state));
      const known = run.view.outcome !== null && run.view.outcome.code !== 'unknown';
      if (known) expect(next.view.outcome).toEqual(run.view.outcome);
    }
  });

  test('tells the audit each end once, and one that resolves the unknown beside it', () => {
    for (const event of eventNames) {
      const next = events[event](run, one);
      const told = auditedEnd(run, next, { resumed: false });
      const [was, is] = [run.view.outcome, next.view.outcome];
      if (is === null || is.code === was?.code) expect(told).toBeNull();
      else expect(told).toMatchObject({ id: 'an-act', says: is.says, resolves: was !== null });
      expect(auditedEnd(run, { ...next, act: null }, { resumed: false })).toBeNull();
    }
  });

  test('survives being stored as it is', () => {
    for (const event of eventNames) {
      const next = events[event](run, one);
      expect(JSON.parse(JSON.stringify(next))).toEqual(next);
    }
  });
});

test('a process that takes a run up tells a known end beside what the first may have told', () => {
  const run = states.observing(cases.switchover);
  const end = (code: 'failed' | 'unknown') => endAs(run, [code, 'over'], 7000);
  expect(auditedEnd(run, end('failed'), { resumed: true })).toMatchObject({ resolves: true });
  expect(auditedEnd(run, end('unknown'), { resumed: true })).toMatchObject({ resolves: false });
});

test('what was certainly not sent has no step that says it was', () => {
  const asked = states.observing(cases.switchover);
  expect(stepAt(asked, 'requested')).toBe(1200);
  expect(stepAt(unasked(asked), 'requested')).toBeNull();
  const ended = states.done(cases.switchover);
  expect(unasked(ended)).toBe(ended);
});

test('an ended run is not opened again by asking', () => {
  const ended = endAs(states.requested(cases.switchover), ['refused', 'no'], 1150);
  expect(requested(ended, 'asked', 1200).view.state).toBe('ended');
  expect(requesting(ended, 1200).view.state).toBe('ended');
});

describe('a schedule whose end is not seen', () => {
  const run = states.observing(cases.schedule);
  const says = (view: ClusterView | null, now = 61_000) => {
    const { outcome } = overdue(run, view, now).view;
    return `${outcome?.code}: ${outcome?.says}`;
  };
  test('has come to nothing only where nothing can have come of it', () => {
    expect(says(aCluster())).toContain('failed: Nothing came of it');
    expect(says(ledBy('pg-b'))).toContain('unknown: Whether it was scheduled is not known');
    expect(says(aCluster(), Date.parse(at))).toContain('its time has come');
    expect(says(cases.schedule.spoilt)).toContain('failed: Another request');
  });
});

describe('a switchover that is taken back', () => {
  const run = states.observing(cases.cancellation);
  test('is over once the leadership has lasted without it', () => {
    const cleared = observed(run, aCluster(), 7000);
    expect([cleared.view.outcome, settlesAt(cleared)]).toEqual([null, 9000]);
    expect(observed(cleared, aCluster(), 8999).view.outcome).toBeNull();
    expect(observed(cleared, aCluster(), 9000).view.outcome?.code).toBe('done');
  });
  test('came too late where the leader was stepping down already', () => {
    const stopping = withMember(aCluster(), 'pg-a', { state: 'stopping' });
    const waits = observed(observed(run, stopping, 7000), stopping, 20_000);
    expect(waits.view.outcome).toBeNull();
    const none = { ...stopping, leader: null };
    expect(observed(waits, none, 21_000).view.outcome).toMatchObject({
      code: 'failed',
      says: expect.stringContaining('too late'),
    });
  });
  test('whose answer was lost is over where nothing stands any more', () => {
    const lost = states.requested(cases.cancellation);
    expect(observed(lost, aCluster(), 7000).view.outcome).toBeNull();
    expect(overdue(lost, aCluster(), 61_000).view.outcome?.code).toBe('done');
    expect(overdue(lost, scheduled, 61_000).view.outcome?.says).toContain('still stands');
    expect(overdue(lost, null, 61_000).view.outcome?.code).toBe('unknown');
  });
});
