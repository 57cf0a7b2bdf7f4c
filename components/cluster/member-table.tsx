'use client';

import type { ReactNode } from 'react';
import { Name } from '@/components/ui/name';
import { StateIcon } from '@/components/ui/state-icon';
import { Table, Td, Th } from '@/components/ui/table';
import type { ClusterView, MemberView } from '@/lib/topology/view';
import { coloursOf } from './colours';
import { Bytes, LagTime, MemberState, ProbeState, Tags } from './member-facts';
import { Swatch } from './member-node';
import { feedWords, memberState, roleWords, serverVersionWords, syncWords } from './words';

export function MemberTable({
  view,
  action,
}: {
  view: ClusterView;
  action: ((member: MemberView) => ReactNode) | undefined;
}) {
  const colours = coloursOf(view.members.map((member) => member.name));
  return (
    <Table label="Members, scrolls sideways" className="min-w-[72rem]">
      <thead>
        <tr>
          <Th className="sticky left-0 z-[1] bg-surface pl-4">Member</Th>
          <Th>State</Th>
          <Th>Fed by</Th>
          <Th className="text-right">Timeline</Th>
          <Th>Position</Th>
          <Th className="text-right">Sent</Th>
          <Th className="text-right">Write</Th>
          <Th className="text-right">Flush</Th>
          <Th className="text-right">Replay</Th>
          <Th>Behind</Th>
          <Th>Sync</Th>
          <Th>Tags</Th>
          <Th>Address and versions</Th>
        </tr>
      </thead>
      <tbody>
        {view.members.map((member) => (
          <Row key={member.name} {...{ member, view, action }} colour={colours.get(member.name)} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({
  member,
  view,
  colour,
  action,
}: {
  member: MemberView;
  view: ClusterView;
  colour: string | undefined;
  action: ((member: MemberView) => ReactNode) | undefined;
}) {
  const { lag } = member;
  const figure = 'text-right whitespace-nowrap';
  return (
    <tr>
      <th
        scope="row"
        className="sticky left-0 z-[1] border-b border-line bg-surface py-2 pr-3 pl-4 text-left align-top font-normal"
      >
        <span className="flex items-center gap-2 font-semibold">
          <StateIcon state={memberState(member, view.problems)} />
          <Name className="max-w-56">{member.name}</Name>
          {action?.(member)}
        </span>
        <span className="mt-0.5 flex items-center gap-2 text-xs text-muted">
          <span className="flex w-4 justify-center overflow-hidden">
            <Swatch colour={colour} />
          </span>
          <span className="whitespace-nowrap">{roleWords(member)}</span>
        </span>
      </th>
      <Td className="max-w-64 min-w-44">
        <MemberState member={member} />
        <span className="block text-xs text-muted">
          <ProbeState member={member} />
        </span>
      </Td>
      <Td>
        <FedBy member={member} />
      </Td>
      <Td className={figure}>{member.timeline ?? <span className="text-muted">unknown</span>}</Td>
      <Td className="font-mono text-xs leading-5 whitespace-nowrap">{member.lsn ?? 'unknown'}</Td>
      <Td className={figure}>
        <Bytes value={lag?.sentBytes} />
      </Td>
      <Td className={figure}>
        <Bytes value={lag?.writeBytes} />
      </Td>
      <Td className={figure}>
        <Bytes value={lag?.flushBytes} />
      </Td>
      <Td className={figure}>
        <Bytes value={lag?.replayBytes} />
      </Td>
      <Td>
        <LagTime lag={lag} />
      </Td>
      <Td className="whitespace-nowrap">
        {member.syncRole === null ? (
          <span className="text-muted">–</span>
        ) : (
          syncWords[member.syncRole]
        )}
      </Td>
      <Td className="max-w-60 min-w-40">
        <Tags member={member} />
      </Td>
      <Td className="pr-4 whitespace-nowrap">
        <span className="font-mono text-xs leading-5">{member.address ?? 'address unknown'}</span>
        <span className="block text-xs text-muted">
          PostgreSQL {serverVersionWords(member.serverVersion)}
        </span>
        <span className="block text-xs text-muted">Patroni {member.version ?? 'unknown'}</span>
      </Td>
    </tr>
  );
}

export function FedBy({ member }: { member: MemberView }) {
  const { upstream } = member;
  if (upstream === null) return <span className="text-muted">–</span>;
  const words = feedWords[upstream.state];
  return (
    <span className="flex min-w-0 flex-col" title={upstream.says}>
      <Name className="max-w-56">{upstream.name ?? 'unknown'}</Name>
      <span className="flex items-center gap-1 text-xs whitespace-nowrap text-muted">
        <StateIcon state={words.state} mute className="size-3" />
        {words.word}
      </span>
    </span>
  );
}
