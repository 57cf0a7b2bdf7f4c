'use client';

import type { ReactNode } from 'react';
import { useMaySee } from '@/components/account/use-account';
import { Age } from '@/components/stream/age';
import { exactMoment, moment } from '@/components/stream/moment';
import { Notice } from '@/components/ui/notice';
import { type State, StateIcon } from '@/components/ui/state-icon';
import { onEverything } from '@/lib/access/who';
import type { AuditView } from '@/lib/audit/view';
import { useTrail } from './use-audit';
import { isLoud } from './words';

/** Whether what is shown below can be believed, and is all there is: for who can see to it. */
export function TrailState() {
  return useMaySee(onEverything('admin')) ? <Told /> : null;
}

function Told() {
  const { data, error } = useTrail();
  if (!data) {
    return error ? <Line state="unknown">It can’t be told how the audit is kept.</Line> : null;
  }
  return <Trail view={data} />;
}

export function Trail({ view }: { view: AuditView }) {
  return (
    <div data-testid="trail" data-state={view.state} className="flex flex-col gap-2">
      {view.trouble.map((trouble) => (
        <Notice key={trouble.says} state={isLoud(trouble) ? 'critical' : 'attention'} alert>
          <p className={isLoud(trouble) ? 'font-semibold' : undefined}>{trouble.says}</p>
        </Notice>
      ))}
      <Verdict view={view} />
      {view.facts.map((says) => (
        <Line key={says} state="unknown">
          {says}
        </Line>
      ))}
      {view.waiting.entries > 0 && (
        <Line state="attention">
          {view.waiting.entries.toLocaleString()}{' '}
          {view.waiting.entries === 1 ? 'entry waits' : 'entries wait'} on disk for the store
          {view.waiting.since !== null && (
            <>
              {' '}
              since <Moment at={view.waiting.since} />
            </>
          )}
          , and {view.waiting.entries === 1 ? 'is' : 'are'} not below yet.
        </Line>
      )}
    </div>
  );
}

function Verdict({ view }: { view: AuditView }) {
  switch (view.state) {
    case 'off':
      return null;
    case 'starting':
      return <Line state="unknown">The audit is being opened.</Line>;
    case 'refusing':
      return (
        <Line state="critical">
          The audit can be kept nowhere, so nothing is done that has to be recorded.
        </Line>
      );
    case 'waiting':
      return <Line state="attention">The store is away: what is done is kept on disk.</Line>;
    case 'ready':
      return <Anchor view={view} />;
  }
}

function Anchor({ view: { anchored, unanchoredSince, trouble } }: { view: AuditView }) {
  if (anchored === null) {
    return <Line state="unknown">It is not known yet how far the audit is anchored.</Line>;
  }
  return (
    <Line state={trouble.length > 0 ? 'unknown' : 'good'}>
      Each row is chained to the one before it, and anchored in ZooKeeper up to row{' '}
      {anchored.seq.toLocaleString()}, <Age at={anchored.at} />
      {unanchoredSince !== null && (
        <>
          ; what came since <Moment at={unanchoredSince} /> is not yet
        </>
      )}
      .
    </Line>
  );
}

function Moment({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactMoment(at)}>
      {moment(at)}
    </time>
  );
}

function Line({ state, children }: { state: State; children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-sm text-muted">
      <StateIcon state={state} className="mt-0.5 size-4" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}
