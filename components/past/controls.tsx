'use client';

import { History, Pause, Play, SkipBack, SkipForward } from 'lucide-react';
import Link from 'next/link';
import { useCallback } from 'react';
import { useShortcut } from '@/components/shell/shortcuts';
import { moment, utc } from '@/components/stream/moment';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import type { Replay } from '@/lib/history/replay';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent } from '@/lib/topology/event';
import { JumpTo } from './jump-to';
import { type PastQuery, type SpanName, type Speed, spanNames, speeds } from './query';
import { Strip } from './strip';
import type { Playback } from './use-playback';

const spanWords: Readonly<Record<SpanName, string>> = {
  '10m': '10 minutes',
  '1h': '1 hour',
  '6h': '6 hours',
  '1d': '1 day',
};

/** Which moment is shown, and every way to another. It stays in sight. */
export function Controls({
  id,
  name,
  query,
  setQuery,
  playback,
  stretch,
  replay,
  events,
}: {
  id: ClusterId;
  name: string;
  query: PastQuery;
  setQuery: (part: Partial<PastQuery>) => void;
  playback: Playback;
  stretch: { readonly from: number; readonly until: number };
  replay: Replay | null;
  events: readonly ClusterEvent[];
}) {
  const { at, playing, play, pause, seek } = playback;
  // Newest first.
  const earlier = events.find((event) => event.at < at - 1);
  const later = events.findLast((event) => event.at > at);
  const toggle = useCallback(() => (playing ? pause() : play()), [playing, play, pause]);
  const back = useCallback(() => earlier && seek(earlier.at), [earlier, seek]);
  const on = useCallback(() => later && seek(later.at), [later, seek]);
  useShortcut('p', toggle);
  useShortcut('[', back);
  useShortcut(']', on);
  return (
    <div
      className="sticky top-12 z-10 flex flex-col gap-2 border-b-4 border-past bg-past-soft px-3 py-2 sm:px-4"
      data-testid="past"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <span className="flex items-center gap-1.5 self-center font-semibold text-past">
            <History className="size-4" aria-hidden />
            Past
          </span>
          <time
            dateTime={new Date(at).toISOString()}
            data-testid="past-moment"
            className="text-lg font-semibold"
          >
            {moment(at)}
          </time>
          <span className="text-sm text-muted">{utc(at)}</span>
        </p>
        <span className="flex items-center gap-1">
          <Button
            size="sm"
            disabled={!earlier}
            onClick={back}
            aria-keyshortcuts="["
            title={earlier ? `${earlier.says}  [` : 'Nothing earlier in this stretch'}
          >
            <SkipBack className="size-4" aria-hidden />
            <span className="sr-only">Previous change</span>
          </Button>
          <Button size="sm" onClick={toggle} aria-keyshortcuts="p" className="min-w-20">
            {playing ? (
              <Pause className="size-4" aria-hidden />
            ) : (
              <Play className="size-4" aria-hidden />
            )}
            {playing ? 'Pause' : 'Play'}
          </Button>
          <Button
            size="sm"
            disabled={!later}
            onClick={on}
            aria-keyshortcuts="]"
            title={later ? `${later.says}  ]` : 'Nothing later in this stretch'}
          >
            <SkipForward className="size-4" aria-hidden />
            <span className="sr-only">Next change</span>
          </Button>
        </span>
        <Segmented
          label="Speed"
          value={String(query.speed)}
          onChange={(speed) => setQuery({ speed: Number(speed) as Speed })}
          choices={speeds.map((speed) => ({ value: String(speed), label: `${speed}×` }))}
        />
        <Select
          aria-label="In sight"
          value={query.span}
          onChange={({ target }) => {
            const span = spanNames.find((one) => one === target.value);
            if (span) setQuery({ span });
          }}
        >
          {spanNames.map((span) => (
            <option key={span} value={span}>
              {spanWords[span]}
            </option>
          ))}
        </Select>
        <JumpTo at={at} onJump={seek} />
        <Button size="sm" asChild className="ml-auto">
          <Link href={`/cluster/${id}`}>Back to now</Link>
        </Button>
      </div>
      <Strip {...{ name, at, stretch, replay, events }} onSeek={seek} />
    </div>
  );
}
