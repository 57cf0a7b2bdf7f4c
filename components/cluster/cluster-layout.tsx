'use client';

import dynamic from 'next/dynamic';
import { type ReactNode, useDeferredValue } from 'react';
import { cn } from '@/components/ui/cn';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import type { ClusterView, MemberView } from '@/lib/topology/view';
import { ClusterHeader } from './cluster-header';
import { Members } from './members';
import { Problems } from './problems';
import { Slots } from './slots';
import { Unreadable } from './unreadable';

export const loadTopology = () => import('./topology');
const Topology = dynamic(() => loadTopology().then((m) => m.Topology), {
  ssr: false,
  loading: () => <Skeleton className="m-4 h-66" />,
});

/** A cluster as it is, or was: the same picture for both. */
export function ClusterLayout({
  view,
  action,
  aside,
  run,
  lag,
  events,
  memberAction,
}: {
  view: ClusterView;
  /** What can be done about it. */
  action: ReactNode;
  /** Beside the drawing's title. */
  aside: ReactNode;
  /** An operation that is under way, where it has a place of its own. */
  run: ((className: string) => ReactNode) | null;
  lag: ReactNode;
  events: ReactNode;
  /** What can be done to one member; absent: nothing, as in the past. */
  memberAction?: (member: MemberView) => ReactNode;
}) {
  // What stands below comes a moment later, in small steps, so that no step is long.
  const below = useDeferredValue(true, false);
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <ClusterHeader view={view} action={action} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(20rem,1fr)] xl:grid-rows-[auto_1fr]">
        <Panel id="topology" title="Topology" aside={aside} className="max-xl:order-last">
          <Topology view={view} />
        </Panel>
        {run?.('xl:col-start-2 xl:row-span-2 xl:row-start-1')}
        <div
          className={cn(
            'flex min-w-0 flex-col gap-4',
            run === null ? 'xl:row-span-2' : 'xl:col-start-1 xl:row-start-2',
          )}
        >
          <Problems view={view} />
          <Unreadable znodes={view.unreadable} />
        </div>
      </div>
      {below && (
        <>
          {lag}
          <Members view={view} action={memberAction} />
          <div className="grid items-start gap-4 xl:grid-cols-2">
            {events}
            <Slots view={view} />
          </div>
        </>
      )}
    </div>
  );
}
