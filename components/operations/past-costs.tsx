'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { formatDuration } from '@/lib/units';

/** What the last ones of this very cluster cost, beside what is expected. Nothing, where none is kept. */
export function PastCosts({ id, kind }: { id: ClusterId; kind: 'switchover' | 'failover' }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.history.past.queryOptions({ cluster: id, kind }, { staleTime: 30_000, retry: false }),
  );
  const spread = data?.outageMs ?? data?.leaderlessMs ?? null;
  if (!data || spread === null) return null;
  const { measured, best, median, worst } = spread;
  const what = data.outageMs ? 'without writes' : 'without a leader';
  return (
    <p className="text-sm text-muted" data-testid="past-costs">
      {measured === 1
        ? `Its last one took ${formatDuration(median)} ${what}.`
        : `Its last ${measured} took ${formatDuration(best)} to ${formatDuration(worst)} ${what}, half of them at most ${formatDuration(median)}.`}
    </p>
  );
}
