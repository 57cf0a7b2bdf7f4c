'use client';

import { memo } from 'react';
import { clockTime, exactMoment } from '@/components/stream/moment';
import { cn } from '@/components/ui/cn';
import { Panel } from '@/components/ui/panel';
import { sourceOf } from '@/lib/history/kinds';
import { sourceWords } from '@/lib/history/post-mortem';
import type { ClusterEvent } from '@/lib/topology/event';

/** What happened in the stretch, newest first; what had not happened yet is dimmed. */
export function Happened({
  events,
  more,
  at,
  onSeek,
}: {
  events: readonly ClusterEvent[];
  more: boolean;
  at: number;
  onSeek: (at: number) => void;
}) {
  const last = events.find((event) => event.at <= at)?.seq ?? 0;
  return <List events={events} more={more} last={last} onSeek={onSeek} />;
}

/** Renders when another event has become the last, not at every step between. */
const List = memo(function List({
  events,
  more,
  last,
  onSeek,
}: {
  events: readonly ClusterEvent[];
  more: boolean;
  last: number;
  onSeek: (at: number) => void;
}) {
  return (
    <Panel id="changes" title="What happened around then">
      {events.length === 0 ? (
        <p className="p-4 text-muted">Nothing is kept that happened in this stretch.</p>
      ) : (
        <ol className="max-h-96 divide-y divide-line overflow-y-auto">
          {events.map((event) => (
            <li key={event.seq} data-code={event.code}>
              <button
                type="button"
                onClick={() => onSeek(event.at)}
                title={exactMoment(event.at)}
                aria-current={event.seq === last}
                className={cn(
                  'flex w-full items-baseline gap-3 px-4 py-2 text-left hover:bg-sunken',
                  event.seq > last && 'text-muted',
                  event.seq === last && 'bg-past-soft font-medium',
                )}
              >
                <span className="shrink-0 text-sm text-muted">{clockTime(event.at)}</span>
                <span className="min-w-0 flex-1">{event.says}</span>
                <span className="shrink-0 text-xs text-muted">
                  {sourceWords[sourceOf(event.code)]}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
      {more && (
        <p className="border-t border-line px-4 py-2 text-sm text-muted">
          Only the newest {events.length} of this stretch: see less of it at once for the others.
        </p>
      )}
    </Panel>
  );
});
