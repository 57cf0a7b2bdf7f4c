'use client';

import Link from 'next/link';
import { memo } from 'react';
import { Name } from '@/components/ui/name';
import { Table, Td, Th } from '@/components/ui/table';
import type { ClusterReport } from '@/lib/history/reliability';
import { clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import { Availability, Lag, Note, Presence } from './facts-of-cluster';
import { type ReliabilityQuery, reliabilityHref } from './query';
import { VerdictWords } from './verdict';
import { budgetWords, lengthWords, outageWords, restartWords } from './words';

/** What each way of showing the clusters takes. */
export interface ClustersShown {
  readonly clusters: readonly ClusterReport[];
  readonly lagTold: boolean;
  readonly query: ReliabilityQuery;
}

/** Where there is room: a row for each cluster. */
export function FleetTable({ clusters, lagTold, query }: ClustersShown) {
  const right = 'text-right';
  return (
    <Table
      label="Clusters, scrolls sideways"
      className="min-w-[56rem] [&_tbody_tr:last-child>*]:border-b-0 [&_td:not(:last-child)]:px-2 [&_th:not(:first-child):not(:last-child)]:px-2"
    >
      <thead>
        <tr>
          <Th className="sticky left-0 z-[1] bg-surface pl-4">Cluster</Th>
          <Th>Objective</Th>
          <Th className={right}>Availability</Th>
          <Th className={right}>Outage, at most</Th>
          <Th className={right}>Budget left</Th>
          <Th className={right}>Unplanned</Th>
          <Th className={right}>Planned</Th>
          <Th className={right}>Longest outage</Th>
          <Th className="pr-4 text-right">Worst lag</Th>
        </tr>
      </thead>
      <tbody>
        {clusters.map((one) => (
          <Row key={one.cluster} report={one} lagTold={lagTold} query={query} />
        ))}
      </tbody>
    </Table>
  );
}

const Row = memo(function Row({
  report,
  lagTold,
  query,
}: Omit<ClustersShown, 'clusters'> & { report: ClusterReport }) {
  const { longest, worstLag, restarts } = report;
  const outage = outageWords(report);
  const figure = 'text-right whitespace-nowrap';
  return (
    <tr data-testid="reliability-row" data-cluster={report.cluster}>
      <th
        scope="row"
        className="sticky left-0 z-[1] rounded-bl-lg border-b border-line bg-surface py-2 pr-3 pl-4 text-left align-top font-medium"
      >
        <ReportLink report={report} query={query} />
        <Presence report={report} />
      </th>
      <Td className="font-medium whitespace-nowrap">
        <VerdictWords report={report} />
      </Td>
      <Td className={figure}>
        <Availability report={report} />
      </Td>
      <Td className={figure}>
        {outage.sum}
        {outage.note !== null && <Note>{outage.note}</Note>}
      </Td>
      <Td className={figure}>{budgetWords(report)}</Td>
      <Td className={figure}>
        {report.unplanned.toLocaleString()}
        {restarts > 0 && <Note>{restartWords(restarts)}</Note>}
      </Td>
      <Td className={figure}>{report.planned.toLocaleString()}</Td>
      <Td className={figure}>
        {longest?.outageMs == null ? (
          <span className="text-muted">{outage.sum}</span>
        ) : (
          lengthWords(longest.outageMs)
        )}
      </Td>
      <Td className="pr-4 text-right whitespace-nowrap">
        <Lag worst={worstLag} told={lagTold} />
      </Td>
    </tr>
  );
});

/** To the report of one cluster, over the same period and by the same objective. */
export function ReportLink({
  report: { cluster },
  query,
}: {
  report: ClusterReport;
  query: ReliabilityQuery;
}) {
  const key = parseClusterId(cluster);
  return (
    <Link
      href={reliabilityHref({ ...query, cluster })}
      className="flex max-w-48 min-w-0 text-accent hover:underline"
    >
      <Name>{key ? clusterName(key) : cluster}</Name>
    </Link>
  );
}
