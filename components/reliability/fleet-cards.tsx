'use client';

import { memo, type ReactNode } from 'react';
import type { ClusterReport } from '@/lib/history/reliability';
import { Availability, Lag, Note, Presence } from './facts-of-cluster';
import { type ClustersShown, ReportLink } from './fleet-table';
import { VerdictWords } from './verdict';
import { budgetWords, lengthWords, outageWords, restartWords } from './words';

/** Where there is no room for a table: the same figures, each with its name. */
export function FleetCards({ clusters, lagTold, query }: ClustersShown) {
  return (
    <ol className="divide-y divide-line" aria-label="Clusters, worst first">
      {clusters.map((one) => (
        <Card key={one.cluster} report={one} lagTold={lagTold} query={query} />
      ))}
    </ol>
  );
}

const Card = memo(function Card({
  report,
  lagTold,
  query,
}: Omit<ClustersShown, 'clusters'> & { report: ClusterReport }) {
  const outage = outageWords(report);
  return (
    <li
      data-testid="reliability-row"
      data-cluster={report.cluster}
      className="flex flex-col gap-2 px-4 py-3"
    >
      <div className="flex items-start justify-between gap-4 font-medium">
        <div className="min-w-0">
          <ReportLink report={report} query={query} />
          <Presence report={report} />
        </div>
        <VerdictWords report={report} />
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3">
        <Fact label="Availability">
          <Availability report={report} />
        </Fact>
        <Fact label="Outage, at most">
          {outage.sum}
          {outage.note !== null && <Note>{outage.note}</Note>}
        </Fact>
        <Fact label="Changes">
          {report.unplanned.toLocaleString()} unplanned, {report.planned.toLocaleString()} planned
          {report.restarts > 0 && <Note>{restartWords(report.restarts)}</Note>}
        </Fact>
        <Fact label="Longest outage">
          {report.longest?.outageMs == null ? outage.sum : lengthWords(report.longest.outageMs)}
        </Fact>
        <Fact label="Budget left">{budgetWords(report)}</Fact>
        <Fact label="Worst lag">
          <Lag worst={report.worstLag} told={lagTold} />
        </Fact>
      </dl>
    </li>
  );
});

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="min-w-0 text-sm">{children}</dd>
    </div>
  );
}
