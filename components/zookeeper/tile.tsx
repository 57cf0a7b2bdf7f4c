'use client';

import type { ReactNode } from 'react';
import { sparkPath } from '@/components/fleet/sparkline';
import { HISTORY_KEPT, useHistory } from './use-history';

const SPARK = { width: 160, height: 24 };

/** One figure with its unit and what it has been in the last two minutes. */
export function Tile({
  label,
  figure,
  unit,
  value,
  least = 10,
  note,
}: {
  label: string;
  figure: string;
  unit?: string;
  /** What the line below is drawn of; undefined draws none. */
  value?: number | null;
  /** The lowest top of that line's scale. */
  least?: number;
  note?: ReactNode;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-3">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="flex min-w-0 flex-col gap-1">
        <span className="flex items-baseline gap-1.5">
          <span className="text-xl font-semibold">{figure}</span>
          {unit !== undefined && <span className="text-sm text-muted">{unit}</span>}
        </span>
        {value !== undefined && <Spark value={value} least={least} label={label} />}
        {note !== undefined && <span className="min-w-0 text-sm text-muted">{note}</span>}
      </dd>
    </div>
  );
}

function Spark({ value, least, label }: { value: number | null; least: number; label: string }) {
  const history = useHistory(value);
  // Right-aligned from the first second on: the newest value is always at the same place.
  const padded = [...Array(HISTORY_KEPT - history.length).fill(null), ...history];
  return (
    <svg
      viewBox={`-1 -1 ${SPARK.width + 2} ${SPARK.height + 2}`}
      preserveAspectRatio="none"
      className="h-7 w-full border-b border-line text-accent"
      aria-hidden
      data-spark={label}
    >
      <path
        d={sparkPath(padded, { ...SPARK, least })}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** Figures side by side, told apart by hairlines however they wrap. */
export function Tiles({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden bg-line lg:grid-cols-4">{children}</dl>
  );
}
