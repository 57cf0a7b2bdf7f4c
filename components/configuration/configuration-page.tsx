'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { useMay } from '@/components/account/use-account';
import { HistoryState } from '@/components/history/history-state';
import { OperationDialog } from '@/components/operations/operation-dialog';
import { useCluster, useFollow } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/failed';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { useQueryState } from '@/components/ui/use-query-state';
import { onCluster } from '@/lib/access/who';
import { KEPT_ZNODES, type KeptVersion } from '@/lib/history/znode-version';
import { type ClusterId, clusterName, isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';
import { pickView } from '../cluster/use-member';
import { DriftPanel } from './drift-panel';
import { Editor, type OnReview } from './editor';
import { formatConfigurationQuery, parseConfigurationQuery } from './query';
import { RestoreDialog } from './restore-dialog';
import { useDocument, useMembersSettings } from './use-settings';
import { VersionDiff } from './version-diff';
import { VersionList } from './version-list';

const PAGE = 50;
const RENEW_MS = 3000;

/** What ZooKeeper held of a cluster, version by version, a way back, and one on to another. */
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

  const mayNot = useMay(onCluster('operator'), id);
  const names = useNames(id);
  const chosenName = query.name ?? names[0] ?? null;
  const { asked, versions } = useVersions(id, chosenName);
  const [restoring, setRestoring] = useState<KeptVersion | null>(null);
  const [edited, setEdited] = useState<{ text: string; version: number } | null>(null);
  const review: OnReview = useCallback((text, version) => setEdited({ text, version }), []);
  const wanted = useWanted(id, chosenName, query.seq);
  const other = useWanted(id, chosenName, query.against);
  const all = [...versions, ...wanted, ...other];
  const find = (seq: number | null) => all.find((one) => one.seq === seq);
  const chosen = query.seq === null ? (versions[0] ?? null) : (find(query.seq) ?? null);
  const place = chosen ? versions.findIndex(({ seq }) => seq === chosen.seq) : -1;
  const next = place >= 0 ? versions[place + 1] : wanted[1];
  const before = find(query.against) ?? next ?? null;
  const isOfConfig = isOfCluster && chosenName === 'config';
  const configured = useDocument(id, isOfConfig);
  const members = useMembersSettings(id, isOfConfig);
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
              className="text-accent underline"
            >
              {name} as it is now
            </Link>
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {/* An edit must not be lost to a slip. */}
          {query.edit === null && (
            <Segmented
              label="Znode"
              value={chosenName ?? ''}
              onChange={(name) => setQuery({ name, seq: null, against: null, edit: null })}
              choices={names.map((value) => ({ value, label: value }))}
            />
          )}
          {isOfConfig && query.edit === null && (
            <Button onClick={() => setQuery({ edit: 'form' })}>
              <Pencil aria-hidden className="size-4" />
              Edit …
            </Button>
          )}
        </div>
      </div>
      {isOfConfig && query.edit !== null && (
        <Editor
          {...{ id, onReview: review }}
          view={view ?? null}
          asked={configured}
          settings={members.data ?? null}
          tab={query.edit}
          onTab={(edit) => setQuery({ edit })}
          onClose={() => setQuery({ edit: null })}
        />
      )}
      {isOfConfig && (
        <DriftPanel view={view ?? null} document={configured.data} members={members} />
      )}
      <HistoryState />
      {asked.error && <Failed says={whyNotShown(asked.error)} again={() => void asked.refetch()} />}
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
            oldest={!asked.hasNextPage && versions.at(-1)?.seq === chosen.seq}
            mayNotRestore={mayNot}
            onRestore={
              isOfCluster && chosenName === 'config' && place !== 0 && chosen.znode !== null
                ? () => setRestoring(chosen)
                : null
            }
          />
        </div>
      )}
      {edited !== null && view && (
        <OperationDialog
          view={view}
          kind="configuration"
          wish={{ kind: 'configuration', text: edited.text, seq: null }}
          configVersion={edited.version}
          onClose={() => setEdited(null)}
          // What was edited is written: the editor would take its own version for another's.
          onStarted={() => setQuery({ edit: null })}
        />
      )}
      {restoring !== null && view && (
        <RestoreDialog
          view={view}
          version={restoring}
          onClose={() => setRestoring(null)}
          onRestored={() => {
            setQuery({ seq: null, against: null });
            void asked.refetch();
          }}
        />
      )}
    </div>
  );
}

/** One version by its number, and the one before it, though they are not among those listed. */
function useWanted(cluster: ClusterId, name: string | null, seq: number | null) {
  const trpc = useTRPC();
  const asked = useQuery(
    trpc.history.versions.queryOptions(
      { cluster, name: name ?? '-', cursor: (seq ?? 0) + 1, limit: 2 },
      { enabled: name !== null && seq !== null, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const versions = asked.data?.versions ?? [];
  return versions[0]?.seq === seq ? versions : [];
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

/** Asked for again and again: not every Howdah hears of what is written. */
function useVersions(cluster: ClusterId, name: string | null) {
  const trpc = useTRPC();
  const asked = useInfiniteQuery(
    trpc.history.versions.infiniteQueryOptions(
      { cluster, name: name ?? '-', limit: PAGE },
      {
        enabled: name !== null,
        getNextPageParam: (page) => (page.more ? page.versions.at(-1)?.seq : undefined),
        // Live at its top; whoever has gone back in time is not to lose the place.
        refetchInterval: ({ state }) =>
          (state.data?.pages.length ?? 1) > 1 && state.status !== 'error' ? false : RENEW_MS,
      },
    ),
  );
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
