'use client';

import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/badge';
import { StateIcon } from '@/components/ui/state-icon';
import type { ClusterView, MemberView } from '@/lib/topology/view';
import { coloursOf } from './colours';
import { Bytes, LagTime, MemberState, ProbeState, Tags } from './member-facts';
import { Swatch } from './member-node';
import { FedBy } from './member-table';
import { memberState, roleTone, roleWords, serverVersionWords, syncWords } from './words';

/** The table of members as a narrow screen can hold it: one list of facts each. */
export function MemberCards({
  view,
  action,
}: {
  view: ClusterView;
  action: ((member: MemberView) => ReactNode) | undefined;
}) {
  const colours = coloursOf(view.members.map((member) => member.name));
  return (
    <ul className="divide-y divide-line">
      {view.members.map((member) => (
        <li key={member.name} className="px-4 py-3">
          <div className="flex min-w-0 items-center gap-2">
            <StateIcon state={memberState(member, view.problems)} />
            <h3 className="min-w-0 flex-1 truncate font-semibold" title={member.name}>
              {member.name}
            </h3>
            <Swatch colour={colours.get(member.name)} />
            <Badge tone={roleTone(member)} className="shrink-0">
              {roleWords(member)}
            </Badge>
            {action?.(member)}
          </div>
          <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
            {facts(member).map(([label, value]) => (
              <div key={label} className="col-span-2 grid grid-cols-subgrid">
                <dt className="text-muted">{label}</dt>
                <dd className="min-w-0">{value}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

function facts(member: MemberView): readonly (readonly [string, ReactNode])[] {
  const { lag } = member;
  const stages: (readonly [string, ReactNode])[] =
    lag === null
      ? []
      : [
          ['Behind', <LagTime key="t" lag={lag} />],
          [
            'Sent, write',
            <span key="sw" className="flex gap-2">
              <Bytes value={lag.sentBytes} />· <Bytes value={lag.writeBytes} />
            </span>,
          ],
          [
            'Flush, replay',
            <span key="fr" className="flex gap-2">
              <Bytes value={lag.flushBytes} />· <Bytes value={lag.replayBytes} />
            </span>,
          ],
        ];
  return [
    ['State', <MemberState key="s" member={member} />],
    ['PostgreSQL', <ProbeState key="p" member={member} />],
    ...(member.upstream === null ? [] : ([['Fed by', <FedBy key="f" member={member} />]] as const)),
    ...stages,
    ['Timeline', member.timeline ?? 'unknown'],
    [
      'Position',
      <span key="l" className="font-mono">
        {member.lsn ?? 'unknown'}
      </span>,
    ],
    ...(member.syncRole === null ? [] : ([['Sync', syncWords[member.syncRole]]] as const)),
    ['Tags', <Tags key="g" member={member} />],
    [
      'Address',
      <span key="a" className="font-mono">
        {member.address ?? 'unknown'}
      </span>,
    ],
    [
      'Versions',
      `PostgreSQL ${serverVersionWords(member.serverVersion)}, Patroni ${member.version ?? 'unknown'}`,
    ],
  ];
}
