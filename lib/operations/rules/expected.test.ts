import { describe, expect, test } from 'vitest';
import { aCluster, withMember } from '../../topology/sample-cluster';
import { expectedFailover, expectedOutage } from './expected';

const burden = (sinceCheckpointBytes: number) => ({
  ...{ sinceCheckpointBytes, oldestTransactionMs: 0, backups: 0, catchingUp: [] },
});
const lag = aCluster().members[1]?.lag;
const behind = (replayMs: number) =>
  withMember(aCluster(), 'pg-b', { lag: lag ? { ...lag, replayMs } : null });

describe('what a switchover is expected to cost', () => {
  test('is a fixed second, a stop, a race and what is still to be replayed', () => {
    expect(expectedOutage(aCluster())).toEqual([1500, 5000]);
    expect(expectedOutage(behind(3200))).toEqual([1500, 9000]);
  });

  test('grows with what the shutdown has to write out, and has a bound', () => {
    expect(expectedOutage(aCluster(), burden(1000))[1]).toBe(5000);
    expect(expectedOutage(aCluster(), burden(1_000_000_000))[1]).toBe(25_000);
    expect(expectedOutage(aCluster(), burden(1e15))[1]).toBe(125_000);
  });
});

describe('what a forced failover is expected to cost', () => {
  test('is a race and a promotion where there is no leader', () => {
    expect(expectedFailover(aCluster({ leader: null }), 40_000)).toEqual([500, 2500]);
  });

  test('waits for the session of a leader that hangs: ttl less half a beat, to ttl and a tick', () => {
    // T = 30 s, h = ½·(10 − 2) s, K = 2 s: [26, 32] s and the race.
    expect(expectedFailover(aCluster(), 40_000)).toEqual([26_000, 34_500]);
  });

  test('by what the ensemble grants, where that is less than the ttl', () => {
    expect(expectedFailover(aCluster(), 10_000)).toEqual([6000, 13_000]);
  });
});
