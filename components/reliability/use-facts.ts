'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useConnection, useStream } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { type PeriodName, periods } from './query';

/** A period ends now: so often it is asked for anew. */
const RENEW_MS = 30_000;
/** A history that is away, or only being opened, is asked again by itself. */
const RETRY_MS = 3000;

interface Asked {
  readonly from: number;
  readonly until: number;
  readonly cluster?: string;
}

/** What is kept of a period up to now, of one cluster or of all. */
export function useFacts(period: PeriodName, cluster: string | null) {
  const trpc = useTRPC();
  const until = useNowAndThen();
  const asked: Asked = {
    ...{ from: until - periods[period].ms, until },
    ...(cluster === null ? {} : { cluster }),
  };
  return useQuery(
    trpc.history.reliability.queryOptions(asked, {
      // What was shown stays until the next answer is there, unless that is about something else.
      placeholderData: (before, query) => {
        const last = query?.queryKey[1]?.input as Asked | undefined;
        const same =
          last !== undefined &&
          last.cluster === asked.cluster &&
          last.until - last.from === periods[period].ms;
        return same ? before : undefined;
      },
      refetchInterval: (query) => (query.state.status === 'error' ? RETRY_MS : false),
      // Each is asked for once: the next one has another end.
      gcTime: RENEW_MS,
    }),
  );
}

/** The server's clock, milliseconds, renewed now and then and when history comes back. */
function useNowAndThen(): number {
  const offset = useConnection((view) => view.offset);
  const state = useStream((stream) => stream.history?.state ?? null);
  // That the clocks are known better is no reason to ask again.
  const latest = useRef(offset);
  latest.current = offset;
  const [now, setNow] = useState(() => Date.now());
  // biome-ignore lint/correctness/useExhaustiveDependencies: that it is back is a reason to ask
  useEffect(() => {
    const renew = () => setNow(Math.round(Date.now() + latest.current));
    renew();
    const timer = setInterval(renew, RENEW_MS);
    return () => clearInterval(timer);
  }, [state]);
  return now;
}
