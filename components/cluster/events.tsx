'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Age } from '@/components/stream/age';
import { useCluster } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent } from '@/lib/topology/event';

const FIRST = 12;
const pickEvents = (cluster: ClusterState): readonly ClusterEvent[] => cluster.events;

/** What changed since Howdah watches, newest first. */
export function Events({ id }: { id: ClusterId }) {
  const events = useCluster(id, pickEvents);
  const [all, setAll] = useState(false);
  const newest = events.toReversed();
  const shown = all ? newest : newest.slice(0, FIRST);
  return (
    <Panel
      id="changes"
      title="Recent changes"
      aside={
        <Link
          href={`/timeline?cluster=${encodeURIComponent(id)}`}
          className="text-sm font-medium text-accent hover:underline"
        >
          All that is kept
        </Link>
      }
    >
      {events.length === 0 ? (
        <p className="p-4 text-muted">Nothing has changed since Howdah started to watch.</p>
      ) : (
        <ol className="divide-y divide-line">
          {shown.map((event) => (
            <li
              key={event.seq}
              data-code={event.code}
              className="flex items-baseline justify-between gap-4 px-4 py-2"
            >
              <span className="min-w-0">{event.says}</span>
              <Age at={event.at} className="shrink-0 text-sm text-muted" />
            </li>
          ))}
        </ol>
      )}
      {events.length > FIRST && (
        <div className="border-t border-line p-2">
          <Button tone="quiet" size="sm" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show all ${events.length}`}
          </Button>
        </div>
      )}
    </Panel>
  );
}
