'use client';

import { EdgeLabelRenderer } from '@xyflow/react';
import { memo } from 'react';
import { Badge } from '@/components/ui/badge';
import { StateIcon } from '@/components/ui/state-icon';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { UpstreamView } from '@/lib/topology/view';
import { formatBytes } from '@/lib/units';
import type { Place } from './layout';
import { useMember } from './use-member';
import { feedWords } from './words';

export interface FeedEdgeData extends Record<string, unknown> {
  readonly cluster: ClusterId;
  /** The standby: an edge belongs to who is fed. */
  readonly name: string;
  readonly path: string;
  readonly label: Place;
}

/** Dash and width tell the state as well as the colour does. */
const looks: Record<UpstreamView['state'], { stroke: string; dash?: string; width: number }> = {
  streaming: { stroke: 'var(--good)', width: 2 },
  'catching-up': { stroke: 'var(--attention)', dash: '10 4', width: 2.5 },
  archive: { stroke: 'var(--attention)', dash: '2 4', width: 2.5 },
  broken: { stroke: 'var(--critical)', dash: '4 6', width: 2 },
  unknown: { stroke: 'var(--line-strong)', dash: '2 5', width: 2 },
};

export const FeedEdge = memo(function FeedEdge({ data }: { data?: FeedEdgeData }) {
  const member = useMember(data?.cluster ?? '', data?.name ?? '');
  if (!data || !member) return null;
  const missing = member.presence.is === 'missing';
  const state = missing ? 'broken' : (member.upstream?.state ?? 'unknown');
  const look = looks[state];
  const words = feedWords[state];
  const lag = member.lag;
  return (
    <>
      <path
        className="edge-path"
        d={data.path}
        fill="none"
        stroke={look.stroke}
        strokeWidth={look.width}
        {...(look.dash === undefined ? {} : { strokeDasharray: look.dash })}
      />
      <EdgeLabelRenderer>
        <div
          className="edge-label absolute top-0 left-0"
          style={{
            transform: `translate(${data.label.x}px, ${data.label.y}px) translate(-50%, -50%)`,
          }}
        >
          <Badge
            tone={words.state}
            data-testid="edge"
            data-member={member.name}
            data-state={state}
            title={member.upstream?.says}
            className="whitespace-nowrap"
          >
            <StateIcon state={words.state} mute className="size-3" />
            {missing ? 'gone' : words.word}
            {lag !== null && !missing && (
              <>
                {' · '}
                <span
                  data-testid="lag"
                  data-member={member.name}
                  data-bytes={lag.replayBytes ?? 'unknown'}
                  data-ms={lag.replayMs ?? 'unknown'}
                  data-quality={lag.quality}
                  className="text-ink"
                >
                  {lag.replayBytes === null ? 'lag unknown' : formatBytes(lag.replayBytes)}
                </span>
              </>
            )}
          </Badge>
        </div>
      </EdgeLabelRenderer>
    </>
  );
});
