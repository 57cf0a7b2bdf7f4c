'use client';

import { useDeferredValue, useMemo, useState } from 'react';
import { moment } from '@/components/stream/moment';
import { useCluster } from '@/components/stream/use-stream';
import { Skeleton } from '@/components/ui/skeleton';
import { useLater } from '@/components/ui/use-later';
import { useMedia } from '@/components/ui/use-media';
import { useSteady } from '@/components/ui/use-steady';
import type { ClusterState } from '@/lib/stream/reducer';
import type { ClusterEvent, LagSample } from '@/lib/topology/event';
import type { ClusterView } from '@/lib/topology/view';
import { coloursOf } from './colours';
import { chooseSeries, failoverLimit, LagRows } from './lag-data';
import { LagChart, MOST_SERIES } from './lag-lazy';
import { LagLegend, LeftOut } from './lag-legend';
import { type ClusterQuery, type LiveRange, liveRanges, type Stretch } from './query';
import type { Samples } from './use-samples';

/** Of samples: no more than there are pixels to tell them apart. */
const MOST_ROWS = { wide: 300, narrow: 120 };
const pickEvents = (cluster: ClusterState): readonly ClusterEvent[] => cluster.events;

interface LiveProps {
  readonly view: ClusterView;
  readonly query: ClusterQuery;
  readonly range: LiveRange;
  readonly shown: Samples;
  /** Its figures stand still to be read. */
  readonly held: boolean;
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (name: string) => void;
  readonly onZoom: (stretch: Stretch) => void;
}

/** How far behind each standby is and was within the hour, as it is told. */
export function LiveLag({ view, query, range, shown, held, hidden, onToggle, onZoom }: LiveProps) {
  const narrow = !useMedia('(min-width: 768px)');
  const [cache] = useState(() => new LagRows());
  // The drawing above measures itself as it arrives: not in the same breath.
  const drawn = useLater(100);
  const events = useCluster(view.id, pickEvents);
  // In slices: an hour of samples is much to draw.
  const { at: to, samples } = useDeferredValue(shown);
  const from = to - liveRanges[range] * 60_000;
  const all = useSteady(view.members.map((member) => member.name));
  const colours = useMemo(() => coloursOf(all), [all]);
  const standbys = useSteady(standbysOf(view, samples));
  const { unit, stage } = query;
  // A new view comes more often than a new look at the samples: only the look redraws the chart.
  const chosen = useMemo(() => {
    const names = standbys.filter((name) => !hidden.has(name));
    const most = narrow ? MOST_ROWS.narrow : MOST_ROWS.wide;
    const rows = cache.of(samples, { names, unit, stage, from, to, most });
    return chooseSeries(rows, names, MOST_SERIES);
  }, [cache, samples, standbys, hidden, unit, stage, from, to, narrow]);
  const marks = useSteady(
    events.filter((e) => markCodes.has(e.code) && e.at >= from && e.at <= to),
  );

  if (standbys.length === 0) {
    return (
      <p className="py-8 text-center text-muted">
        {view.name} has no standby, so there is no lag to draw.
      </p>
    );
  }
  return (
    <>
      {held && (
        <p className="mb-2 text-sm text-attention">
          Held at {moment(to)}. Samples go on being kept.
        </p>
      )}
      {drawn ? (
        <LagChart
          rows={chosen.rows}
          names={chosen.names}
          colours={colours}
          unit={unit}
          from={from}
          to={to}
          marks={marks}
          limit={failoverLimit(view, unit)}
          onZoom={onZoom}
          label={`Lag of the standbys of ${view.name} over ${range}. Current figures are in the table of members.`}
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
        held={held ? samples.at(-1) : undefined}
        query={query}
        onToggle={onToggle}
      />
      <p className="mt-1 text-sm text-muted">
        <LeftOut left={chosen.left} />
      </p>
    </>
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
