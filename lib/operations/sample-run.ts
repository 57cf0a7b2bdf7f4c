import { aCluster, aLeader, aStandby } from '../topology/sample-cluster';
import type { ClusterView, RequestView } from '../topology/view';
import { begin, type Run } from './run';
import type { SeenState, StepCode } from './types';
import type { Wish } from './wish';

/** For tests: what operators want of the sample cluster, and what is seen of it then. */

export const seenOfSample: SeenState = {
  ...{ leader: 'pg-a', leaderCzxid: '10', configVersion: 2, requestVersion: null },
  lossBytes: null,
};

/** Begun at 1000, with a minute's patience. */
export const aRun = (
  wish: Wish,
  {
    seen = {},
    cluster = aCluster(),
    sha256 = null,
  }: {
    readonly seen?: Partial<SeenState>;
    readonly cluster?: ClusterView;
    readonly sha256?: string | null;
  } = {},
): Run =>
  begin({ wish, seen: { ...seenOfSample, ...seen }, reason: 'maintenance' }, cluster, {
    ...{ id: 'x', now: 1000, patienceMs: 60_000, sha256 },
    act: { id: 'an-act', by: 'ann@example.org' },
  });

export const aRequest = (part: Partial<RequestView> = {}): RequestView => ({
  ...{ leader: 'pg-a', candidate: 'pg-b', scheduledAt: null, version: 7 },
  ...part,
});

/** `name` has taken over from pg-a, as far as `part` says. */
export function ledBy(name: string, part: Partial<ClusterView> = {}): ClusterView {
  return aCluster({
    leader: { name, czxid: '20', session: 's', since: 5000 },
    members: ['pg-a', 'pg-b', 'pg-c'].map((one) =>
      one === name
        ? aLeader(one)
        : aStandby(one, {
            role: one === 'pg-a' ? 'demoted' : 'replica',
            state: one === 'pg-a' ? 'stopped' : 'running',
            timeline: 4,
          }),
    ),
    timeline: 4,
    ...part,
  });
}

/** When a step was seen. */
export const stepAt = (run: Run, code: StepCode): number | null =>
  run.view.steps.find((step) => step.code === code)?.at ?? null;
