'use client';

import { FileDiff, History, Split } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useEffect } from 'react';
import { MemberMenu } from '@/components/operations/member-menu';
import { type Deciding, Operate } from '@/components/operations/operate';
import { RunPanel } from '@/components/operations/run-panel';

import { useRecentRun } from '@/components/operations/use-operation';
import { Age } from '@/components/stream/age';
import { useCluster, useFollow, useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { StateIcon } from '@/components/ui/state-icon';
import { useQueryState } from '@/components/ui/use-query-state';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import { ClusterLayout, loadTopology } from './cluster-layout';
import { Events } from './events';
import { loadLagChart } from './lag-lazy';
import { LagPanel } from './lag-panel';
import { formatClusterQuery, parseClusterQuery } from './query';
import { pickView } from './use-member';

export function ClusterPage({ id }: { id: ClusterId }) {
  // On their way while the view is: the drawing and the chart are the heavy half of the page.
  useEffect(() => {
    void loadTopology();
    void loadLagChart();
  }, []);
  useFollow(`cluster:${id}`);
  const view = useCluster(id, pickView);
  useTitle(view?.name);
  if (view === undefined) return <Loading />;
  if (view === null) return <NoSuchCluster id={id} />;
  return <Cluster view={view} />;
}

function Cluster({ view }: { view: ClusterView }) {
  const [{ op, member }, setQuery] = useQueryState(parseClusterQuery, formatClusterQuery);
  const decide = useCallback(
    (next: Deciding | null) => setQuery({ op: next?.kind ?? null, member: next?.member ?? null }),
    [setQuery],
  );
  const deciding = op === null ? null : { kind: op, member };
  const { operation, putAway } = useRecentRun(view.id);
  // The dialog shows the same run: never both.
  const run = deciding === null ? operation : null;
  return (
    <ClusterLayout
      view={view}
      action={
        <div className="flex flex-wrap items-start gap-2">
          <Button asChild>
            <Link href={`/cluster/${view.id}/past`}>
              <History className="size-4" aria-hidden />
              Look back
            </Link>
          </Button>
          <Button asChild>
            <Link href={`/cluster/${view.id}/configuration`}>
              <FileDiff className="size-4" aria-hidden />
              Configuration
            </Link>
          </Button>
          <Button asChild>
            <Link href={`/cluster/${view.id}/routing`}>
              <Split className="size-4" aria-hidden />
              Reads
            </Link>
          </Button>
          <Operate view={view} deciding={deciding} onDecide={decide} />
        </div>
      }
      aside={<AsOf ensemble={view.key.ensemble} />}
      run={
        run && ((className) => <RunPanel operation={run} onClose={putAway} className={className} />)
      }
      lag={<LagPanel view={view} />}
      events={<Events id={view.id} />}
      memberAction={(one) => (
        <MemberMenu
          {...{ view, member: one }}
          onPick={(kind) => decide({ kind, member: one.name })}
        />
      )}
    />
  );
}

/** Without ZooKeeper the drawing stands still: say since when. */
function AsOf({ ensemble }: { ensemble: string }) {
  const told = useStream((stream) => stream.ensembles).find(({ name }) => name === ensemble);
  if (!told || told.state === 'connected') return null;
  return (
    <p className="flex items-center gap-1.5 text-sm text-attention">
      <StateIcon state="attention" mute />
      as of <Age at={told.since} />
    </p>
  );
}

function NoSuchCluster({ id }: { id: ClusterId }) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="text-xl font-semibold">There is no such cluster</h1>
      <p>
        Nothing watched by Howdah holds a cluster with the address{' '}
        <span className="font-mono text-sm">{id}</span>. It may have been removed from ZooKeeper, or
        its namespace is no longer watched. If it comes back, it appears here by itself.
      </p>
      <Button asChild>
        <Link href="/">Go to the fleet</Link>
      </Button>
    </div>
  );
}

function Loading() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4 p-3 sm:p-4">
      <p className="sr-only">Loading the cluster</p>
      <Skeleton className="h-8 w-64" />
      <Skeleton className="h-5 w-96 max-w-full" />
      <div className="grid gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(20rem,1fr)]">
        <Skeleton className="h-80" />
        <Skeleton className="h-80" />
      </div>
      <Skeleton className="h-72" />
    </div>
  );
}

function useTitle(name: string | undefined): void {
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · Howdah`;
  }, [name]);
}
