'use client';

import { useCallback } from 'react';
import { useCluster } from '@/components/stream/use-stream';
import type { Problem } from '@/lib/diagnosis/problem';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView, MemberView } from '@/lib/topology/view';

export const pickView = (cluster: ClusterState): ClusterView | null | undefined => cluster.view;

const noProblems: readonly Problem[] = [];
export const pickProblems = (cluster: ClusterState): readonly Problem[] =>
  cluster.view?.problems ?? noProblems;

/** One member, rendering only when that one changes. */
export function useMember(id: ClusterId, name: string): MemberView | undefined {
  return useCluster(
    id,
    useCallback((cluster) => cluster.view?.members.find((member) => member.name === name), [name]),
  );
}
