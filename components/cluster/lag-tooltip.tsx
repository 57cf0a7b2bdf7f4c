import { moment } from '@/components/stream/moment';
import { Name } from '@/components/ui/name';
import { formatBytes, formatDuration } from '@/lib/units';
import type { ChartRow, Extent } from './lag-data';
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
            <Figure extent={row.extents?.[n]} value={row.values[n] ?? null} format={format} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One value, or what it was within the bucket: its mean, and from where to where it went. */
function Figure({
  extent,
  value,
  format,
}: {
  extent: Extent | null | undefined;
  value: number | null;
  format: (value: number | null) => string;
}) {
  const strong = 'ml-auto pl-3 font-medium whitespace-nowrap';
  if (!extent || extent.min === extent.max) return <span className={strong}>{format(value)}</span>;
  return (
    <span className={strong}>
      {format(extent.min)} to {format(extent.max)}
      <span className="font-normal text-muted">, mean {format(extent.mean)}</span>
    </span>
  );
}
