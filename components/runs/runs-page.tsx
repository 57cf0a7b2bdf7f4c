'use client';

import Link from 'next/link';
import { useEffect } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { HistoryState } from '@/components/history/history-state';
import { useFollow } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/failed';
import { Select } from '@/components/ui/input';
import { LoadMore } from '@/components/ui/load-more';
import { Panel } from '@/components/ui/panel';
import { Rows } from '@/components/ui/rows';
import { useQueryState } from '@/components/ui/use-query-state';
import { type ClusterId, clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import { formatRunsQuery, parseRunsQuery, type RunsPageQuery } from './query';
import { RunList } from './run-list';
import { useRuns } from './use-runs';
import { kindWord, type RunKind, runKinds } from './words';

/** What was done to a cluster, and what became of it. */
export function RunsPage({ id }: { id: ClusterId }) {
  const [query, setQuery] = useQueryState(parseRunsQuery, formatRunsQuery);
  useFollow(`cluster:${id}`);
  const key = parseClusterId(id);
  const name = key ? clusterName(key) : id;
  useEffect(() => {
    document.title = `Operations on ${name} · Howdah`;
  }, [name]);
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold">Operations on {name}</h1>
        <p className="mt-1 text-muted">
          All that was done to it through Howdah, and every change of its leader, as far as it is
          kept.{' '}
          <Link href={`/cluster/${id}`} className="text-accent underline">
            {name} as it is now
          </Link>
        </p>
      </div>
      <HistoryState />
      <Panel
        id="runs"
        title="Operations"
        aside={
          <Select
            aria-label="Kind"
            value={query.kind ?? ''}
            onChange={(event) => setQuery({ kind: (event.target.value || null) as RunKind | null })}
          >
            <option value="">Every kind</option>
            {runKinds.map((kind) => (
              <option key={kind} value={kind}>
                {kindWord(kind)}
              </option>
            ))}
          </Select>
        }
      >
        <Listed id={id} query={query} setQuery={setQuery} />
      </Panel>
    </div>
  );
}

function Listed({
  id,
  query,
  setQuery,
}: {
  id: ClusterId;
  query: RunsPageQuery;
  setQuery: (part: Partial<RunsPageQuery>) => void;
}) {
  const { asked, runs, error } = useRuns(id, query.kind);
  const { refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = asked;
  return (
    <>
      {error && (
        <Failed
          className="border-b border-line"
          says={whyNotShown(error)}
          again={() => void refetch()}
        />
      )}
      {runs === null && !error && <Rows says="Loading the operations" count={6} />}
      {runs?.length === 0 && (
        <div className="flex flex-col items-start gap-3 p-4 text-muted">
          <p>
            {query.kind === null
              ? 'Nothing has been done to this cluster through Howdah yet, and its leader has not changed, as far as is kept.'
              : `Nothing of that kind (${kindWord(query.kind)}) is kept of this cluster.`}
          </p>
          {query.kind !== null && (
            <Button size="sm" onClick={() => setQuery({ kind: null })}>
              Show every kind
            </Button>
          )}
        </div>
      )}
      {runs !== null && runs.length > 0 && <RunList runs={runs} />}
      <LoadMore pages={{ hasNextPage, isFetchingNextPage, fetchNextPage }}>Load older</LoadMore>
    </>
  );
}
