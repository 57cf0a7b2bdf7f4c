import { expect, test } from 'vitest';
import type { HistoryRecord } from '@/lib/history/record';
import type { RunRecord } from '@/lib/history/run-record';
import type { OperationView } from '@/lib/operations/types';
import { FakeClock } from '../fake-clock';
import { KeptRuns } from './kept-runs';

const run: OperationView = {
  ...{ id: 'one', kind: 'switchover', cluster: 'main~.2Fservice~orders', clusterName: 'orders' },
  ...{ from: 'pg-a', to: 'pg-b', reason: 'maintenance', by: 'ann', state: 'recorded' },
  ...{ title: 'Switchover from pg-a to pg-b', cause: 'howdah' },
  ...{ startedAt: 5, leaderlessMs: null, outageMs: null, outcome: null },
  steps: [{ code: 'recorded', says: 'The intent is recorded', at: 5 }],
  waiting: { says: 'Checking', since: 5, until: 10 },
};

function recording() {
  const records: HistoryRecord[] = [];
  const clock = new FakeClock(100);
  let seq = 0;
  const runs = new KeptRuns({ clock, next: () => ++seq, record: (one) => void records.push(one) });
  return { runs, records: records as RunRecord[], clock };
}

test('a run is recorded whenever something has become of it, and not for what it waits for', () => {
  const { runs, records, clock } = recording();
  runs.note(run);
  runs.note(structuredClone(run));
  runs.note({ ...run, waiting: { says: 'Asking Patroni', since: 6, until: 10 } });
  expect(records).toEqual([
    {
      ...{ record: 'run', seq: 1, at: 100, cluster: run.cluster, id: 'one', kind: 'switchover' },
      ...{ startedAt: 5, endedAt: null, outcome: null, view: run },
    },
  ]);
  const steps = [...run.steps, { code: 'requested', says: 'asked', at: 7 } as const];
  runs.note({ ...run, steps });
  const outcome = { code: 'done', says: 'pg-b leads', at: 90 } as const;
  runs.note({ ...run, steps, state: 'ended', waiting: null, outcome });
  runs.note({ ...run, steps, state: 'ended', waiting: null, outcome, outageMs: 40 });
  expect(records.map(({ seq, endedAt, outcome: code }) => [seq, endedAt, code])).toEqual([
    ...[[1, null, null] as const, [2, null, null] as const],
    ...[[3, 90, 'done'] as const, [4, 90, 'done'] as const],
  ]);
  expect(clock.pending).toBe(0);
});

test('what looks like a password in it is not kept', () => {
  const { runs, records } = recording();
  runs.note({
    ...run,
    reason: 'the new password=hunter2 is set',
    steps: [{ code: 'accepted', says: 'Patroni answered: postgres://u:hunter2@x/', at: 6 }],
  });
  expect(JSON.stringify(records)).not.toContain('hunter2');
  expect(records[0]?.view.reason).toContain('the new password=');
});
