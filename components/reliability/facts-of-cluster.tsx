'use client';

import { useCallback } from 'react';
import { exactMoment, moment } from '@/components/stream/moment';
import { useStream } from '@/components/stream/use-stream';
import { cn } from '@/components/ui/cn';
import { Name } from '@/components/ui/name';
import { availabilityWords } from '@/lib/history/objective';
import type { ClusterReport, WorstLag } from '@/lib/history/reliability';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { formatBytes } from '@/lib/units';

/** A line below a figure. */
export function Note({ children }: { children: React.ReactNode }) {
  return <span className="block text-xs font-normal text-muted">{children}</span>;
}

/** Of the time watched: said with less weight where that is too little to judge by. */
export function Availability({ report }: { report: ClusterReport }) {
  const { verdict } = report;
  const little = verdict.is === 'unknown' && verdict.why !== 'not-measured';
  return <span className={cn(little && 'text-muted')}>{availabilityWords(report)}</span>;
}

/** The furthest that a standby was behind, and which. */
export function Lag({ worst, told }: { worst: WorstLag | null; told: boolean }) {
  if (worst === null) return <span className="text-muted">{lagDoubt(told)}</span>;
  return (
    <span title={exactMoment(worst.at)}>
      {formatBytes(worst.bytes)}
      <Note>
        <Name className="max-w-32">{worst.member}</Name>
      </Note>
    </span>
  );
}

/** Why there is no figure of lag. */
export const lagDoubt = (told: boolean): string => (told ? 'none kept' : 'unknown');

/** That it is gone, or has no leader: an outage that goes on is in no figure yet. */
export function Presence({ report: { cluster, gone } }: { report: ClusterReport }) {
  const leaderless = useLeaderless(cluster);
  if (gone !== null) {
    return (
      <Note>
        <span title={exactMoment(gone)}>gone since {moment(gone)}</span>
      </Note>
    );
  }
  if (!leaderless) return null;
  return <span className="block text-xs font-normal text-critical">no leader now</span>;
}

/** Whether nobody leads it at this moment. */
export function useLeaderless(cluster: ClusterId): boolean {
  return useStream(useCallback((stream) => stream.fleet.get(cluster)?.leader === null, [cluster]));
}
