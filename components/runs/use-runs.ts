'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useOperation } from '@/components/operations/use-operation';
import { useCluster } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { useStandingError } from '@/components/ui/use-standing-error';
import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { pickView } from '../cluster/use-member';
import type { RunKind } from './words';
import { withLive } from './words';

const PAGE = 50;
const RENEW_MS = 5000;

/** A cluster's runs, newest first, a page at a time: those that are kept, and the one that is live. */
export function useRuns(cluster: ClusterId, kind: RunKind | null) {
  const trpc = useTRPC();
  const live = useOperation(cluster);
  const asked = useInfiniteQuery(
    trpc.history.runs.infiniteQueryOptions(
      { cluster, limit: PAGE, ...(kind === null ? {} : { kinds: [kind] }) },
      {
        getNextPageParam: (page) => page.next ?? undefined,
        // Live at its top; whoever has gone back in time is not to lose the place.
        refetchInterval: ({ state }) =>
          (state.data?.pages.length ?? 1) > 1 && state.status !== 'error' ? false : RENEW_MS,
      },
    ),
  );
  const pages = asked.data?.pages;
  const runs = useMemo(() => {
    const kept = pages?.flatMap((page) => page.runs) ?? null;
    const shown = withLive(kept ?? [], live, kind);
    return kept === null && shown.length === 0 ? null : shown;
  }, [pages, live, kind]);
  return { asked, runs, error: useStandingError(asked, `${cluster} ${kind}`) };
}

export type FoundRun =
  | { readonly is: 'found'; readonly run: OperationView; readonly live: boolean }
  | { readonly is: 'loading' }
  | { readonly is: 'none' }
  | { readonly is: 'failed'; readonly error: { readonly message: string }; again(): void };

/** One run: live while it is the cluster's newest, else as it is kept. */
export function useRun(cluster: ClusterId, id: string): FoundRun {
  const trpc = useTRPC();
  const told = useOperation(cluster);
  const isTold = useCluster(cluster, pickView) !== undefined;
  const live = told?.id === id ? told : null;
  const asked = useQuery(
    trpc.history.run.queryOptions(
      { cluster, run: id },
      {
        enabled: live === null,
        // Another Howdah may be carrying it out, or about to tell of it.
        refetchInterval: ({ state }) => (state.data?.outcome ? false : RENEW_MS),
      },
    ),
  );
  const error = useStandingError(asked, `${cluster} ${id}`);
  if (live !== null) return { is: 'found', run: live, live: true };
  if (asked.data) return { is: 'found', run: asked.data, live: false };
  if (error) {
    return { is: 'failed', error, again: () => void asked.refetch() };
  }
  return asked.data === null && isTold ? { is: 'none' } : { is: 'loading' };
}
