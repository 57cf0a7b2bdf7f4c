import type { Candidate } from './candidate';
import { defaultPolicy, type RoutingPolicy } from './policy';

/** For tests: a standby that was sampled at `at` with that lag, the leader's own sample as fresh. */
export function aStandby(name: string, lagMs: number | null, at: number): Candidate {
  return {
    ...{ name, isLeader: false, barred: null, lagMs, sampledAt: at, bytesPerSecond: 0 },
    leaderAt: at,
    lagBytes: lagMs === null ? null : lagMs * 100,
    freshAsOf: lagMs === null ? null : at - lagMs,
  };
}

/** For tests. */
export const aLeader = (name: string, at: number): Candidate => ({
  ...aStandby(name, 0, at),
  isLeader: true,
});

/** For tests. */
export const aPolicy = (part: Partial<RoutingPolicy> = {}): RoutingPolicy => ({
  ...defaultPolicy,
  ...part,
});
