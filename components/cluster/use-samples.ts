'use client';

import { useMemo } from 'react';
import { useNow } from '@/components/stream/clock';
import { useStore } from '@/components/stream/use-stream';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { LagSample } from '@/lib/topology/event';

const none: readonly LagSample[] = [];

/** The samples of a cluster and the moment they were looked at: once a second, however often they come. */
export function useSamples(id: ClusterId): { at: number; samples: readonly LagSample[] } {
  const store = useStore();
  const at = useNow();
  // `at` is the reason to look again: subscribing to the samples would draw more often than that.
  return useMemo(
    () => ({ at, samples: store.stream.clusters.get(id)?.samples ?? none }),
    [store, id, at],
  );
}
