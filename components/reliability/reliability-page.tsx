'use client';

import { X } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { HistoryState } from '@/components/history/history-state';
import { exactMoment, moment } from '@/components/stream/moment';
import { useFollow, useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/failed';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { useQueryState } from '@/components/ui/use-query-state';
import { type ReliabilityFacts, reportOf } from '@/lib/history/reliability';
import { clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import { OneReport } from './cluster-report';
import { FleetReport } from './fleet-report';
import { ObjectiveField, useObjective } from './objective-field';
import {
  formatReliabilityQuery,
  parseReliabilityQuery,
  periodNames,
  periods,
  type ReliabilityQuery,
} from './query';
import { useFacts } from './use-facts';

/** How reliable the fleet, or one cluster, was over a period that ends now. */
export function ReliabilityPage() {
  const [query, setQuery] = useQueryState(parseReliabilityQuery, formatReliabilityQuery);
  useFollow('fleet');
  const say = useCallback((objective: number) => setQuery({ objective }), [setQuery]);
  const objective = useObjective(query.objective, say);
  const { facts, error, refetch } = useFacts(query.period, query.cluster);
  const state = useStream((stream) => stream.history?.state ?? null);
  // Why it is away is said above.
  const says =
    state === 'away' ? 'What is shown here waits for the history.' : error && whyNotShown(error);
  return (
    <div className="flex flex-col gap-3 p-3 sm:p-4">
      <h1 className="sr-only">Reliability</h1>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Segmented
          label="Period, up to now"
          value={query.period}
          onChange={(period) => setQuery({ period })}
          choices={periodNames.map((value) => ({ value, label: periods[value].label }))}
        />
        <ObjectiveField objective={objective} onChange={say} />
        {query.cluster !== null && (
          <ClusterChip id={query.cluster} onDrop={() => setQuery({ cluster: null })} />
        )}
      </div>
      {state !== null && state !== 'ready' && <HistoryState />}
      {error && says && (
        <Failed
          className="rounded-lg border border-line bg-surface"
          says={facts ? `${says} What is shown is as of ${moment(facts.until)}.` : says}
          again={() => void refetch()}
        />
      )}
      {facts === null && !error && <Loading />}
      {facts !== null && <Report facts={facts} query={query} objective={objective} />}
    </div>
  );
}

function Report({
  facts,
  query,
  objective,
}: {
  facts: ReliabilityFacts;
  query: ReliabilityQuery;
  objective: number;
}) {
  const report = useMemo(() => reportOf(facts, objective), [facts, objective]);
  const lagTold = facts.worstLag !== null;
  const [one] = report.clusters;
  const key = query.cluster === null ? null : parseClusterId(query.cluster);
  const name = key ? clusterName(key) : (query.cluster ?? '');
  return (
    <>
      {facts.cut && (
        <p className="text-sm text-muted">
          There were too many changes of leadership for one answer: this is told from{' '}
          <time dateTime={new Date(facts.from).toISOString()} title={exactMoment(facts.from)}>
            {moment(facts.from)}
          </time>{' '}
          on.
        </p>
      )}
      {!lagTold && (
        <p className="text-sm text-muted">
          The worst lag could not be told in time: ask for a shorter period, or for one cluster.
        </p>
      )}
      {query.cluster === null ? (
        <FleetReport report={report} lagTold={lagTold} query={query} />
      ) : one === undefined ? (
        <p className="rounded-lg border border-line bg-surface p-4 text-muted">
          Nothing is kept of {name} from this period.
        </p>
      ) : (
        <OneReport report={one} name={name} objective={objective} lagTold={lagTold} />
      )}
    </>
  );
}

function ClusterChip({ id, onDrop }: { id: string; onDrop: () => void }) {
  const key = parseClusterId(id);
  const name = key ? clusterName(key) : id;
  return (
    <Button size="sm" onClick={onDrop} aria-label={`Only ${name}. Show all clusters`}>
      Only {name}
      <X aria-hidden className="size-4" />
    </Button>
  );
}

function Loading() {
  return (
    <div aria-busy="true" className="flex flex-col gap-3">
      <p className="sr-only">Loading the report</p>
      <Skeleton className="h-5 w-full max-w-3xl" />
      <Skeleton className="h-64" />
    </div>
  );
}
