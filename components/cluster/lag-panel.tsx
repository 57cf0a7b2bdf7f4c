'use client';

import { Pause, Play } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useCallback, useMemo, useState } from 'react';
import { moment } from '@/components/stream/moment';
import { useCluster } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { useLater } from '@/components/ui/use-later';
import { useMedia } from '@/components/ui/use-media';
import { useQueryState } from '@/components/ui/use-query-state';
import { useSteady } from '@/components/ui/use-steady';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterEvent, LagSample } from '@/lib/topology/event';
import type { ClusterView } from '@/lib/topology/view';
import { coloursOf } from './colours';
import { chooseSeries, LagRows } from './lag-data';
import { LagLegend } from './lag-legend';
import {
  formatClusterQuery,
  parseClusterQuery,
  type Range,
  ranges,
  redrawMs,
  stages,
} from './query';
import { useSamples } from './use-samples';

/** Far the heaviest part of the page: it comes when the rest stands. */
export const loadLagChart = () => import('./lag-chart');
const LagChart = dynamic(() => loadLagChart().then((m) => m.LagChart), {
  ssr: false,
  loading: () => <Skeleton className="h-60" />,
});

const MOST_SERIES = 6;
/** Of samples: no more than there are pixels to tell them apart. */
const MOST_ROWS = { wide: 300, narrow: 120 };
const pickEvents = (cluster: ClusterState): readonly ClusterEvent[] => cluster.events;

/** How far behind each standby was: live, or held still to be read. */
export function LagPanel({ view }: { view: ClusterView }) {
  const [query, setQuery] = useQueryState(parseClusterQuery, formatClusterQuery);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const narrow = !useMedia('(min-width: 768px)');
  const live = useSamples(view.id, redrawMs[query.range]);
  const [cache] = useState(() => new LagRows());
  // The drawing above measures itself as it arrives: not in the same breath.
  const drawn = useLater(100);
  const events = useCluster(view.id, pickEvents);
  const [held, setHeld] = useState<typeof live | null>(null);
  const { at: to, samples } = held ?? live;
  const from = to - ranges[query.range] * 60_000;

  const all = useSteady(view.members.map((member) => member.name));
  const colours = useMemo(() => coloursOf(all), [all]);
  const standbys = useSteady(standbysOf(view, samples));
  const { unit, stage } = query;
  // A new view comes more often than a new look at the samples: only the look redraws the chart.
  const { chosen, rows } = useMemo(() => {
    const names = standbys.filter((name) => !hidden.has(name));
    const most = narrow ? MOST_ROWS.narrow : MOST_ROWS.wide;
    const all = cache.of(samples, { names, unit, stage, from, to, most });
    const picked = chooseSeries(all, names, MOST_SERIES);
    return { chosen: picked, rows: picked.rows };
  }, [cache, samples, standbys, hidden, unit, stage, from, to, narrow]);
  const marks = useSteady(
    events.filter((e) => markCodes.has(e.code) && e.at >= from && e.at <= to),
  );
  const limit =
    unit === 'bytes' && view.config.is === 'ok' ? view.config.value.maximumLagOnFailover : null;

  const toggle = useCallback(
    (name: string) =>
      setHidden((before) => {
        const next = new Set(before);
        if (!next.delete(name)) next.add(name);
        return next;
      }),
    [],
  );
  const timeOnly = query.unit === 'time' ? 'Lag in time is that of replay' : undefined;
  return (
    <Panel
      id="lag"
      title="Lag behind the leader"
      aside={
        <div className="flex flex-wrap items-center gap-2">
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
          <Segmented
            label="Window"
            value={query.range}
            onChange={(range) => setQuery({ range })}
            choices={(Object.keys(ranges) as Range[]).map((value) => ({
              value,
              label: value.replace(/(\d+)/, '$1 '),
            }))}
          />
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
        </div>
      }
    >
      <div className="p-4 pb-2">
        {held !== null && (
          <p className="mb-2 text-sm text-attention">
            Held at {moment(held.at)}. Samples go on being kept.
          </p>
        )}
        {standbys.length === 0 ? (
          <p className="py-8 text-center text-muted">
            {view.name} has no standby, so there is no lag to draw.
          </p>
        ) : (
          <>
            {drawn ? (
              <LagChart
                rows={rows}
                names={chosen.names}
                colours={colours}
                unit={query.unit}
                range={query.range}
                from={from}
                to={to}
                marks={marks}
                limit={limit}
                label={`Lag of the standbys of ${view.name} over ${query.range}. Current figures are in the table of members.`}
              />
            ) : (
              <Skeleton className="h-60" />
            )}
            <LagLegend
              standbys={standbys}
              leader={view.leader?.name}
              hidden={hidden}
              colours={colours}
              id={view.id}
              held={held?.samples.at(-1)}
              query={query}
              onToggle={toggle}
            />
            {chosen.left > 0 && (
              <p className="mt-1 text-sm text-muted">
                The {MOST_SERIES} that rose highest are drawn; {chosen.left} more never rose above
                them.
              </p>
            )}
          </>
        )}
      </div>
    </Panel>
  );
}

const markCodes = new Set<ClusterEvent['code']>(['leader-changed', 'leader-lost']);

/** Whoever is a standby now, and whoever was one in what is kept. */
function standbysOf(view: ClusterView, samples: readonly LagSample[]): string[] {
  const leader = view.leader?.name;
  const names = new Set(view.members.map((m) => m.name).filter((name) => name !== leader));
  for (const sample of [samples[0], samples.at(-1)]) {
    for (const name of Object.keys(sample?.members ?? {})) names.add(name);
  }
  return [...names].sort(new Intl.Collator('en', { numeric: true }).compare);
}
