'use client';

import { ChevronLeft, ChevronRight, Pause, Play, ZoomOut } from 'lucide-react';
import { useCallback, useState } from 'react';
import { exactMoment, moment } from '@/components/stream/moment';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/input';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { useQueryState } from '@/components/ui/use-query-state';
import type { ClusterView } from '@/lib/topology/view';
import { KeptLag } from './lag-kept';
import { LiveLag } from './lag-live';
import {
  type ClusterQuery,
  formatClusterQuery,
  isLive,
  parseClusterQuery,
  type Range,
  ranges,
  redrawMs,
  type Stretch,
  showable,
  stages,
} from './query';
import { type Samples, useSamples } from './use-samples';

/** How far behind each standby is and was: live, held still to be read, or from what is kept. */
export function LagPanel({ view }: { view: ClusterView }) {
  const [query, setQuery] = useQueryState(parseClusterQuery, formatClusterQuery);
  const { range, past } = query;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const live = useSamples(view.id, isLive(range) ? redrawMs[range] : redrawMs['1h']);
  const [held, setHeld] = useState<Samples | null>(null);
  const toggle = useCallback(
    (name: string) =>
      setHidden((before) => {
        const next = new Set(before);
        if (!next.delete(name)) next.add(name);
        return next;
      }),
    [],
  );
  const look = useCallback(
    (stretch: Stretch) => setQuery({ past: showable(stretch, Date.now()) }),
    [setQuery],
  );
  const both = { view, query, hidden, onToggle: toggle, onZoom: look };
  return (
    <Panel
      id="lag"
      title="Lag behind the leader"
      aside={
        <div className="flex flex-wrap items-center gap-2">
          <Figures query={query} setQuery={setQuery} />
          <WindowSelect query={query} onChange={(next) => setQuery({ range: next, past: null })} />
          {isLive(range) && past === null && (
            <Button
              size="sm"
              aria-pressed={held !== null}
              onClick={() => setHeld(held === null ? live : null)}
            >
              {held === null ? (
                <Pause className="size-4" aria-hidden />
              ) : (
                <Play className="size-4" aria-hidden />
              )}
              {held === null ? 'Pause' : 'Resume'}
            </Button>
          )}
        </div>
      }
    >
      <div className="p-4 pb-2">
        {past !== null && (
          <Past past={past} onLook={look} onLive={() => setQuery({ past: null })} />
        )}
        {isLive(range) && past === null ? (
          <LiveLag {...both} range={range} shown={held ?? live} held={held !== null} />
        ) : (
          <KeptLag {...both} />
        )}
      </div>
    </Panel>
  );
}

interface SetProps {
  readonly query: ClusterQuery;
  readonly setQuery: (part: Partial<ClusterQuery>) => void;
}

function Figures({ query, setQuery }: SetProps) {
  const timeOnly = query.unit === 'time' ? 'Lag in time is that of replay' : undefined;
  return (
    <>
      <Segmented
        label="Measure lag in"
        value={query.unit}
        onChange={(unit) => setQuery({ unit })}
        choices={[
          { value: 'bytes', label: 'Bytes' },
          { value: 'time', label: 'Time' },
        ]}
      />
      <Segmented
        label="Stage"
        value={query.unit === 'time' ? 'replay' : query.stage}
        onChange={(stage) => setQuery({ stage })}
        choices={stages.map((value) => ({
          value,
          label: value[0]?.toUpperCase() + value.slice(1),
          off: value === 'replay' ? undefined : timeOnly,
        }))}
      />
    </>
  );
}

const rangeWords: Readonly<Record<Range, string>> = {
  '5m': 'Last 5 minutes',
  '15m': 'Last 15 minutes',
  '30m': 'Last 30 minutes',
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '1d': 'Last day',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '1y': 'Last year',
};

function WindowSelect({
  query: { range, past },
  onChange,
}: {
  query: ClusterQuery;
  onChange: (range: Range) => void;
}) {
  return (
    <Select
      aria-label="Window"
      value={past === null ? range : 'past'}
      onChange={({ target }) => {
        const next = ranges.find((one) => one === target.value);
        if (next !== undefined) onChange(next);
      }}
    >
      {past !== null && <option value="past">As chosen</option>}
      {ranges.map((one) => (
        <option key={one} value={one}>
          {rangeWords[one]}
        </option>
      ))}
    </Select>
  );
}

/** Which stretch of the past is shown, and ways to move from it. */
function Past({
  past: { from, to },
  onLook,
  onLive,
}: {
  past: Stretch;
  onLook: (stretch: Stretch) => void;
  onLive: () => void;
}) {
  const span = to - from;
  const shift = (by: number) => onLook({ from: from + by, to: to + by });
  return (
    <div
      data-testid="past"
      className="mb-2 flex flex-wrap items-center gap-2 rounded-md border border-attention/40 bg-sunken px-3 py-1.5 text-sm"
    >
      <span>
        Past: <Moment at={from} /> to <Moment at={to} />
      </span>
      <span className="ml-auto flex gap-1">
        <Button size="sm" tone="quiet" aria-label="Earlier" onClick={() => shift(-span / 2)}>
          <ChevronLeft className="size-4" aria-hidden />
        </Button>
        <Button size="sm" tone="quiet" aria-label="Later" onClick={() => shift(span / 2)}>
          <ChevronRight className="size-4" aria-hidden />
        </Button>
        <Button
          size="sm"
          tone="quiet"
          aria-label="Zoom out"
          onClick={() => onLook({ from: from - span / 2, to: to + span / 2 })}
        >
          <ZoomOut className="size-4" aria-hidden />
        </Button>
        <Button size="sm" onClick={onLive}>
          Back to now
        </Button>
      </span>
    </div>
  );
}

function Moment({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactMoment(at)} className="font-medium">
      {moment(at)}
    </time>
  );
}
