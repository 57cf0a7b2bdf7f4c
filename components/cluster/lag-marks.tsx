import { ReferenceLine } from 'recharts';
import type { ClusterEvent, EventCode } from '@/lib/topology/event';

/** More names than this would stand on each other. */
const MOST_NAMED = 6;

const looks: Partial<Record<EventCode, { readonly stroke: string; readonly dashes: string }>> = {
  'leader-changed': { stroke: 'var(--accent)', dashes: '4 2' },
  'leader-lost': { stroke: 'var(--critical)', dashes: '2 3' },
  'config-changed': { stroke: 'var(--ink-muted)', dashes: '8 3' },
  'problem-raised': { stroke: 'var(--attention)', dashes: '1 4' },
};

/** What happened, as lines across the chart; the newest new leaders with their names. */
export function LagMarks({
  marks,
  from,
  to,
}: {
  marks: readonly ClusterEvent[];
  from: number;
  to: number;
}) {
  const led = marks.filter(({ code }) => code === 'leader-changed');
  const named = new Set(led.toSorted((a, b) => b.at - a.at).slice(0, MOST_NAMED));
  return marks.map((event) => {
    const look = looks[event.code];
    if (!look) return null;
    const side = event.at - from > (to - from) / 2 ? 'insideTopRight' : 'insideTopLeft';
    return (
      <ReferenceLine
        key={event.seq}
        x={event.at}
        stroke={look.stroke}
        strokeDasharray={look.dashes}
        {...(named.has(event)
          ? {
              label: {
                value: event.member === null ? 'new leader' : `${event.member} leads`,
                position: side,
                fill: 'var(--accent)',
                fontSize: 12,
                dy: -18,
              },
            }
          : {})}
      />
    );
  });
}
