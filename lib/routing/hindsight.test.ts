import { expect, test } from 'vitest';
import type { LagSample } from '../topology/event';
import { aCluster, aStandby, withMember } from '../topology/sample-cluster';
import { foresight, hindsight } from './hindsight';
import { aPolicy } from './sample-candidates';

const cluster = aCluster();
const at = (seconds: number, b: number | null, c: number | null): LagSample => {
  const point = (ms: number | null) => ({
    ...{ sent: 0, write: 0, flush: 0, replay: ms, ms },
  });
  return { seq: seconds, at: seconds * 1000, members: { 'pg-b': point(b), 'pg-c': point(c) } };
};
const of = (all: ReturnType<typeof hindsight>, member: string) => {
  const found = all.find((one) => one.member === member);
  if (!found) throw new Error('no such member');
  return found;
};

test('tells the mean share, and for how long and how often a member would have been out', () => {
  const samples = Array.from({ length: 101 }, (_, i) =>
    at(i * 3, 0, i >= 50 && i < 60 ? 20_000 : 0),
  );
  const seen = hindsight(cluster, samples, aPolicy({ slowStartMs: 0 }));
  expect(of(seen, 'pg-c').outs).toBe(1);
  // Ten samples of lag, and three good ones until it is back, the last of which counts.
  expect(of(seen, 'pg-c').outMs).toBe(36_000);
  expect(of(seen, 'pg-b')).toMatchObject({ outs: 0, outMs: 0 });
  expect(of(seen, 'pg-b').share).toBeGreaterThan(0.55);
  const shares = seen.reduce((sum, { share }) => sum + (share ?? 0), 0);
  expect(shares).toBeCloseTo(1, 6);
  expect(of(seen, 'pg-c').line).toHaveLength(101);
});

test('claims nothing over a gap', () => {
  const seen = hindsight(cluster, [at(0, 0, null), at(3600, 0, null)], aPolicy());
  expect(of(seen, 'pg-c').outMs).toBe(15_000);
});

test('knows nothing of no samples', () => {
  const seen = hindsight(cluster, [], aPolicy());
  expect(of(seen, 'pg-b')).toMatchObject({ share: null, outMs: 0, outs: 0, line: [] });
});

test('tells what each would get now', () => {
  const lag = aStandby('pg-c').lag;
  const late = withMember(cluster, 'pg-c', { lag: lag && { ...lag, replayMs: 5000 } });
  expect(foresight(late, aPolicy(), 1000).map(({ member, percent }) => [member, percent])).toEqual([
    ['pg-b', 100],
    ['pg-c', 25],
    ['pg-a', 0],
  ]);
});
