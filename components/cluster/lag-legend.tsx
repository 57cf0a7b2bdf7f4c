import { cn } from '@/components/ui/cn';
import { Name } from '@/components/ui/name';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { LagSample } from '@/lib/topology/event';
import { formatBytes, formatDuration } from '@/lib/units';
import { MOST_SERIES } from './lag-lazy';
import { Swatch } from './member-node';
import type { ClusterQuery } from './query';
import { useSamples } from './use-samples';

/** Each standby with its newest figure; a click hides or shows its line. */
export function LagLegend({
  standbys,
  leader,
  hidden,
  colours,
  id,
  held,
  query,
  past = false,
  onToggle,
}: {
  standbys: readonly string[];
  /** Leads now, and was a standby in what is drawn. */
  leader: string | undefined;
  hidden: ReadonlySet<string>;
  colours: ReadonlyMap<string, string>;
  id: ClusterId;
  /** The figures to show while the chart is held still. */
  held: LagSample | undefined;
  query: ClusterQuery;
  /** The chart is not of now: newest figures would not belong to it. */
  past?: boolean;
  onToggle: (name: string) => void;
}) {
  const live = useSamples(id, 1000).samples.at(-1);
  const last = held ?? live;
  return (
    <fieldset className="mt-2 flex min-w-0 flex-wrap gap-x-2 gap-y-1">
      <legend className="sr-only">Lines shown</legend>
      {standbys.map((name) => {
        const point = last?.members[name];
        const figure =
          name === leader
            ? 'leads'
            : query.unit === 'time'
              ? formatDuration(point?.ms ?? null)
              : formatBytes(point?.[query.stage] ?? null);
        return (
          <button
            key={name}
            type="button"
            aria-pressed={!hidden.has(name)}
            title={hidden.has(name) ? `Show ${name}` : `Hide ${name}`}
            onClick={() => onToggle(name)}
            className={cn(
              'flex min-h-8 max-w-full items-center gap-2 rounded-md px-2 text-sm hover:bg-sunken',
              hidden.has(name) && 'text-muted line-through',
            )}
          >
            <Swatch colour={hidden.has(name) ? undefined : colours.get(name)} />
            <Name>{name}</Name>
            {!past && (
              <span className="min-w-16 text-left font-medium whitespace-nowrap">{figure}</span>
            )}
          </button>
        );
      })}
    </fieldset>
  );
}

/** That some lines are not drawn, where that is so. */
export function LeftOut({ left }: { left: number }) {
  if (left === 0) return null;
  return (
    <span>
      The {MOST_SERIES} that rose highest are drawn; {left} more never rose above them.
    </span>
  );
}
