'use client';

import { memo } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { Name } from '@/components/ui/name';
import { useLater } from '@/components/ui/use-later';
import { useMedia } from '@/components/ui/use-media';
import type { ClusterEvent } from '@/lib/topology/event';
import { formatBytes, formatDuration } from '@/lib/units';
import type { ChartRow } from './lag-data';
import { LagLines } from './lag-lines';
import { LagMarks } from './lag-marks';
import { axisOf, plot, plotSides, spread, tickWords, timeTicks } from './lag-scale';
import { LagTooltip } from './lag-tooltip';
import { LagZoom } from './lag-zoom';
import type { Stretch, Unit } from './query';

export interface LagChartProps {
  readonly rows: readonly ChartRow[];
  readonly names: readonly string[];
  readonly colours: ReadonlyMap<string, string>;
  readonly unit: Unit;
  readonly from: number;
  readonly to: number;
  readonly marks: readonly ClusterEvent[];
  /** A threshold drawn with its name, while it is within the picture. */
  readonly limit: number | null;
  readonly onZoom: (stretch: Stretch) => void;
  readonly label: string;
}

const onAxis = (): number => 0;

const { height: HEIGHT, top: TOP, bottom: BOTTOM } = plot;

/** Disciplined on purpose: no dots, no animation, straight lines, few points. */
export const LagChart = memo(function LagChart(props: LagChartProps) {
  const { rows, names, colours, unit, from, to } = props;
  // The axes first, then all within them.
  const stands = useLater(50);
  const narrow = !useMedia('(min-width: 768px)');
  const format = unit === 'bytes' ? formatBytes : formatDuration;
  const highest = rows.reduce(
    (most, row) => row.values.reduce<number>((m, v) => Math.max(m, v ?? 0), most),
    0,
  );
  const { top, ticks } = axisOf(highest, unit);
  const nothing = rows.every((row) => row.values.every((value) => value === null));
  const { left, right: gutter } = plotSides(narrow);
  return (
    <figure aria-label={props.label} className="relative" style={{ height: HEIGHT }}>
      <ResponsiveContainer width="100%" height="100%">
        <LineChart
          data={rows as ChartRow[]}
          margin={{ top: TOP, right: gutter, bottom: 0, left: 0 }}
          desc={props.label}
        >
          <XAxis
            type="number"
            dataKey="at"
            domain={[from, to]}
            allowDataOverflow
            ticks={timeTicks({ from, to }, narrow)}
            tickFormatter={tickWords({ from, to })}
            height={BOTTOM}
            stroke="var(--line-strong)"
            tick={{ fill: 'var(--ink-muted)', fontSize: 12 }}
            interval={0}
          />
          <YAxis
            domain={[0, top]}
            ticks={ticks as number[]}
            tickFormatter={(value: number) => format(value)}
            width={left}
            stroke="transparent"
            tick={{ fill: 'var(--ink-muted)', fontSize: 12 }}
            interval={0}
          />
          {stands && (
            <>
              <CartesianGrid vertical={false} stroke="var(--line)" />
              <Tooltip
                isAnimationActive={false}
                cursor={{ stroke: 'var(--line-strong)' }}
                content={({ active, payload }) => (
                  <LagTooltip
                    row={active ? (payload[0]?.payload as ChartRow | undefined) : undefined}
                    names={names}
                    colours={colours}
                    unit={unit}
                  />
                )}
              />
              {props.limit !== null && props.limit <= top && (
                <ReferenceLine y={props.limit} stroke="var(--attention)" strokeDasharray="6 3" />
              )}
              <LagMarks marks={props.marks} from={from} to={to} />
              <LagLines rows={rows} names={names} colours={colours} />
              {/* Draws nothing: the cursor and its figures need a series to go along. */}
              <Line
                dataKey={onAxis}
                stroke="none"
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
              <LagZoom from={from} to={to} onZoom={props.onZoom} />
            </>
          )}
        </LineChart>
      </ResponsiveContainer>
      {nothing && (
        <p className="absolute inset-x-0 top-1/3 text-center text-muted">
          No lag is known in this window.
        </p>
      )}
      {!narrow && <LineNames {...props} top={top} gutter={gutter} />}
    </figure>
  );
});

/** The name of each line where it ends: the series', and the threshold's. */
function LineNames(props: LagChartProps & { top: number; gutter: number }) {
  const { rows, limit, top } = props;
  const ends = props.names.flatMap((name, n) => {
    const last = rows.findLast((row) => row.values[n] != null)?.values[n];
    return last == null ? [] : [{ name, value: last, colour: props.colours.get(name) }];
  });
  if (limit !== null && limit <= top) {
    const name = `failover limit ${formatBytes(limit)}`;
    ends.push({ name, value: limit, colour: 'var(--attention)' });
  }
  const ys = spread(
    ends.map((end) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - end.value / top)),
    15,
    HEIGHT - BOTTOM,
  );
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute inset-y-0 right-0"
      style={{ width: props.gutter }}
    >
      {ends.map((end, n) => (
        <span
          key={end.name}
          className="absolute right-0 left-2 flex text-xs leading-4"
          style={{ top: (ys[n] ?? 0) - 8, color: end.colour }}
        >
          <Name>{end.name}</Name>
        </span>
      ))}
    </div>
  );
}
