'use client';

import { useCallback } from 'react';
import { sessionsOf } from '@/components/routing/words';
import { useCluster } from '@/components/stream/use-stream';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';

/** What a member carries of the reads, and how many sessions it has; nothing where no policy says. */
export function ReadShare({ id, name }: { id: ClusterId; name: string }) {
  // As a text, so that a card is drawn anew only when its own figures change.
  const told = useCluster(
    id,
    useCallback((cluster: ClusterState) => shareOf(cluster, name), [name]),
  );
  if (told === null) return null;
  const [percent = '', sessions = ''] = told.split(' ');
  const open = sessions === '' ? '' : `, ${sessions} sessions open`;
  return (
    <span
      data-testid="read-share"
      className="shrink-0 text-xs whitespace-nowrap text-muted tabular-nums"
      title={`${percent} % of new sessions for reads${open}`}
    >
      {percent} % reads
      {sessions !== '' && ` · ${sessions}`}
    </span>
  );
}

function shareOf({ routing }: ClusterState, name: string): string | null {
  const verdict = routing?.weighing?.verdicts.find(({ member }) => member === name);
  if (!routing || !verdict) return null;
  const sessions = sessionsOf(routing.servers, name, ['read', 'last-resort']);
  return `${Math.round((verdict.share ?? 0) * 100)} ${sessions ?? ''}`;
}
