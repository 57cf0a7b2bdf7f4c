'use client';

import { useMemo } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { exactMoment, moment } from '@/components/stream/moment';
import { Badge, type Tone } from '@/components/ui/badge';
import { Failed } from '@/components/ui/failed';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { type State, StateIcon } from '@/components/ui/state-icon';
import { type Drift, type DriftState, driftOf, type MemberDrift } from '@/lib/configuration/drift';
import type { ConfigDocument, MemberSettings } from '@/lib/configuration/facts';
import { readSettings } from '@/lib/operations/settings';
import type { ClusterView } from '@/lib/topology/view';
import type { MembersQuery } from './use-settings';

/** What members run otherwise than the configuration that stands there now. */
export function DriftPanel({
  view,
  document,
  members,
}: {
  view: ClusterView | null;
  document: ConfigDocument | undefined;
  members: MembersQuery;
}) {
  const settings = members.data;
  const text = document?.is === 'ok' ? document.text : null;
  const desired = useMemo(() => readSettings(text), [text]);
  const drifts = useMemo(() => {
    if (!desired || !settings) return null;
    return driftOf(
      desired,
      settings,
      (name) => view?.members.find((member) => member.name === name) ?? null,
    );
  }, [desired, settings, view]);
  return (
    <Panel id="drift" title="What members run">
      {members.error && !settings && (
        <Failed says={whyNotShown(members.error)} again={() => void members.refetch()} />
      )}
      {members.error && settings && (
        <p className="border-b border-line px-4 py-2 text-sm text-muted" role="alert">
          It can’t be asked now, and is as it was {moment(members.dataUpdatedAt)}.
        </p>
      )}
      {!drifts && !members.error && document?.is !== 'absent' && document?.is !== 'unreadable' && (
        <div aria-busy="true" className="p-4">
          <p className="sr-only">Asking the members</p>
          <Skeleton className="h-20" />
        </div>
      )}
      {document && document.is !== 'ok' && (
        <p className="p-4 text-muted">
          There is no configuration that can be read, so nothing can be compared with it.
        </p>
      )}
      {drifts && settings && (
        <ul className="divide-y divide-line">
          {settings.members.map((member, n) => (
            <MemberRow key={member.name} member={member} drift={drifts[n]} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function MemberRow({ member, drift }: { member: MemberSettings; drift: MemberDrift | undefined }) {
  const parameters = drift?.parameters ?? [];
  const of = (state: DriftState) => parameters.filter((one) => one.state === state);
  const [differs, pending, unknown] = [of('differs'), of('pending-restart'), of('unknown')];
  const state: State =
    member.is === 'failing' || parameters.length === unknown.length
      ? 'unknown'
      : differs.length > 0
        ? 'critical'
        : pending.length > 0
          ? 'attention'
          : 'good';
  return (
    <li data-testid="member-drift" className="px-4 py-3">
      <p className="flex gap-2">
        <StateIcon
          state={parameters.length === 0 && member.is === 'ok' ? 'good' : state}
          className="mt-0.5"
        />
        <span className="min-w-0">
          <span className="font-medium">{member.name}</span>{' '}
          {member.is === 'failing' ? (
            <>
              can’t be asked: {member.failure.says} (since{' '}
              <time title={exactMoment(member.since)}>{moment(member.since)}</time>)
            </>
          ) : (
            sentence({ parameters, differs, pending, unknown })
          )}
        </span>
      </p>
      {[...differs, ...pending, ...unknown].length > 0 && (
        <ul className="mt-2 ml-6 flex flex-col gap-2">
          {[...differs, ...pending, ...unknown].map((one) => (
            <DriftRow key={one.name} drift={one} />
          ))}
        </ul>
      )}
    </li>
  );
}

function sentence({
  parameters,
  differs,
  pending,
  unknown,
}: Readonly<Record<'parameters' | 'differs' | 'pending' | 'unknown', readonly Drift[]>>): string {
  if (parameters.length === 0) return 'has no parameters set to be compared.';
  const parts = [
    differs.length > 0 ? `runs ${differs.length} otherwise` : '',
    pending.length > 0 ? `has ${pending.length} waiting for a restart` : '',
    unknown.length > 0 ? `doesn’t tell ${unknown.length}` : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) {
    return parameters.length === 1
      ? 'runs the one parameter as it is configured.'
      : `runs all ${parameters.length} parameters as they are configured.`;
  }
  return `${parts.join(', ')}, of ${parameters.length} that are configured.`;
}

const words: Record<DriftState, readonly [Tone, string]> = {
  runs: ['good', 'runs'],
  differs: ['critical', 'differs'],
  'pending-restart': ['attention', 'waits for a restart'],
  unknown: ['unknown', 'not known'],
};

function DriftRow({ drift: { name, wanted, runs, state, says } }: { drift: Drift }) {
  return (
    <li data-testid="drift" data-state={state}>
      <span className="flex flex-wrap items-baseline gap-x-3">
        <span className="min-w-0 font-mono text-sm break-all">{name}</span>
        <Badge tone={words[state][0]}>{words[state][1]}</Badge>
      </span>
      <span className="block text-sm break-all">
        configured <span className="font-mono">{wanted}</span>, runs{' '}
        <span className="font-mono">{runs ?? 'unknown'}</span>
        {says !== '' && <span className="text-muted">: {says}</span>}
      </span>
    </li>
  );
}
