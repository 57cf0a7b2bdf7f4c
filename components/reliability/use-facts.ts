'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useConnection, useStream } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { useStandingError } from '@/components/ui/use-standing-error';
import type { ReliabilityFacts } from '@/lib/history/reliability';
import { type PeriodName, periods } from './query';

/** A history that is away, or only being opened, is asked again by itself. */
const RETRY_MS = 3000;

/**
 * What is kept of a period up to now, of one cluster or of all. The last answer to the same question
 * stays until there is a newer one, also where asking fails: its `until` says of when it is.
 */
export function useFacts(period: PeriodName, cluster: string | null) {
  const trpc = useTRPC();
  const { renewMs } = periods[period];
  const until = useNowAndThen(renewMs);
  const asked = useQuery(
    trpc.history.reliability.queryOptions(
      {
        ...{ from: until - periods[period].ms, until },
        ...(cluster === null ? {} : { cluster }),
      },
      {
        refetchInterval: (query) => (query.state.status === 'error' ? RETRY_MS : false),
        // Each is asked for once: the next one has another end.
        gcTime: renewMs,
      },
    ),
  );
  const { data, refetch } = asked;
  const question = `${period} ${cluster}`;
  const last = useRef<{ question: string; facts: ReliabilityFacts } | null>(null);
  if (data) last.current = { question, facts: data };
  const facts = last.current?.question === question ? last.current.facts : null;
  return { facts, error: useStandingError(asked, question), refetch };
}

/** The server's clock, milliseconds, renewed now and then and when history comes back. */
function useNowAndThen(renewMs: number): number {
  const offset = useConnection((view) => view.offset);
  const state = useStream((stream) => stream.history?.state ?? null);
  // Before the first is written there is nothing to be judged.
  const begun = useStream((stream) => (stream.history?.newest ?? 0) > 0);
  // That the clocks are known better is no reason to ask again.
  const latest = useRef(offset);
  latest.current = offset;
  const [now, setNow] = useState(() => Date.now());
  // biome-ignore lint/correctness/useExhaustiveDependencies: that it is back, or has begun, is a reason to ask
  useEffect(() => {
    const renew = () => setNow(Math.round(Date.now() + latest.current));
    renew();
    const timer = setInterval(renew, renewMs);
    return () => clearInterval(timer);
  }, [state, begun, renewMs]);
  return now;
}
