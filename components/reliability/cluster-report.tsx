'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { exactMoment, moment } from '@/components/stream/moment';
import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import { availabilityWords } from '@/lib/history/objective';
import type { ClusterReport } from '@/lib/history/reliability';
import { formatBytes } from '@/lib/units';
import { Changes } from './changes';
import { lagDoubt, useLeaderless } from './facts-of-cluster';
import { VerdictWords } from './verdict';
import {
  budgetWords,
  lagTimeWords,
  lengthWords,
  lostWords,
  outageWords,
  restartWords,
  watchedWords,
} from './words';

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
          gone === null && (
            <Link
              href={`/cluster/${report.cluster}`}
              className="text-sm font-medium text-accent hover:underline"
            >
              {name} as it is now
            </Link>
          )
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
          <Figure
            label="Error budget left"
            note={
              budget.allowedMs === 0 ? 'none is allowed' : `of ${lengthWords(budget.allowedMs)}`
            }
          >
            {budgetWords(report)}
          </Figure>
          <Figure
            label="Changes of leadership"
            note={[
              `${report.planned.toLocaleString()} planned`,
              ...(restarts > 0 ? [restartWords(restarts)] : []),
            ].join(' ')}
          >
            {report.unplanned.toLocaleString()} unplanned
          </Figure>
          <Figure label="Longest, at most" note={longest && <Moment at={longest.failover.led} />}>
            {longest?.outageMs == null ? outage.sum : lengthWords(longest.outageMs)}
          </Figure>
          <Figure
            label="Worst lag"
            note={
              worstLag && (
                <>
                  {worstLag.member}, {lagTimeWords(worstLag)} <Moment at={worstLag.at} />
                </>
              )
            }
          >
            {worstLag ? formatBytes(worstLag.bytes) : lagDoubt(lagTold)}
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
        <span className="text-base font-semibold sm:text-lg">{children}</span>
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
