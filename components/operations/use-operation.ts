'use client';

import { useCluster } from '@/components/stream/use-stream';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';

const pick = (cluster: ClusterState): OperationView | null => cluster.operation;

/** The last operation of a cluster, as any browser sees it. */
export function useOperation(id: ClusterId): OperationView | null {
  return useCluster(id, pick);
}
