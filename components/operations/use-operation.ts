'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNow } from '@/components/stream/clock';
import { useCluster } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';

const pick = (cluster: ClusterState): OperationView | null => cluster.operation;

/** The last operation of a cluster, as any browser sees it. */
export function useOperation(id: ClusterId): OperationView | null {
  return useCluster(id, pick);
}

/**
 * A run that was begun here, as it is now. The stream tells of a cluster's newest; of one that has
 * gone with its cluster the server is asked.
 */
export function useRun(id: ClusterId, started: OperationView): OperationView {
  const trpc = useTRPC();
  const told = useOperation(id);
  const gone = started.kind === 'removal';
  const asked = useQuery(
    trpc.operations.list.queryOptions({ cluster: id }, { enabled: gone, refetchInterval: 1000 }),
  );
  const known = [told, ...(asked.data ?? [])];
  return known.findLast((one) => one?.id === started.id) ?? started;
}

/** An ended run stays this long in sight of whoever comes to look. */
const RECENT_MS = 15 * 60_000;

/** The run under way, or the last one while it is recent and was not put away. */
export function useRecentRun(id: ClusterId): {
  readonly operation: OperationView | null;
  readonly putAway: () => void;
} {
  const told = useOperation(id);
  const now = useNow();
  const [closed, setClosed] = useState<string | null>(null);
  const old = told?.outcome != null && now - told.outcome.at > RECENT_MS;
  const operation = told === null || told.id === closed || old ? null : told;
  return { operation, putAway: () => setClosed(told?.id ?? null) };
}
