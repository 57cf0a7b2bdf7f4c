import { expect, test } from 'vitest';
import { endAs, type Run } from '@/lib/operations/run';
import { aRun } from '@/lib/operations/sample-run';
import { aCluster } from '@/lib/topology/sample-cluster';
import { FakeClock } from '../fake-clock';
import type { WritePort, WriteSettings } from '../ports';
import { MeasuredWrites } from './measured-writes';

/** A run whose probes have measured something, and one member that takes writes from then on. */
async function measuredWhere(takesWritesAfterMs: number, through: string | null = null) {
  const clock = new FakeClock();
  const start = aRun({ kind: 'switchover', candidate: 'pg-b', at: null });
  const startedAt = clock.now();
  let run: Run = {
    ...start,
    view: { ...start.view, startedAt, outageMs: 9000, outageBy: 'probes' },
  };
  const until = startedAt + takesWritesAfterMs;
  const writes: WritePort = {
    ...{ connections: 0, close: () => {}, forget: () => {} },
    attempt: async () => {
      const times = { sentAt: clock.now(), endedAt: clock.now() };
      const before = clock.now() < startedAt + 100;
      return (before && takesWritesAfterMs < 5000) || clock.now() >= until
        ? { is: 'committed', ...times }
        : { is: 'refused', ...times, says: 'no', hopeless: false };
    },
  };
  const measures = new MeasuredWrites({
    ...{ clock, writes, settings: () => ({ through, table: null }) as WriteSettings },
    targets: () => [{ name: 'pg-b', connUrl: 'postgres://pg-b/' }],
  });
  const handle = {
    run: () => run,
    advance: async (next: Run) => {
      run = next;
      return true;
    },
    isOurs: async () => true,
    look: () => {},
    until: async () => {},
  };
  void measures.begin(handle, aCluster().key);
  await clock.pass(20_000);
  run = endAs(run, ['done', 'It is over.'], clock.now());
  await clock.pass(1000);
  return { view: run.view, pending: clock.pending };
}

test('an outage that was seen to begin is the run’s figure, and once it is over nothing is tried any more', async () => {
  const { view, pending } = await measuredWhere(3000);
  expect([view.outageBy, view.outageMs, pending]).toEqual(['writes', 3000, 0]);
});

test('one that had begun before the first attempt is not: what the probes have seen of it stays', async () => {
  const { view, pending } = await measuredWhere(8000);
  expect([view.outageBy, view.outageMs, pending]).toEqual(['probes', 9000, 0]);
});

test('writes through a proxy are told apart from those at the members', async () => {
  const { view, pending } = await measuredWhere(3000, 'haproxy:5000');
  expect(view.through).toMatchObject({ address: 'haproxy:5000', outageMs: 3000, isOut: false });
  expect(view.through?.backAt).toBe(view.startedAt + 3000);
  expect(pending).toBe(0);
});

test('writes that never come back through a proxy are said to be out', async () => {
  const { view } = await measuredWhere(60_000, 'haproxy:5000');
  expect(view.through).toMatchObject({ backAt: null, isOut: true });
});
