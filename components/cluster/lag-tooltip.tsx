import { moment } from '@/components/stream/moment';
import { Name } from '@/components/ui/name';
import { formatBytes, formatDuration } from '@/lib/units';
import type { ChartRow } from './lag-data';
import { Swatch } from './member-node';
import type { Unit } from './query';

/** Every series at one moment. */
export function LagTooltip({
  row,
  names,
  colours,
  unit,
}: {
  row: ChartRow | undefined;
  names: readonly string[];
  colours: ReadonlyMap<string, string>;
  unit: Unit;
}) {
  if (!row) return null;
  const format = unit === 'bytes' ? formatBytes : formatDuration;
  return (
    <div className="rounded-md border border-line-strong bg-surface px-3 py-2 text-sm text-ink shadow-float">
      <p className="font-medium">{moment(row.at)}</p>
      <ul className="mt-1">
        {names.map((name, n) => (
          <li key={name} className="flex items-center gap-2">
            <Swatch colour={colours.get(name)} />
            <Name className="max-w-48">{name}</Name>
            <span className="ml-auto pl-3 font-medium">{format(row.values[n] ?? null)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
