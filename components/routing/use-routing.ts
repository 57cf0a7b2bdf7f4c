'use client';

import { useMutation } from '@tanstack/react-query';
import { useCluster } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import type { SeenPolicy } from '@/lib/routing/change';
import type { PolicyState, RoutingView } from '@/lib/routing/view';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';

const pickRouting = (cluster: ClusterState): RoutingView | null => cluster.routing;

/** How the reads of a cluster are spread now; null: not told yet. */
export const useRouting = (id: ClusterId): RoutingView | null => useCluster(id, pickRouting);

/** What a change is decided on. */
export const seenOf = (policy: PolicyState): SeenPolicy | null =>
  policy.is === 'none' ? null : { version: policy.version, mzxid: policy.mzxid };

export const isSame = (a: SeenPolicy | null, b: SeenPolicy | null): boolean =>
  a === null || b === null ? a === b : a.version === b.version && a.mzxid === b.mzxid;

/** Changes the policy. What was typed stays where it fails. */
export function useChange(onDone: () => void) {
  const trpc = useTRPC();
  return useMutation(trpc.routing.change.mutationOptions({ onSuccess: onDone }));
}
