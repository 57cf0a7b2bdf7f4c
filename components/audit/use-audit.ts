'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTRPC } from '@/components/trpc';
import { useStandingError } from '@/components/ui/use-standing-error';
import { type AuditPageQuery, filterOf } from './query';

const PAGE = 100;
const RENEW_MS = 5_000;

/** What fits, newest first, a page at a time. Asked for anew at its top until somebody goes back. */
export function useAudit(query: AuditPageQuery) {
  const trpc = useTRPC();
  const filter = useFilter(query);
  const asked = useInfiniteQuery(
    trpc.audit.page.infiniteQueryOptions(
      { ...filter, limit: PAGE },
      {
        getNextPageParam: (page) => page.cursor ?? undefined,
        refetchInterval: ({ state }) =>
          (state.data?.pages.length ?? 1) > 1 && state.status !== 'error' ? false : RENEW_MS,
        // What was shown stays until the answer to the new question is there.
        placeholderData: (before) => before,
      },
    ),
  );
  const error = useStandingError(asked, JSON.stringify(filter));
  const pages = error && asked.isPlaceholderData ? undefined : asked.data?.pages;
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? null, [pages]);
  return { asked, items, error };
}

/** How well the audit itself is being kept. */
export function useTrail() {
  const trpc = useTRPC();
  return useQuery(trpc.audit.state.queryOptions(undefined, { refetchInterval: RENEW_MS }));
}

/** Counted from when it was first asked: a period that moved on would be another question each time. */
function useFilter(query: AuditPageQuery) {
  const { period, from, until, cluster, action, person, result, by, search } = query;
  return useMemo(() => {
    const asked = { period, from, until, cluster, action, person, result, by, search, item: null };
    return filterOf(asked, Date.now());
  }, [period, from, until, cluster, action, person, result, by, search]);
}
