'use client';

import { useSyncExternalStore } from 'react';
import { subscribeToSeconds } from '@/components/stream/clock';
import { useStore } from '@/components/stream/use-stream';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { LagSample } from '@/lib/topology/event';

const none: readonly LagSample[] = [];

/** The samples of a cluster, looked at once a second however often they come. */
export function useSamples(id: ClusterId): readonly LagSample[] {
  const store = useStore();
  return useSyncExternalStore(
    subscribeToSeconds,
    () => store.stream.clusters.get(id)?.samples ?? none,
    () => none,
  );
}
