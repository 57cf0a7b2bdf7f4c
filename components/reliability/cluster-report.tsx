'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { exactMoment, moment } from '@/components/stream/moment';
import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import { availabilityWords } from '@/lib/history/objective';
import type { ClusterReport } from '@/lib/history/reliability';
import { formatBytes, formatDuration } from '@/lib/units';
import { Changes } from './changes';
import { useLeaderless } from './fleet-report';
import { VerdictWords } from './verdict';
import { budgetWords, lengthWords, lostWords, outageWords, watchedWords } from './words';

/** One cluster: its figures, and each change of leadership of the period. */
export function OneReport({
  report,
  name,
  objective,
  lagTold,
}: {
  report: ClusterReport;
  name: string;
  objective: number;
  lagTold: boolean;
}) {
  const { longest, worstLag, budget, restarts, gone } = report;
  const outage = outageWords(report);
  const lost = lostWords(report);
  const leaderless = useLeaderless(report.cluster);
  return (
    <>
      <Panel
        id="figures"
        title={`How reliable ${name} was`}
        aside={
          <Link
            href={`/cluster/${report.cluster}`}
            className="text-sm font-medium text-accent hover:underline"
          >
            {gone === null ? `${name} as it is now` : `${name} is gone`}
          </Link>
        }
      >
        {leaderless && gone === null && (
          <p className="flex items-center gap-2 border-b border-line px-4 py-2">
            <StateIcon state="critical" />
            {name} has no leader now. An outage that goes on is in no figure until it is over.
          </p>
        )}
        <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-b-lg bg-line lg:grid-cols-4">
          <Figure label={`Objective of ${objective} %`} note={null}>
            <VerdictWords report={report} />
          </Figure>
          <Figure label="Availability" note="of the time watched">
            {availabilityWords(report)}
          </Figure>
          <Figure label="Outage, at most" note={outage.note}>
            {outage.sum}
          </Figure>
          <Figure label="Error budget left" note={`of ${lengthWords(budget.allowedMs)} allowed`}>
            {budgetWords(report)}
          </Figure>
          <Figure
            label="Changes of leadership"
            note={restarts === 0 ? null : `and ${restarts.toLocaleString()} restarts`}
          >
            {report.unplanned.toLocaleString()} unplanned, {report.planned.toLocaleString()} planned
          </Figure>
          <Figure label="Longest outage" note={longest && <Moment at={longest.failover.led} />}>
            {longest?.outageMs == null ? outage.sum : `at most ${lengthWords(longest.outageMs)}`}
          </Figure>
          <Figure
            label="Worst lag"
            note={
              worstLag && (
                <>
                  {worstLag.member}, within {formatDuration(worstLag.widthMs)} from{' '}
                  <Moment at={worstLag.at} />
                </>
              )
            }
          >
            {worstLag ? formatBytes(worstLag.bytes) : lagTold ? 'none kept' : 'unknown'}
          </Figure>
          <Figure label="Lost" note={lost.note}>
            {lost.sum}
          </Figure>
        </dl>
      </Panel>
      <p className="text-sm text-muted">
        Watched: {watchedWords(report)}, since <Moment at={report.since} />
        {gone !== null && (
          <>
            , until it was gone at <Moment at={gone} />
          </>
        )}
        .
      </p>
      <Changes changes={report.changes} />
    </>
  );
}

function Figure({
  label,
  note,
  children,
}: {
  label: string;
  note: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-3">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="flex min-w-0 flex-col">
        <span className="text-lg font-semibold">{children}</span>
        {note !== null && <span className="min-w-0 text-sm text-muted">{note}</span>}
      </dd>
    </div>
  );
}

function Moment({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactMoment(at)}>
      {moment(at)}
    </time>
  );
}
