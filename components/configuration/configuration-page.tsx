'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import { HistoryState } from '@/components/history/history-state';
import { useCluster, useFollow, useStream } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { Failed } from '@/components/ui/failed';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { useQueryState } from '@/components/ui/use-query-state';
import { KEPT_ZNODES, type KeptVersion } from '@/lib/history/znode-version';
import { type ClusterId, clusterName, isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';
import { pickView } from '../cluster/use-member';
import { formatConfigurationQuery, parseConfigurationQuery } from './query';
import { RestoreDialog } from './restore-dialog';
import { VersionDiff } from './version-diff';
import { VersionList } from './version-list';

const PAGE = 50;
const RENEW_MS = 3000;

/** What ZooKeeper held of a cluster, version by version, and a way back to an earlier one. */
export function ConfigurationPage({ id }: { id: ClusterId }) {
  const [query, setQuery] = useQueryState(parseConfigurationQuery, formatConfigurationQuery);
  useFollow(`cluster:${id}`);
  const view = useCluster(id, pickView);
  const key = parseClusterId(id);
  const name = key ? clusterName(key) : id;
  const isOfCluster = key !== null && !isEnsemble(key);
  useEffect(() => {
    document.title = `Configuration of ${name} · Howdah`;
  }, [name]);

  const names = useNames(id);
  const chosenName = query.name ?? names[0] ?? null;
  const { asked, versions } = useVersions(id, chosenName);
  const [restoring, setRestoring] = useState<KeptVersion | null>(null);
  const chosen = versions.find(({ seq }) => seq === query.seq) ?? versions[0] ?? null;
  const place = chosen ? versions.indexOf(chosen) : -1;
  const before = versions.find(({ seq }) => seq === query.against) ?? versions[place + 1] ?? null;
  const pick = useCallback((seq: number) => setQuery({ seq, against: null }), [setQuery]);
  const compare = useCallback((seq: number) => setQuery({ against: seq }), [setQuery]);
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold">What ZooKeeper held of {name}</h1>
          <p className="mt-1 text-muted">
            Every version that Howdah has read.{' '}
            <Link
              href={isOfCluster ? `/cluster/${id}` : '/zookeeper'}
              className="text-accent hover:underline"
            >
              {name} as it is now
            </Link>
          </p>
        </div>
        <Segmented
          label="Znode"
          value={chosenName ?? ''}
          onChange={(name) => setQuery({ name, seq: null, against: null })}
          choices={names.map((value) => ({ value, label: value }))}
        />
      </div>
      <HistoryState />
      {asked.error && <Failed says={asked.error.message} again={() => void asked.refetch()} />}
      {!asked.data && !asked.error && <Loading />}
      {asked.data && chosen === null && (
        <p className="rounded-lg border border-line bg-surface p-4 text-muted">
          No version of {chosenName} has been kept of {name} yet.
        </p>
      )}
      {chosen !== null && (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(18rem,1fr)_minmax(0,2fr)]">
          <Panel id="versions" title="Versions">
            <VersionList
              {...{ versions, chosen, before }}
              onPick={pick}
              onCompare={compare}
              more={asked.hasNextPage}
              onMore={() => void asked.fetchNextPage()}
            />
          </Panel>
          <VersionDiff
            version={chosen}
            before={before}
            onRestore={
              isOfCluster && chosenName === 'config' && place > 0 && chosen.znode !== null
                ? () => setRestoring(chosen)
                : null
            }
          />
        </div>
      )}
      {restoring !== null && view && (
        <RestoreDialog
          view={view}
          version={restoring}
          onClose={() => setRestoring(null)}
          onRestored={() => {
            setRestoring(null);
            setQuery({ seq: null, against: null });
            void asked.refetch();
          }}
        />
      )}
    </div>
  );
}

/** Of a cluster they are known; of an ensemble they are what an operator has marked. */
function useNames(id: ClusterId): readonly string[] {
  const trpc = useTRPC();
  const key = parseClusterId(id);
  const isOfEnsemble = key !== null && isEnsemble(key);
  const marked = useQuery(
    trpc.history.znodes.queryOptions({ cluster: id }, { enabled: isOfEnsemble }),
  );
  return isOfEnsemble ? (marked.data ?? []) : KEPT_ZNODES;
}

/** Live at its top: asked for again when something more has been written. */
function useVersions(cluster: ClusterId, name: string | null) {
  const trpc = useTRPC();
  const asked = useInfiniteQuery(
    trpc.history.versions.infiniteQueryOptions(
      { cluster, name: name ?? '-', limit: PAGE },
      {
        enabled: name !== null,
        getNextPageParam: (page) => (page.more ? page.versions.at(-1)?.seq : undefined),
        refetchInterval: ({ state }) => (state.status === 'error' ? RENEW_MS : false),
      },
    ),
  );
  const newest = useStream((stream) => stream.history?.newest ?? 0);
  const { refetch, isFetchingNextPage } = asked;
  // biome-ignore lint/correctness/useExhaustiveDependencies: that there is more is the reason to ask
  useEffect(() => {
    if (!isFetchingNextPage && name !== null) void refetch({ cancelRefetch: false });
  }, [newest, refetch, name]);
  return { asked, versions: asked.data?.pages.flatMap((page) => page.versions) ?? [] };
}

function Loading() {
  return (
    <div aria-busy="true" className="grid gap-4 lg:grid-cols-[minmax(18rem,1fr)_minmax(0,2fr)]">
      <p className="sr-only">Loading the versions</p>
      <Skeleton className="h-64" />
      <Skeleton className="h-64" />
    </div>
  );
}
