'use client';

import { Age, Elapsed } from '@/components/stream/age';
import { Scheduled } from '@/components/stream/scheduled';
import { Badge } from '@/components/ui/badge';
import { StateIcon } from '@/components/ui/state-icon';
import type { LagView, MemberView } from '@/lib/topology/view';
import { formatBytes, formatDuration } from '@/lib/units';
import { lagQualityWords, probeWords, tagWords } from './words';

/** A figure that is known, or the word that it is not; a leader has no lag at all. */
export function Bytes({ value }: { value: number | null | undefined }) {
  if (value === undefined) return <span className="text-muted">–</span>;
  if (value === null) return <span className="text-muted">unknown</span>;
  return <span className="whitespace-nowrap">{formatBytes(value)}</span>;
}

export function LagTime({ lag }: { lag: LagView | null }) {
  if (lag === null) return <span className="text-muted">–</span>;
  const quality = lagQualityWords[lag.quality];
  return (
    <span className="flex flex-col">
      <span className="whitespace-nowrap">
        {lag.atLeast && lag.replayMs !== null && 'over '}
        {formatDuration(lag.replayMs)}
      </span>
      <span className="flex items-center gap-1 text-xs text-muted">
        {quality.state !== 'good' && <StateIcon state={quality.state} mute className="size-3" />}
        {quality.short}
        {lag.quality === 'stale' && lag.sampledAt !== null && (
          <span>
            as of <Age at={lag.sampledAt} />
          </span>
        )}
      </span>
    </span>
  );
}

export function ProbeState({ member }: { member: MemberView }) {
  const { probe } = member;
  const state = probe.is === 'ok' ? 'good' : probe.is === 'failing' ? 'attention' : 'unknown';
  return (
    <span className="flex gap-1.5">
      <StateIcon state={state} mute className="mt-1 size-3" />
      <span className="min-w-0">
        {probeWords(probe)}
        {probe.is === 'failing' && (
          <>
            {' '}
            <span className="text-muted">
              For <Elapsed since={probe.since} />.
            </span>
          </>
        )}
      </span>
    </span>
  );
}

export function MemberState({ member }: { member: MemberView }) {
  if (member.presence.is === 'missing') {
    return (
      <span className="font-medium">
        missing, last seen <Age at={member.presence.since} />
      </span>
    );
  }
  return <span>{member.state}</span>;
}

export function Tags({ member }: { member: MemberView }) {
  const tags = tagWords(member);
  const { scheduledRestart } = member;
  if (tags.length === 0 && !member.pendingRestart && !scheduledRestart)
    return <span className="text-muted">none</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {member.pendingRestart && (
        <Badge tone="attention" title={member.pendingRestartReason.join('\n')}>
          pending restart
        </Badge>
      )}
      {scheduledRestart && (
        <Badge tone="accent">
          restarts at <Scheduled at={scheduledRestart} />
        </Badge>
      )}
      {tags.map((tag) => (
        <Badge key={tag} className="[overflow-wrap:anywhere]">
          {tag}
        </Badge>
      ))}
      {member.pendingRestartReason.length > 0 && (
        <span className="text-xs text-muted">{member.pendingRestartReason.join('; ')}</span>
      )}
    </span>
  );
}
