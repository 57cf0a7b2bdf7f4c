'use client';

import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useMay } from '@/components/account/use-account';
import { pickView } from '@/components/cluster/use-member';
import { useCluster, useConnection, useFollow } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { useQueryState } from '@/components/ui/use-query-state';
import { onCluster } from '@/lib/access/who';
import type { RoutingView } from '@/lib/routing/view';
import { type ClusterId, clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import { AgentsPanel } from './agents-panel';
import { Asking } from './asking';
import { Carriers } from './carriers';
import { ConnectPanel } from './connect-panel';
import { DrainDialog } from './drain-dialog';
import { NoPolicy } from './no-policy';
import { PolicyDialog } from './policy-dialog';
import { PolicyPanel } from './policy-panel';
import { formatRoutingQuery, parseRoutingQuery } from './query';
import { useRouting } from './use-routing';
import { troubleOf } from './words';

/** Who carries the reads of a cluster, why, and by which policy. */
export function RoutingPage({ id }: { id: ClusterId }) {
  useFollow(`cluster:${id}`);
  const view = useCluster(id, pickView);
  const routing = useRouting(id);
  const key = parseClusterId(id);
  const name = key ? clusterName(key) : id;
  useEffect(() => {
    document.title = `Reads of ${name} · Howdah`;
  }, [name]);
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold [overflow-wrap:anywhere]">Reads of {name}</h1>
        <p className="mt-1 text-muted">
          Spread by how fresh each standby is.{' '}
          <Link href={`/cluster/${id}`} className="text-accent underline">
            {name} as it is now
          </Link>
        </p>
      </div>
      {view === null && (
        <p className="rounded-lg border border-line bg-surface p-4 text-muted">
          There is no such cluster any more.
        </p>
      )}
      {(view === undefined || (view && routing === null)) && <Loading />}
      {view && routing !== null && <Routed view={view} routing={routing} />}
    </div>
  );
}

function Routed({ view, routing }: { view: ClusterView; routing: RoutingView }) {
  const [{ edit, drain }, setQuery] = useQueryState(parseRoutingQuery, formatRoutingQuery);
  const [lifting, setLifting] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const may = useMay(onCluster('operator'), view.id);
  const connected = useConnection((c) => c.phase === 'live' || c.phase === 'mending');
  const mayNot = may ?? (connected ? null : 'Howdah is disconnected.');
  const { policy } = routing;
  const trouble = troubleOf(routing);
  return (
    <>
      {trouble !== null && <Notice state={trouble.state}>{trouble.says}</Notice>}
      {policy.is === 'none' && (
        <NoPolicy {...{ view, mayNot }} onBegin={() => setQuery({ edit: true })} />
      )}
      {policy.is === 'unreadable' && (
        <Button
          className="self-start"
          disabled={mayNot !== null}
          title={mayNot ?? undefined}
          onClick={() => setQuery({ edit: true })}
        >
          Write a new policy …
        </Button>
      )}
      {routing.weighing !== null && (
        <Carriers
          {...{ view, routing, mayNot }}
          onDrain={(member) => setQuery({ drain: member })}
          onLift={setLifting}
        />
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {policy.is === 'ok' && (
          <PolicyPanel
            {...{ view, mayNot, policy: policy.policy, version: policy.version }}
            onEdit={() => setQuery({ edit: true })}
            onLift={setLifting}
          />
        )}
        <div className="flex min-w-0 flex-col gap-4">
          <AgentsPanel agents={routing.agents} />
          {policy.is === 'ok' && <ConnectPanel {...{ view, routing }} />}
        </div>
        {policy.is !== 'ok' && <ConnectPanel {...{ view, routing }} />}
      </div>
      {policy.is !== 'none' && (
        <Button
          tone="quiet"
          className="self-start text-critical"
          disabled={mayNot !== null}
          title={mayNot ?? undefined}
          onClick={() => setRemoving(true)}
        >
          Stop balancing the reads of {view.name} …
        </Button>
      )}
      {edit && (
        <PolicyDialog {...{ view, routing, mayNot }} onClose={() => setQuery({ edit: false })} />
      )}
      {drain !== null && policy.is === 'ok' && (
        <DrainDialog
          {...{ view, routing, mayNot }}
          member={drain}
          onClose={() => setQuery({ drain: null })}
        />
      )}
      {lifting !== null && (
        <Asking
          {...{ view, routing }}
          title={`End the drain of ${lifting}`}
          verb={`End the drain of ${lifting}`}
          change={{ kind: 'drain-ended', member: lifting }}
          onClose={() => setLifting(null)}
        >
          {lifting} gets new sessions again, from little to all of its share.
        </Asking>
      )}
      {removing && (
        <Asking
          {...{ view, routing }}
          title={`Stop balancing the reads of ${view.name}`}
          verb="Stop balancing"
          tone="danger"
          change={{ kind: 'removed' }}
          onClose={() => setRemoving(false)}
        >
          The policy is removed, drains included, and HAProxy spreads reads over all that Patroni
          accepts, however far behind they are.
        </Asking>
      )}
    </>
  );
}

function Loading() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4">
      <p className="sr-only">Loading how reads are spread</p>
      <Skeleton className="h-56" />
      <div className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-56" />
        <Skeleton className="h-56" />
      </div>
    </div>
  );
}
