'use client';

import { type PointerEvent, useState } from 'react';
import { usePlotArea } from 'recharts';
import type { Stretch } from './query';

/** Less than this was a click. */
const LEAST_PX = 6;

/** Drag across the plot to choose the stretch of time between. */
export function LagZoom({
  from,
  to,
  onZoom,
}: Stretch & { readonly onZoom: (stretch: Stretch) => void }) {
  const plot = usePlotArea();
  /** Where the drag began and is, in pixels of the plot. */
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  if (!plot) return null;
  const inPlot = ({ clientX, currentTarget }: PointerEvent<SVGRectElement>): number => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(plot.width, ((clientX - left) * plot.width) / width));
  };
  const moment = (x: number) => Math.round(from + ((to - from) * x) / plot.width);
  const end = (event: PointerEvent<SVGRectElement>) => {
    setDrag(null);
    if (drag === null) return;
    const [a, b] = [drag[0], inPlot(event)].sort((x, y) => x - y) as [number, number];
    if (b - a < LEAST_PX) return;
    onZoom({ from: moment(a), to: moment(b) });
  };
  return (
    <g>
      {drag !== null && (
        <rect
          x={plot.x + Math.min(...drag)}
          y={plot.y}
          width={Math.abs(drag[1] - drag[0])}
          height={plot.height}
          fill="var(--accent)"
          fillOpacity={0.15}
        />
      )}
      <rect
        data-testid="lag-plot"
        x={plot.x}
        y={plot.y}
        width={plot.width}
        height={plot.height}
        fill="transparent"
        className="cursor-crosshair touch-pan-y"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const x = inPlot(event);
          setDrag([x, x]);
        }}
        onPointerMove={(event) => {
          if (drag !== null) setDrag([drag[0], inPlot(event)]);
        }}
        onPointerUp={end}
        onPointerCancel={() => setDrag(null)}
      />
    </g>
  );
}
