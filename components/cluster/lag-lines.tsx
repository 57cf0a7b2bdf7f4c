'use client';

import { memo, useId, useMemo } from 'react';
import { useActiveTooltipLabel, usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import type { ChartRow } from './lag-data';
import { type Position, pathsOf } from './lag-paths';

/**
 * The lines themselves, on the chart's own scales. Its `Line` makes several objects for each point
 * each time, for labels that nobody asked for: six lines of 300 points were a long task a second.
 */
export function LagLines(props: {
  rows: readonly ChartRow[];
  names: readonly string[];
  colours: ReadonlyMap<string, string>;
}) {
  const { rows, names, colours } = props;
  const x = useXAxisScale() as Position | undefined;
  const y = useYAxisScale() as Position | undefined;
  const plot = usePlotArea();
  const clip = useId();
  const paths = useMemo(
    () => (x && y ? pathsOf(rows, names.length, { x, y }) : []),
    [rows, names, x, y],
  );
  if (!plot) return null;
  return (
    <g>
      <clipPath id={clip}>
        <rect x={plot.x} y={plot.y - 2} width={plot.width} height={plot.height + 4} />
      </clipPath>
      <g clipPath={`url(#${clip})`} fill="none" strokeWidth={1.75}>
        {names.map((name, n) => (
          <path
            key={name}
            className="lag-line"
            data-member={name}
            d={paths[n] ?? ''}
            stroke={colours.get(name) ?? 'var(--ink)'}
          />
        ))}
      </g>
      <ActiveDots {...props} x={x} y={y} />
    </g>
  );
}

/** Where the cursor cuts each line. */
const ActiveDots = memo(function ActiveDots({
  rows,
  names,
  colours,
  x,
  y,
}: {
  rows: readonly ChartRow[];
  names: readonly string[];
  colours: ReadonlyMap<string, string>;
  x: Position | undefined;
  y: Position | undefined;
}) {
  const label = useActiveTooltipLabel();
  if (label === undefined) return null;
  const row = rows.find(({ at }) => at === Number(label));
  return names.map((name, n) => {
    const value = row?.values[n] ?? null;
    if (row === undefined || value === null) return null;
    const [cx, cy] = [x?.(row.at), y?.(value)];
    if (cx === undefined || cy === undefined) return null;
    return <circle key={name} cx={cx} cy={cy} r={3} fill={colours.get(name) ?? 'var(--ink)'} />;
  });
});
