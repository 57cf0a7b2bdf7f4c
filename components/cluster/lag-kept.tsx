'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { type ReactNode, useMemo } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { useStep } from '@/components/stream/clock';
import { useTRPC } from '@/components/trpc';
import { Failed } from '@/components/ui/failed';
import { Skeleton } from '@/components/ui/skeleton';
import { useMedia } from '@/components/ui/use-media';
import { useStandingError } from '@/components/ui/use-standing-error';
import { useSteady } from '@/components/ui/use-steady';
import type { ClusterEvent } from '@/lib/topology/event';
import type { ClusterView } from '@/lib/topology/view';
import { formatDuration } from '@/lib/units';
import { coloursOf } from './colours';
import { chooseSeries, failoverLimit } from './lag-data';
import { keptRows, widthsOf } from './lag-kept-rows';
import { LagChart, MOST_SERIES } from './lag-lazy';
import { LagLegend, LeftOut } from './lag-legend';
import type { ClusterQuery, Stretch } from './query';
import { isLive, keptRanges } from './query';

/** About as many as there are pixels to tell them apart, two rows for each. */
const BUCKETS = { wide: 400, narrow: 150 };
const RENEW_LEAST_MS = 15_000;
/** So old samples have been written. */
const WRITTEN_MS = 120_000;
const WRITTEN_AGAIN_MS = 10_000;
/** A history that is away, or only being opened, is asked again by itself. */
const RETRY_MS = 3000;
const MOST_MARKS = 300;
const marked = ['leader-changed', 'leader-lost', 'config-changed', 'problem-raised'] as const;

interface KeptProps {
  readonly view: ClusterView;
  readonly query: ClusterQuery;
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (name: string) => void;
  readonly onZoom: (stretch: Stretch) => void;
  /** Laid over the chart. */
  readonly overlay?: ReactNode;
  /** What can be done with it. */
  readonly hint?: string;
}

/** How far behind each standby was, as far back as that is kept. */
export function KeptLag({
  view,
  query,
  hidden,
  onToggle,
  onZoom,
  overlay,
  hint = 'Drag across the chart to look closer.',
}: KeptProps) {
  const narrow = !useMedia('(min-width: 768px)');
  const buckets = narrow ? BUCKETS.narrow : BUCKETS.wide;
  const { from, to } = useStretch(query, buckets);
  const trpc = useTRPC();
  const figure = query.unit === 'time' ? 'ms' : query.stage;
  const asked = useQuery(
    trpc.history.lag.queryOptions(
      { cluster: view.id, figure, from, until: to, buckets },
      {
        placeholderData: keepPreviousData,
        // Samples are written when they have come to a minute: the newest of a fixed window come yet.
        refetchInterval: (query) => {
          if (query.state.status === 'error') return RETRY_MS;
          return to > Date.now() - WRITTEN_MS ? WRITTEN_AGAIN_MS : false;
        },
      },
    ),
  );
  const happened = useQuery(
    trpc.history.events.queryOptions(
      { cluster: view.id, from, until: to, codes: [...marked], limit: MOST_MARKS },
      {
        placeholderData: keepPreviousData,
        refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : false),
      },
    ),
  );
  const names = useSteady(asked.data?.members.map(({ member }) => member) ?? []);
  const colours = useMemo(
    () => coloursOf([...new Set([...view.members.map(({ name }) => name), ...names])]),
    [view.members, names],
  );
  const chosen = useMemo(() => {
    if (!asked.data) return null;
    const shown = names.filter((name) => !hidden.has(name));
    return chooseSeries(keptRows(asked.data, shown), shown, MOST_SERIES);
  }, [asked.data, names, hidden]);
  const marks = happened.data?.events ?? none;

  const error = useStandingError(asked, JSON.stringify([view.id, figure, query.range, query.past]));
  const failed = error && <Failed says={whyNotShown(error)} again={() => void asked.refetch()} />;
  // Bytes must not stand on an axis of time until the answer is there.
  const isOfAnother = error !== null && asked.isPlaceholderData;
  if (!asked.data || !chosen || isOfAnother || asked.data.figure !== figure) {
    return failed || <Loading />;
  }
  return (
    <div data-testid="kept-lag" aria-busy={asked.isPlaceholderData}>
      {/* What was read before still holds. */}
      {failed}
      <div className="relative">
        {overlay}
        <LagChart
          rows={chosen.rows}
          names={chosen.names}
          colours={colours}
          unit={query.unit}
          from={from}
          to={to}
          marks={marks}
          limit={failoverLimit(view, query.unit)}
          onZoom={onZoom}
          label={`Lag of the standbys of ${view.name} over ${formatDuration(to - from)}, as it was kept.`}
        />
      </div>
      <LagLegend
        standbys={names}
        leader={undefined}
        hidden={hidden}
        colours={colours}
        id={view.id}
        held={undefined}
        query={query}
        past
        onToggle={onToggle}
      />
      <p className="mt-1 flex flex-wrap gap-x-4 text-sm text-muted">
        <span>
          {grain(widthsOf(asked.data))} {hint}
        </span>
        <Marked view={view} events={marks} more={happened.data?.more ?? false} />
        <LeftOut left={chosen.left} />
      </p>
    </div>
  );
}

const none: readonly ClusterEvent[] = [];

/** How finely it could be told. */
function grain(widths: readonly [number, number] | null): string {
  if (widths === null)
    return 'Nothing is kept of this time; the newest minute is written when it is over.';
  const [least, most] = widths;
  if (most <= 1000) return 'As it was sampled.';
  const finest = least <= 1000 ? 'sample' : formatDuration(least);
  const each =
    least === most ? finest : `${finest}, where no finer is kept of each ${formatDuration(most)}`;
  return `Lowest and highest of each ${each}.`;
}

/** A range ends now, in steps that can be seen; a stretch of the past stands still. */
function useStretch({ range, past }: ClusterQuery, buckets: number): Stretch {
  const span = (isLive(range) ? 60 : keptRanges[range]) * 60_000;
  const renewMs = Math.max(RENEW_LEAST_MS, Math.floor(span / buckets));
  const now = useStep(renewMs) + renewMs;
  return past ?? { from: now - span, to: now };
}

/** What stands on the chart, in words. */
function Marked({
  view,
  events,
  more,
}: {
  view: ClusterView;
  events: readonly ClusterEvent[];
  more: boolean;
}) {
  const count = (code: ClusterEvent['code']) => events.filter((one) => one.code === code).length;
  const parts = [
    words(count('leader-changed'), 'new leader'),
    words(count('config-changed'), 'configuration change'),
    words(count('problem-raised'), 'problem'),
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return (
    <span>
      Marked: {more && 'the newest '}
      {parts.join(', ')} ·{' '}
      <Link href={`/timeline?cluster=${view.id}`} className="text-accent hover:underline">
        timeline
      </Link>
    </span>
  );
}

const words = (n: number, what: string): string | null =>
  n === 0 ? null : `${n} ${what}${n === 1 ? '' : 's'}`;

function Loading() {
  return (
    <div aria-busy="true">
      <p className="sr-only">Loading the lag that was kept</p>
      <Skeleton className="h-60" />
    </div>
  );
}
