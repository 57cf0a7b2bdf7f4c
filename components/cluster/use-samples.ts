'use client';

import { useMemo } from 'react';
import { useStep } from '@/components/stream/clock';
import { useCluster, useStore } from '@/components/stream/use-stream';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { LagSample } from '@/lib/topology/event';

/** Samples, and the moment they were looked at. */
export interface Samples {
  readonly at: number;
  readonly samples: readonly LagSample[];
}

const none: readonly LagSample[] = [];
const areTold = (cluster: ClusterState): boolean => cluster.samples.length > 0;

/** The samples of a cluster and the moment they were looked at: as often as asked, however often they come. */
export function useSamples(id: ClusterId, everyMs: number): Samples {
  const store = useStore();
  const step = useStep(everyMs);
  const told = useCluster(id, areTold);
  // The step is the reason to look again, and the first samples are: subscribing to all of them
  // would draw more often than that.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => {
    const samples = store.stream.clusters.get(id)?.samples ?? none;
    // A coarse step may lie before the newest sample, which must not wait for the next.
    return { at: Math.max(step, samples.at(-1)?.at ?? 0), samples };
  }, [store, id, step, told]);
}
