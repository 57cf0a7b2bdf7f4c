'use client';

import Link from 'next/link';
import { memo, useCallback, useState } from 'react';
import { exactMoment } from '@/components/stream/moment';
import { useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Name } from '@/components/ui/name';
import { Panel } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import { availabilityWords } from '@/lib/history/objective';
import type { ClusterReport, ReliabilityFacts, ReliabilityReport } from '@/lib/history/reliability';
import { clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import { formatBytes } from '@/lib/units';
import { type ReliabilityQuery, reliabilityHref } from './query';
import { Totals } from './totals';
import { VerdictWords } from './verdict';
import { budgetWords, lengthWords, outageWords } from './words';

const FIRST = 200;

/** The fleet: its sums, and each cluster, worst first. */
export function FleetReport({
  report,
  lagTold,
  query,
}: {
  report: ReliabilityReport;
  /** False where the worst lag could not be told in time. */
  lagTold: boolean;
  query: ReliabilityQuery;
}) {
  const [all, setAll] = useState(false);
  const { clusters, fleet } = report;
  if (clusters.length === 0) {
    return (
      <p className="rounded-lg border border-line bg-surface p-4 text-muted">
        Nothing is kept of any cluster from this period. A cluster is reported on from the moment
        that Howdah has first seen it.
      </p>
    );
  }
  const quiet = fleet.planned + fleet.unplanned + fleet.restarts === 0;
  const shown = all ? clusters : clusters.slice(0, FIRST);
  const right = 'text-right';
  return (
    <>
      <Totals report={report} />
      {quiet && <p className="text-muted">No change of leadership was seen in this period.</p>}
      <Panel id="clusters" title={`Clusters (${clusters.length.toLocaleString()}), worst first`}>
        <Table label="Clusters, scrolls sideways" className="min-w-[62rem]">
          <thead>
            <tr>
              <Th className="sticky left-0 z-[1] bg-surface pl-4">Cluster</Th>
              <Th>Objective</Th>
              <Th className={right}>Availability</Th>
              <Th className={right}>Outage, at most</Th>
              <Th className={right}>Unplanned</Th>
              <Th className={right}>Planned</Th>
              <Th className={right}>Longest outage</Th>
              <Th className={right}>Worst lag</Th>
              <Th className="pr-4 text-right">Budget left</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <Row key={one.cluster} report={one} lagTold={lagTold} query={query} />
            ))}
          </tbody>
        </Table>
        {clusters.length > FIRST && (
          <div className="p-2">
            <Button tone="quiet" size="sm" onClick={() => setAll(!all)}>
              {all ? 'Show fewer' : `Show all ${clusters.length.toLocaleString()}`}
            </Button>
          </div>
        )}
      </Panel>
    </>
  );
}

const Row = memo(function Row({
  report,
  lagTold,
  query,
}: {
  report: ClusterReport;
  lagTold: boolean;
  query: ReliabilityQuery;
}) {
  const { cluster, longest, worstLag, restarts } = report;
  const key = parseClusterId(cluster);
  const outage = outageWords(report);
  const figure = 'text-right whitespace-nowrap';
  return (
    <tr data-testid="reliability-row" data-cluster={cluster}>
      <th
        scope="row"
        className="sticky left-0 z-[1] border-b border-line bg-surface py-2 pr-3 pl-4 text-left align-top font-medium"
      >
        <Link
          href={reliabilityHref({ ...query, cluster })}
          className="flex max-w-36 text-accent hover:underline sm:max-w-56"
        >
          <Name>{key ? clusterName(key) : cluster}</Name>
        </Link>
        <Presence report={report} />
      </th>
      <Td>
        <VerdictWords report={report} />
      </Td>
      <Td className={figure}>{availabilityWords(report)}</Td>
      <Td className={figure}>
        {outage.sum}
        {outage.note !== null && <Note>{outage.note}</Note>}
      </Td>
      <Td className={figure}>
        {report.unplanned.toLocaleString()}
        {restarts > 0 && <Note>and {restarts.toLocaleString()} restarts</Note>}
      </Td>
      <Td className={figure}>{report.planned.toLocaleString()}</Td>
      <Td className={figure}>
        {longest?.outageMs == null ? (
          <span className="text-muted">{outage.sum}</span>
        ) : (
          lengthWords(longest.outageMs)
        )}
      </Td>
      <Td className={figure}>
        {worstLag === null ? (
          <span className="text-muted">{lagTold ? 'none kept' : 'unknown'}</span>
        ) : (
          <span title={exactMoment(worstLag.at)}>
            {formatBytes(worstLag.bytes)}
            <Note>{worstLag.member}</Note>
          </span>
        )}
      </Td>
      <Td className="pr-4 text-right whitespace-nowrap">{budgetWords(report)}</Td>
    </tr>
  );
});

function Note({ children }: { children: React.ReactNode }) {
  return <span className="block text-xs text-muted">{children}</span>;
}

/** That it is gone, or has no leader: an outage that goes on is in no figure yet. */
function Presence({ report: { cluster, gone } }: { report: ClusterReport }) {
  const leaderless = useLeaderless(cluster);
  if (gone !== null) return <Note>gone since {exactMoment(gone)}</Note>;
  if (!leaderless) return null;
  return <span className="block text-xs font-normal text-critical">no leader now</span>;
}

/** Whether nobody leads it at this moment. */
export function useLeaderless(cluster: ReliabilityFacts['clusters'][number]['cluster']): boolean {
  return useStream(useCallback((stream) => stream.fleet.get(cluster)?.leader === null, [cluster]));
}
