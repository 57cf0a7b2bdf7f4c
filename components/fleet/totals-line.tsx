'use client';

import { memo } from 'react';
import { cn } from '@/components/ui/cn';
import { StateIcon } from '@/components/ui/state-icon';
import type { Health } from '@/lib/topology/view';
import type { Totals } from './rows';

const shown: readonly (readonly [Health, string])[] = [
  ['critical', 'critical'],
  ['attention', 'attention'],
  ['unknown', 'unknown'],
  ['good', 'good'],
];

/** The whole fleet in one line; a click on a figure shows only those. */
export function TotalsLine({
  totals,
  state,
  onChange,
}: {
  totals: Totals;
  state: Health | null;
  onChange: (state: Health | null) => void;
}) {
  return (
    <fieldset className="flex min-w-0 flex-wrap gap-1">
      <legend className="sr-only">Show clusters by state</legend>
      <Total active={state === null} health={null} onChange={onChange} count={totals.all}>
        {totals.all === 1 ? 'cluster' : 'clusters'}
      </Total>
      {shown.map(([health, word]) => (
        <Total
          key={health}
          active={state === health}
          count={totals[health]}
          health={health}
          onChange={onChange}
        >
          {word}
        </Total>
      ))}
    </fieldset>
  );
}

/** Renders when its own figure changes. */
const Total = memo(function Total({
  active,
  count,
  health,
  onChange,
  children,
}: {
  active: boolean;
  count: number;
  /** Null: clusters in any state. */
  health: Health | null;
  onChange: (state: Health | null) => void;
  children: string;
}) {
  return (
    <button
      type="button"
      aria-pressed={active}
      onClick={() => onChange(active ? null : health)}
      className={cn(
        'flex min-h-9 items-center gap-1.5 rounded-md border border-transparent px-2.5 hover:bg-sunken',
        active && 'border-accent bg-accent-soft hover:bg-accent-soft',
      )}
    >
      {health && <StateIcon state={health} mute className={cn(count === 0 && 'opacity-50')} />}
      <span className="font-semibold">{count.toLocaleString()}</span>
      <span className="text-muted">{children}</span>
    </button>
  );
});
