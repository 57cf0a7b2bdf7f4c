'use client';

import { memo, useMemo } from 'react';
import { clockTime, moment } from '@/components/stream/moment';
import type { Replay } from '@/lib/history/replay';
import { type Span, spansOf } from '@/lib/history/spans';
import type { ClusterEvent } from '@/lib/topology/event';
import type { Health } from '@/lib/topology/view';

const fills: Readonly<Record<Health, string>> = {
  good: 'bg-good/40',
  attention: 'bg-attention',
  critical: 'bg-critical',
  unknown: 'bg-unknown/30',
};

/** The stretch in sight: how the cluster fared, what happened, and a handle to move the moment. */
export function Strip({
  name,
  at,
  stretch: { from, until },
  replay,
  events,
  onSeek,
}: {
  name: string;
  at: number;
  stretch: { readonly from: number; readonly until: number };
  replay: Replay | null;
  events: readonly ClusterEvent[];
  onSeek: (at: number) => void;
}) {
  const spans = useMemo(() => (replay ? spansOf(replay) : []), [replay]);
  return (
    <div className="flex items-center gap-2 text-xs text-muted">
      <span className="shrink-0">{clockTime(from)}</span>
      <div className="relative h-8 min-w-0 flex-1">
        <Bands spans={spans} events={events} from={from} until={until} />
        <input
          type="range"
          aria-label={`Moment of ${name}`}
          aria-valuetext={moment(at)}
          min={from}
          max={until - 1}
          step={1000}
          value={Math.max(from, Math.min(until - 1, Math.round(at)))}
          onChange={({ target }) => onSeek(Number(target.value))}
          className="past-range absolute inset-0 h-8 w-full"
        />
      </div>
      <span className="shrink-0">{clockTime(until)}</span>
    </div>
  );
}

const Bands = memo(function Bands({
  spans,
  events,
  from,
  until,
}: {
  spans: readonly Span[];
  events: readonly ClusterEvent[];
  from: number;
  until: number;
}) {
  const place = (at: number) =>
    `${(100 * (Math.max(from, Math.min(until, at)) - from)) / (until - from)}%`;
  return (
    <div aria-hidden className="absolute inset-x-2 inset-y-0">
      {events.map((event) => (
        <span
          key={event.seq}
          className="absolute top-0 h-2.5 w-px bg-ink"
          style={{ left: place(event.at) }}
        />
      ))}
      <div className="absolute inset-x-0 bottom-0 h-3 overflow-hidden rounded-sm border border-line-strong bg-surface">
        {spans.map((span) => (
          <span
            key={span.from}
            data-health={span.health}
            className={`absolute inset-y-0 ${fills[span.health]}`}
            style={{ left: place(span.from), right: `calc(100% - ${place(span.until)})` }}
          />
        ))}
      </div>
    </div>
  );
});
