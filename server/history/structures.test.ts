import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headlineOf, healthOf } from '@/lib/diagnosis/diagnose';
import { type HistoryRecord, isEvent } from '@/lib/history/record';
import { Player } from '@/lib/history/replay';
import type { StructureChange } from '@/lib/history/structure';
import { aCluster, aStandby, withMember } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { FakeClock } from '../fake-clock';
import { Sequence } from '../sequence';
import { Structures } from './structures';

const ID = aCluster().id;
const DAY = 86_400_000;

/** A view as it can be rebuilt: its figures are kept elsewhere. */
function bare(view: ClusterView): ClusterView {
  const noFigures = {
    ...{ sentBytes: null, writeBytes: null, flushBytes: null, replayBytes: null, replayMs: null },
    ...{ atLeast: false, quality: 'unknown' as const, sampledAt: null },
  };
  return {
    ...view,
    health: healthOf(view.problems),
    headline: headlineOf(view, view.problems),
    members: view.members.map((member) => ({
      ...member,
      lsn: null,
      lag: member.lag && noFigures,
      slots: member.slots.map((slot) => ({ ...slot, retainedBytes: null })),
    })),
  };
}

/** Processes that come and go over one store, of which some records never reach it. */
function rig() {
  const clock = new FakeClock(Date.UTC(2026, 0, 31));
  const kept: StructureChange[] = [];
  const shown: { at: number; view: ClusterView | null }[] = [];
  const gaps: { from: number; until: number; lost: number }[] = [];
  let losing = false;
  let wasLosing = false;
  const sequence = new Sequence(clock);
  const start = () =>
    new Structures({
      clock,
      next: (count) => sequence.next(count),
      losing: () => losing,
      record: (record: HistoryRecord) => {
        if (isEvent(record) || record.record !== 'structure') return;
        // Through a file and a column of a table.
        const copy = JSON.parse(JSON.stringify(record)) as StructureChange;
        if (!losing) {
          kept.push(copy);
          return;
        }
        const last = gaps.at(-1);
        if (wasLosing && last) last.until = copy.at;
        else gaps.push({ from: copy.at, until: copy.at, lost: 1 });
        wasLosing = true;
        structures.lost();
      },
    });
  let structures = start();
  structures.start([]);
  return {
    ...{ clock, kept, shown },
    see(view: ClusterView | null) {
      shown.push({ at: clock.now(), view });
      if (view === null) structures.gone(ID);
      else structures.note(ID, view);
    },
    restart() {
      structures = start();
      structures.start([]);
    },
    lose(what: boolean) {
      losing = what;
      wasLosing &&= what;
    },
    renew: () => structures.renew(),
    moment(at: number, from = 0) {
      const changes = kept.filter((one) => one.at <= at && one.at >= from);
      const whole = changes.findLastIndex(({ after }) => after === null);
      return new Player({
        ...{ from: 0, until: Number.MAX_SAFE_INTEGER, gaps, lag: [] },
        changes: changes.slice(Math.max(0, whole)),
        watched: [{ from: 0, until: Number.MAX_SAFE_INTEGER }],
      }).moment(at);
    },
  };
}

const names = ['pg-a', 'pg-b', 'pg-c'] as const;
const turn = fc.oneof(
  fc.record({ is: fc.constant('leader' as const), name: fc.constantFrom(...names) }),
  fc.record({
    is: fc.constant('state' as const),
    name: fc.constantFrom(...names),
    state: fc.constantFrom('running', 'starting', 'stopped'),
  }),
  fc.record({ is: fc.constant('lag' as const), bytes: fc.nat(1e9) }),
  fc.record({ is: fc.constant('join' as const), name: fc.constantFrom('pg-d', 'pg-e') }),
  fc.record({ is: fc.constant('leave' as const), name: fc.constantFrom('pg-d', 'pg-e') }),
  fc.record({ is: fc.constant('problem' as const), code: fc.constantFrom('lag', 'no-leader') }),
  fc.record({
    is: fc.constantFrom('well' as const, 'gone' as const, 'restart' as const, 'renew' as const),
  }),
  fc.record({ is: fc.constant('lose' as const), on: fc.boolean() }),
  fc.record({ is: fc.constant('month' as const) }),
);
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

function changed(view: ClusterView, step: Turn, now: number): ClusterView {
  switch (step.is) {
    case 'leader':
      return { ...view, leader: { name: step.name, czxid: `${now}`, session: 'a', since: now } };
    case 'state':
      return withMember(view, step.name, { state: step.state });
    case 'lag': {
      const lag = { ...(aStandby('x').lag as never as object), replayBytes: step.bytes } as never;
      return withMember(view, 'pg-b', { lag, lsn: `0/${step.bytes.toString(16)}` });
    }
    case 'join':
      return view.members.some(({ name }) => name === step.name)
        ? view
        : { ...view, members: [...view.members, aStandby(step.name)] };
    case 'leave':
      return { ...view, members: view.members.filter(({ name }) => name !== step.name) };
    case 'problem': {
      const { code } = step;
      const text = { says: `${code} it is`, advice: 'mend it' };
      return {
        ...view,
        problems: [{ code, severity: 'critical', member: null, since: now, ...text }],
      };
    }
    case 'well':
      return { ...view, problems: [] };
    default:
      return view;
  }
}

describe('the structure of a cluster', () => {
  test('rebuilt for any moment is what was live then, or is said to be lost, and never another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 150, size: 'max' }), async (turns) => {
        const { clock, kept, shown, see, restart, lose, renew, moment } = rig();
        let view = aCluster();
        let everLost = false;
        const times: number[] = [];
        see(view);
        for (const step of turns) {
          await clock.pass(step.is === 'month' ? 31 * DAY : 1000);
          if (step.is === 'restart') restart();
          if (step.is === 'lose') lose(step.on);
          everLost ||= step.is === 'lose' && step.on;
          if (step.is === 'month' || step.is === 'renew') renew();
          view = changed(view, step, clock.now());
          see(step.is === 'gone' ? null : view);
          times.push(clock.now());
        }
        for (const at of times) {
          const live = shown.findLast((one) => one.at <= at)?.view ?? null;
          const then = moment(at + 500);
          if (then.is === 'lost' || then.is === 'unknown') expect(everLost).toBe(true);
          else expect(then.view).toEqual(live && bare(live));
        }
        // What is older than the last month but one can go: the rest stands by itself.
        const month = new Date(clock.now());
        const from = Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1);
        if (!everLost && kept.some(({ at }) => at >= from)) {
          const first = kept.find(({ at }) => at >= from);
          expect(first?.after).toBeNull();
        }
      }),
      { numRuns: 150 },
    );
  });
});
