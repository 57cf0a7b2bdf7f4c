'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { useLocalNow } from '@/components/stream/clock';
import { ReaderProvider, useConnection } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { Failed } from '@/components/ui/failed';
import { Skeleton } from '@/components/ui/skeleton';
import { useQueryState } from '@/components/ui/use-query-state';
import { Player } from '@/lib/history/replay';
import { type ClusterId, clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent } from '@/lib/topology/event';
import { Controls } from './controls';
import { PastCluster } from './past-cluster';
import { PastReader } from './past-reader';
import { formatPastQuery, parsePastQuery, spans, stretchAround } from './query';
import { usePlayback } from './use-playback';

/** What has just happened is not written yet. */
const WRITTEN_MS = 3000;
const RENEW_MS = 5000;
/** So much later than what was read last, the newest that is known is shown. */
const NEWEST_MS = RENEW_MS + WRITTEN_MS;
/** A history that is away, or only being opened, is asked again by itself. */
const RETRY_MS = 3000;
const BUCKETS = 1200;
const MOST_EVENTS = 500;

/** A cluster at a moment of the past, which can be played on. */
export function PastPage({ id }: { id: ClusterId }) {
  const [query, setQuery] = useQueryState(parsePastQuery, formatPastQuery);
  const offset = useConnection((view) => view.offset);
  const latest = () => Date.now() + offset - WRITTEN_MS;
  // Rendered on the server there is no clock yet.
  const begun = useLocalNow() !== 0;
  const [opened] = useState(() => Date.now());
  const span = spans[query.span];
  const asked = Math.min(query.at ?? opened - 60_000, begun ? latest() : Number.MAX_SAFE_INTEGER);

  const [end, setEnd] = useState(0);
  const playback = usePlayback({
    ...{ at: asked, speed: query.speed, end, latest },
    onRest: (at) => setQuery({ at }),
  });
  const { at, playing } = playback;
  const [cutAt, setCutAt] = useState(Number.POSITIVE_INFINITY);
  const from = useStretch(at, span, { playing, cutAt });
  const { replay, events } = useKept(id, from, span);

  const known = replay.data && replay.data.from === from ? replay.data : undefined;
  useEffect(() => setEnd(known?.until ?? 0), [known]);
  // Too much for one answer: what comes behind it is asked for from there on.
  const isCut = known !== undefined && known.until < Math.min(from + span, latest() - NEWEST_MS);
  useEffect(() => setCutAt(isCut ? known.until : Number.POSITIVE_INFINITY), [isCut, known]);
  const player = useMemo(() => (replay.data ? new Player(replay.data) : null), [replay.data]);
  const within = replay.data && at >= replay.data.from && at < replay.data.until + NEWEST_MS;
  // Never one moment under another's time.
  const moment = player && within ? player.moment(Math.min(at, player.replay.until - 1)) : null;
  const [reader] = useState(() => new PastReader());
  useEffect(() => {
    if (moment) reader.show(id, moment.view, moment.at);
  }, [reader, id, moment]);

  const key = parseClusterId(id);
  const name = key ? clusterName(key) : id;
  useEffect(() => {
    document.title = `${name} in the past · Howdah`;
  }, [name]);
  const stretch = { from, until: from + span };
  return (
    <ReaderProvider reader={reader}>
      <div className="past min-h-full" data-testid="past-frame">
        <Controls
          {...{ id, name, query, setQuery, playback, stretch }}
          replay={replay.data ?? null}
          events={events.data?.events ?? none}
        />
        {replay.error && (
          <Failed
            className="bg-surface"
            says={whyNotShown(replay.error)}
            again={() => void replay.refetch()}
          />
        )}
        {moment === null || replay.data === undefined ? (
          !replay.error && <Loading />
        ) : (
          <PastCluster
            {...{ id, name, stretch }}
            moment={moment}
            replay={replay.data}
            events={events.data?.events ?? none}
            more={events.data?.more ?? false}
            onSeek={playback.seek}
          />
        )}
      </div>
    </ReaderProvider>
  );
}

const none: readonly ClusterEvent[] = [];

function useStretch(
  at: number,
  span: number,
  { playing, cutAt }: { playing: boolean; cutAt: number },
): number {
  const [seen, setSeen] = useState<{ from: number; span: number } | null>(null);
  const before = seen?.span === span ? seen.from : null;
  const from =
    before !== null && at >= cutAt && at < before + span
      ? Math.round(cutAt)
      : stretchAround(at, { span, before, playing });
  if (seen?.from !== from || seen.span !== span) setSeen({ from, span });
  return from;
}

/** All that is kept of a stretch; again and again while it is not over. */
function useKept(cluster: ClusterId, from: number, span: number) {
  const trpc = useTRPC();
  const until = from + span;
  const refetchInterval = ({ state }: { state: { status: string } }) => {
    if (state.status === 'error') return RETRY_MS;
    return until > Date.now() - 60_000 ? RENEW_MS : false;
  };
  const replay = useQuery(
    trpc.history.replay.queryOptions(
      { cluster, from, until, buckets: BUCKETS },
      { placeholderData: keepPreviousData, refetchInterval },
    ),
  );
  const events = useQuery(
    trpc.history.events.queryOptions(
      { cluster, from, until, limit: MOST_EVENTS },
      { placeholderData: keepPreviousData, refetchInterval },
    ),
  );
  return { replay, events };
}

function Loading() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4 p-4">
      <p className="sr-only">Loading that moment</p>
      <Skeleton className="h-8 w-64" />
      <Skeleton className="h-80" />
      <Skeleton className="h-72" />
    </div>
  );
}
