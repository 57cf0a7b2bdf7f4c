'use client';

import { Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import { Age, Elapsed } from '@/components/stream/age';
import { useCluster } from '@/components/stream/use-stream';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Name } from '@/components/ui/name';
import { StateIcon } from '@/components/ui/state-icon';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { MemberView } from '@/lib/topology/view';
import { LagInTime } from './lag-figure';
import { ReadShare } from './read-share';
import { pickProblems, pickView, useMember } from './use-member';
import { memberState, roleTone, roleWord, roleWords } from './words';

export interface MemberNodeData extends Record<string, unknown> {
  readonly cluster: ClusterId;
  readonly name: string;
  readonly colour: string | undefined;
}

export const MemberNode = memo(function MemberNode({ data }: { data: MemberNodeData }) {
  const member = useMember(data.cluster, data.name);
  const problems = useCluster(data.cluster, pickProblems);
  if (!member) return null;
  const missing = member.presence.is === 'missing';
  return (
    <div
      data-testid="member-node"
      data-member={member.name}
      data-role={member.role}
      data-presence={member.presence.is}
      data-leader={member.isLeader}
      className={cn(
        'flex h-full flex-col justify-center gap-1 rounded-lg border bg-surface px-3 py-2',
        missing ? 'border-2 border-dashed border-line-strong' : 'border-line-strong',
        member.isLeader && 'border-2 border-accent',
      )}
    >
      <Handles />
      <div className="flex items-center gap-2">
        <StateIcon state={memberState(member, problems)} />
        <Name className="flex-1 font-semibold">{member.name}</Name>
        <Badge tone={roleTone(member)} className="max-w-[60%] shrink-0">
          <span className="truncate" title={roleWords(member)}>
            {roleWord(member)}
          </span>
        </Badge>
      </div>
      <p className="flex min-w-0 gap-1 text-sm text-muted">
        {member.presence.is === 'missing' ? (
          <>
            last seen <Age at={member.presence.since} />
          </>
        ) : (
          <span className="truncate" title={member.state}>
            {member.state} · timeline {member.timeline ?? 'unknown'}
          </span>
        )}
      </p>
      <div className="flex min-w-0 items-center gap-2 text-sm">
        <Swatch colour={data.colour} />
        <span className="flex min-w-0 flex-1">
          <Whereabouts member={member} />
        </span>
        <ReadShare id={data.cluster} name={data.name} />
      </div>
    </div>
  );
});

function Whereabouts({ member }: { member: MemberView }) {
  if (member.presence.is === 'missing') {
    return <span className="truncate text-muted">position unknown</span>;
  }
  if (member.lag !== null) return <LagInTime lag={member.lag} />;
  return (
    <span className="truncate" title="WAL position">
      {member.lsn === null ? 'position unknown' : `at ${member.lsn}`}
    </span>
  );
}

/** Where the leader would be. */
export const VacancyNode = memo(function VacancyNode({ data }: { data: { cluster: ClusterId } }) {
  const view = useCluster(data.cluster, pickView);
  return (
    <div
      data-testid="no-leader"
      className="flex h-full flex-col items-center justify-center gap-1 rounded-lg border-2 border-dashed border-critical bg-surface px-3"
    >
      <Handles />
      <span className="flex items-center gap-2 font-semibold">
        <StateIcon state="critical" mute /> No leader
      </span>
      {view?.leaderlessSince != null && (
        <span className="text-sm text-muted">
          for <Elapsed since={view.leaderlessSince} />
        </span>
      )}
    </div>
  );
});

export function Swatch({ colour }: { colour: string | undefined }) {
  return (
    <svg viewBox="0 0 20 4" className="h-1 w-5 shrink-0" aria-hidden>
      <path d="M0 2h20" stroke={colour ?? 'none'} strokeWidth="3" />
    </svg>
  );
}

/** React Flow ties edges to handles; ours are only ends of lines, so nobody sees or grabs them. */
function Handles() {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}
