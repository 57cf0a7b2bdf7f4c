'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { failureOf, whyNotShown } from '@/components/account/failures';
import { pastHref } from '@/components/past/query';
import { exactMoment, moment } from '@/components/stream/moment';
import { useStream } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/failed';
import { LoadMore } from '@/components/ui/load-more';
import { Name } from '@/components/ui/name';
import { Skeleton } from '@/components/ui/skeleton';
import { StateIcon } from '@/components/ui/state-icon';
import { useStandingError } from '@/components/ui/use-standing-error';
import type { Gap } from '@/lib/history/history';
import { codesOf, kindOf } from '@/lib/history/kinds';
import { causeWords } from '@/lib/history/post-mortem';
import { clusterName, isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent } from '@/lib/topology/event';
import { entriesOf } from './entries';
import type { TimelineQuery } from './query';

const PAGE = 100;
const RENEW_MS = 3000;
const BUSY_MS = 15_000;

/** What failed for a moment, with the history there, is told by nobody. What is refused stays so. */
function againIn(error: unknown): number | false {
  const failure = failureOf(error);
  if (failure === null) return RENEW_MS;
  // A search that takes too long would hold up the others' again and again.
  return failure === 'unavailable' && BUSY_MS;
}

/** The events themselves. Live at its top while that is all that is shown. */
export function Timeline({
  query,
  onShowAll,
  onMember,
}: {
  query: TimelineQuery;
  onShowAll: () => void;
  onMember: (member: string) => void;
}) {
  const { kind, cluster, member, cause, search } = query;
  const trpc = useTRPC();
  // Who only stands by doesn't hear of what another writes; nor does who sees some clusters alone.
  const unheard = useStream(
    ({ history }) => history !== null && (history.standby !== null || history.newest === null),
  );
  const asked = useInfiniteQuery(
    trpc.history.events.infiniteQueryOptions(
      {
        limit: PAGE,
        ...(kind === null ? {} : { codes: codesOf(kind) }),
        ...(cluster === null ? {} : { cluster }),
        ...(member === null ? {} : { member }),
        ...(cause === null ? {} : { causes: [cause] }),
        ...(search.trim() === '' ? {} : { search: search.trim() }),
      },
      {
        getNextPageParam: (page) => (page.more ? page.events.at(-1)?.seq : undefined),
        // Who has gone back in time is not to lose the place.
        refetchInterval: ({ state }) => {
          if ((state.data?.pages.length ?? 1) > 1) return false;
          return state.status === 'error' ? againIn(state.error) : unheard && RENEW_MS;
        },
        // What was shown stays until the answer to the new question is there.
        placeholderData: (before) => before,
      },
    ),
  );
  const { data, isPlaceholderData, refetch, isFetchingNextPage, hasNextPage, fetchNextPage } =
    asked;
  const error = useStandingError(asked, JSON.stringify(query));
  const pages = error && isPlaceholderData ? undefined : data?.pages;
  const further = (pages?.length ?? 0) > 1;
  const entries = useMemo(() => entriesOf(pages ?? []), [pages]);

  const newest = useStream((stream) => stream.history?.newest ?? 0);
  const state = useStream((stream) => stream.history?.state ?? null);
  const [asOf, setAsOf] = useState(0);
  const renew = useCallback(() => {
    setAsOf(newest);
    void refetch({ cancelRefetch: false });
  }, [newest, refetch]);
  // Whoever has gone back in time is not to lose the place.
  // biome-ignore lint/correctness/useExhaustiveDependencies: that there is more is the reason to ask
  useEffect(() => {
    if (!further && !isFetchingNextPage) renew();
  }, [state, further, isFetchingNextPage, renew]);

  // Why it is away is said above.
  const says =
    state === 'away' ? 'What is shown here waits for the history.' : error && whyNotShown(error);
  const failed = error && says && (
    <Failed className="border-b border-line" says={says} again={() => void refetch()} />
  );
  if (pages === undefined) return failed || <Loading />;
  if (entries.length === 0) {
    const narrowed = [kind, cluster, member, cause].some((one) => one !== null) || search !== '';
    return (
      <div className="flex flex-col items-start gap-3 p-4 text-muted">
        <p>{narrowed ? 'Nothing that fits has happened.' : 'Nothing has happened yet.'}</p>
        {narrowed && (
          <Button size="sm" onClick={onShowAll}>
            Show everything
          </Button>
        )}
      </div>
    );
  }
  return (
    <>
      {failed}
      {further && newest > asOf && (
        <div className="border-b border-line p-2">
          <Button size="sm" onClick={renew}>
            More has happened since: show it
          </Button>
        </div>
      )}
      <ol className="divide-y divide-line" aria-label="What has happened, newest first">
        {entries.map((entry) =>
          entry.is === 'event' ? (
            <Happened key={entry.key} event={entry.event} onMember={onMember} />
          ) : (
            <Missing key={entry.key} gap={entry.gap} />
          ),
        )}
      </ol>
      <LoadMore pages={{ hasNextPage, isFetchingNextPage, fetchNextPage }}>Show earlier</LoadMore>
    </>
  );
}

function Happened({
  event: { at, cluster, code, says, cause, member },
  onMember,
}: {
  event: ClusterEvent;
  onMember: (member: string) => void;
}) {
  const key = parseClusterId(cluster);
  const ofEnsemble = key !== null && isEnsemble(key);
  return (
    <li
      data-code={code}
      data-testid="timeline-event"
      className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 gap-y-1 px-4 py-2 md:grid-cols-[10.5rem_minmax(0,12rem)_minmax(0,1fr)_auto]"
    >
      <Moment cluster={ofEnsemble ? null : cluster} at={at} />
      <Link
        href={ofEnsemble ? '/zookeeper' : `/cluster/${cluster}`}
        className="order-first min-w-0 font-medium text-accent hover:underline md:order-none"
      >
        <Name>{key ? clusterName(key) : cluster}</Name>
      </Link>
      <span className="col-span-2 min-w-0 break-words md:col-span-1">{says}</span>
      <span className="hidden items-center gap-1.5 md:flex">
        {member !== null && (
          <button
            type="button"
            onClick={() => onMember(member)}
            aria-label={`Only ${member}`}
            className="text-sm text-muted hover:text-accent hover:underline"
          >
            {member}
          </button>
        )}
        {cause != null && <Badge title={causeWords[cause]}>{cause}</Badge>}
        <Badge>{kindOf(code)}</Badge>
      </span>
    </li>
  );
}

/** Leads to the cluster as it was then. */
function Moment({ cluster, at }: { cluster: string | null; at: number }) {
  const time = <time dateTime={new Date(at).toISOString()}>{moment(at)}</time>;
  if (cluster === null) {
    return (
      <span title={exactMoment(at)} className="shrink-0 text-sm tabular-nums text-muted">
        {time}
      </span>
    );
  }
  return (
    <Link
      href={pastHref(cluster, at)}
      title={`${exactMoment(at)}: see the cluster at this moment`}
      className="shrink-0 text-sm tabular-nums text-muted hover:text-accent hover:underline"
    >
      {time}
    </Link>
  );
}

function Missing({ gap: { from, until, lost } }: { gap: Gap }) {
  return (
    <li
      data-testid="timeline-gap"
      className="flex items-center gap-2 border-l-4 border-unknown bg-sunken px-3 py-2 text-muted"
    >
      <StateIcon state="unknown" className="size-4" />
      <span>
        Events are missing from {moment(from)} to {moment(until)}: {lost.toLocaleString()} were
        lost.
      </span>
    </li>
  );
}

function Loading() {
  return (
    <div aria-busy="true" className="flex flex-col gap-2 p-4">
      <p className="sr-only">Loading what has happened</p>
      {[1, 2, 3, 4, 5, 6].map((n) => (
        <Skeleton key={n} className="h-6" />
      ))}
    </div>
  );
}
