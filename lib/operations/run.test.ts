import { describe, expect, test } from 'vitest';
import { aCluster, withMember } from '../topology/sample-cluster';
import type { ClusterView } from '../topology/view';
import { observed, overdue } from './follow';
import { written } from './follow-configuration';
import { answered, auditedEnd, endAs, type Run, requested, requesting } from './run';
import { aRequest, aRun, ledBy, seenOfSample, stepAt } from './sample-run';
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

test.each(names)('%s: every state by every event', (name) => {
  console.log(name + table(name));
});
