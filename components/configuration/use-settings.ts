'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc';
import type { ClusterId } from '@/lib/topology/cluster-id';

const DOCUMENT_MS = 2000;
const MEMBERS_MS = 3000;

/** The configuration as ZooKeeper has it now. */
export function useDocument(cluster: ClusterId, enabled: boolean) {
  const trpc = useTRPC();
  return useQuery(
    trpc.settings.document.queryOptions({ cluster }, { enabled, refetchInterval: DOCUMENT_MS }),
  );
}

/** What its members run with now. */
export function useMembersSettings(cluster: ClusterId, enabled: boolean) {
  const trpc = useTRPC();
  return useQuery(
    trpc.settings.members.queryOptions({ cluster }, { enabled, refetchInterval: MEMBERS_MS }),
  );
}

export type DocumentQuery = ReturnType<typeof useDocument>;
export type MembersQuery = ReturnType<typeof useMembersSettings>;
