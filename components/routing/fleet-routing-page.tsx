'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useEffect } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { useTRPC } from '@/components/trpc';
import { Failed } from '@/components/ui/failed';
import { Name } from '@/components/ui/name';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { StateIcon } from '@/components/ui/state-icon';
import type { RoutingRow } from '@/lib/routing/view';
import { byWeight, limitInWords, percentOf, troubleOf, whyWords } from './words';

const RENEW_MS = 2000;

/** Every cluster whose reads are spread, those first of which something is wrong. */
export function FleetRoutingPage() {
  const trpc = useTRPC();
  const asked = useQuery(trpc.routing.list.queryOptions(undefined, { refetchInterval: RENEW_MS }));
  useEffect(() => {
    document.title = 'Routing · Howdah';
  }, []);
  const rows = asked.data?.toSorted(worstFirst) ?? [];
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <div>
        <h1 className="text-xl font-semibold">Routing</h1>
        <p className="mt-1 text-muted">
          Clusters whose reads are spread by how fresh each standby is.
        </p>
      </div>
      {asked.error && <Failed says={whyNotShown(asked.error)} again={() => void asked.refetch()} />}
      {!asked.data && !asked.error && (
        <div aria-busy="true">
          <p className="sr-only">Loading who carries reads</p>
          <Skeleton className="h-40" />
        </div>
      )}
      {asked.data && rows.length === 0 && (
        <p className="max-w-prose rounded-lg border border-line bg-surface p-4">
          No cluster has a routing policy yet. Open a cluster from the{' '}
          <Link href="/" className="text-accent underline">
            fleet
          </Link>
          , choose “Reads”, and say how far behind a standby may be.
        </p>
      )}
      {rows.length > 0 && (
        <Panel id="routed" title={`Clusters (${rows.length})`}>
          <ul className="divide-y divide-line">
            {rows.map((row) => (
              <Row key={row.cluster} row={row} />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

function Row({ row }: { row: RoutingRow }) {
  const trouble = troubleOf(row);
  const { policy, sessions } = row;
  return (
    <li
      data-testid="routing-row"
      className="grid gap-x-4 gap-y-2 px-4 py-3 md:grid-cols-[minmax(10rem,16rem)_minmax(0,1fr)]"
    >
      <div className="min-w-0">
        <span className="flex items-center gap-2">
          <StateIcon state={trouble?.state ?? 'good'} />
          <Link
            href={`/cluster/${row.cluster}/routing`}
            className="min-w-0 truncate font-semibold hover:underline"
          >
            {row.name}
          </Link>
        </span>
        <span className="block text-sm text-muted tabular-nums">
          {policy.is === 'ok' && `up to ${limitInWords(policy.policy.limit)} behind`}
          {sessions !== null && ` · ${sessions} open`}
        </span>
      </div>
      <div className="min-w-0">
        {trouble !== null && <p>{trouble.says}</p>}
        <ul className="flex flex-wrap gap-x-4 gap-y-1">
          {row.weighing?.verdicts.toSorted(byWeight).map(({ member, why, share, says }) => (
            <li key={member} className="flex min-w-0 items-center gap-1.5" title={says}>
              <StateIcon state={whyWords[why].state} mute />
              <Name>{member}</Name>
              <span className="text-muted whitespace-nowrap tabular-nums">
                {share === null || share === 0 ? whyWords[why].word : percentOf(share)}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}

function worstFirst(a: RoutingRow, b: RoutingRow): number {
  const rank = (row: RoutingRow) => (troubleOf(row) === null ? 1 : 0);
  return rank(a) - rank(b) || (a.name < b.name ? -1 : 1);
}
