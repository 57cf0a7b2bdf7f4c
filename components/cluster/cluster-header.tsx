'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { modeWords } from '@/components/fleet/rows';
import { reliabilityHref } from '@/components/reliability/query';
import { runsHref } from '@/components/runs/query';
import { Age, Elapsed } from '@/components/stream/age';
import { exactMoment, moment } from '@/components/stream/moment';
import { Scheduled } from '@/components/stream/scheduled';
import { Badge } from '@/components/ui/badge';
import { StateIcon } from '@/components/ui/state-icon';
import type { ClusterView, PauseView, RequestView } from '@/lib/topology/view';
import { formatDuration } from '@/lib/units';

/** The name, one sentence on its health, and what an operator looks for first. */
export function ClusterHeader({ view, action }: { view: ClusterView; action: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-80">
        <h1 className="flex items-center gap-2 text-xl font-semibold">
          <StateIcon state={view.health} className="size-5" />
          <span className="min-w-0">{view.name}</span>
          {view.mode.paused && <Badge tone="attention">Maintenance, Patroni paused</Badge>}
        </h1>
        <p className="mt-1 text-lg" data-testid="headline">
          {view.headline}
        </p>
        <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
          <Fact label="Leader">
            {view.leader === null ? (
              <span className="font-medium">
                none
                {view.leaderlessSince !== null && (
                  <>
                    {' '}
                    for <Elapsed since={view.leaderlessSince} />
                  </>
                )}
              </span>
            ) : (
              <>
                <span className="font-medium">{view.leader.name}</span>{' '}
                <span className="text-muted">
                  since <Age at={view.leader.since} />
                </span>
              </>
            )}
          </Fact>
          <Fact label="Mode">{modeWords(view.mode)}</Fact>
          <Fact label="Timeline">{view.timeline ?? 'unknown'}</Fact>
          <Fact label="Place">
            {view.key.ensemble} <span className="font-mono text-sm">{view.key.namespace}</span>
          </Fact>
          {view.lastOutage !== null && (
            <Fact label="Last change of primary">
              <span data-testid="last-outage">
                no writes for at most{' '}
                {formatDuration(view.lastOutage.endedAt - view.lastOutage.startedAt)}
              </span>
              <span className="text-muted">
                , <Age at={view.lastOutage.endedAt} />
              </span>
            </Fact>
          )}
          {/* Not where the cluster is seen as it was: nothing can be done there either. */}
          {action !== null && (
            <Fact label="Reliability">
              <Link
                href={reliabilityHref({ cluster: view.id })}
                className="text-accent hover:underline"
              >
                of the last 30 days
              </Link>
            </Fact>
          )}
          {action !== null && (
            <Fact label="Operations">
              <Link href={runsHref(view.id)} className="text-accent hover:underline">
                all that were seen
              </Link>
            </Fact>
          )}
          {view.request !== null && <Fact label="Requested">{requestWords(view.request)}</Fact>}
          {view.pause !== null && (
            <Fact label="Paused">
              <PauseFact pause={view.pause} />
            </Fact>
          )}
        </dl>
      </div>
      {action}
    </div>
  );
}

function requestWords({ leader, candidate, scheduledAt }: RequestView): ReactNode {
  const what = leader === null ? 'failover' : 'switchover';
  return (
    <>
      {what} to {candidate ?? 'any standby'}
      {scheduledAt !== null && (
        <>
          {' '}
          at <Scheduled at={scheduledAt} />
        </>
      )}
    </>
  );
}

/** Who paused it, why, and until when. */
function PauseFact({ pause: { by, reason, since, until } }: { pause: PauseView }) {
  return (
    <>
      {by === null ? '' : `by ${by} `}
      <Age at={since} />
      {reason !== '' && <>: {reason}</>}
      {until !== null && (
        <>
          , due <Moment at={until} />
        </>
      )}
    </>
  );
}

function Moment({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactMoment(at)}>
      {moment(at)}
    </time>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 gap-2">
      <dt className="shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
