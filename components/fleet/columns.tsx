import { useMemo } from 'react';
import { lagQualityWords } from '@/components/cluster/words';
import { Age } from '@/components/stream/age';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { StateIcon } from '@/components/ui/state-icon';
import type { ClusterSummary } from '@/lib/topology/view';
import { formatBytes, formatDuration } from '@/lib/units';
import type { SortKey } from './query';
import { memberWords, modeWords } from './rows';
import { sparkPath } from './sparkline';

export interface Column {
  readonly key: SortKey;
  readonly title: string;
  readonly right?: boolean;
}

export const columns: readonly Column[] = [
  { key: 'name', title: 'Cluster' },
  { key: 'health', title: 'Health' },
  { key: 'leader', title: 'Leader' },
  { key: 'members', title: 'Members' },
  { key: 'lag', title: 'Worst lag', right: true },
  { key: 'timeline', title: 'TL', right: true },
  { key: 'mode', title: 'Mode' },
  { key: 'changed', title: 'Changed', right: true },
];

/** One template for the head and every row, so that columns line up without a table's layout. */
export const gridTemplate =
  'grid-cols-[minmax(9rem,1.2fr)_minmax(14rem,2.8fr)_minmax(6rem,0.9fr)_minmax(7rem,0.8fr)_14rem_3rem_minmax(5.5rem,0.6fr)_7rem]';

export function Health({ row }: { row: ClusterSummary }) {
  return (
    <>
      <StateIcon state={row.health} mute={row.worst !== null || row.health === 'good'} />
      {row.operation !== null && (
        <Badge tone="accent" title={row.operation} className="shrink-0">
          Switchover under way
        </Badge>
      )}
      {row.worst === null ? (
        <span className="truncate text-muted">{row.health === 'good' ? 'Good' : 'Not known'}</span>
      ) : (
        <>
          <span className="sr-only">{row.health}:</span>
          <span className="line-clamp-2 min-w-0" title={row.worst.says}>
            {row.worst.says}
          </span>
        </>
      )}
      {row.problemCount > 1 && (
        <Badge className="shrink-0" title={`${row.problemCount} problems in all`}>
          +{row.problemCount - 1}
          <span className="sr-only"> more</span>
        </Badge>
      )}
    </>
  );
}

/** "3 running · 1 missing", broken only between its parts. */
function Parts({ words, strong }: { words: string; strong: boolean }) {
  return (
    <span className={cn('flex min-w-0 flex-wrap gap-x-1.5', strong && 'font-medium')} title={words}>
      {words.split(' · ').map((part, n, all) => (
        <span key={part} className="whitespace-nowrap">
          {part}
          {n < all.length - 1 && ' ·'}
        </span>
      ))}
    </span>
  );
}

export function Members({ row }: { row: ClusterSummary }) {
  return <Parts words={memberWords(row)} strong={row.members.running < row.members.total} />;
}

const SPARK = { width: 56, height: 16, least: 64 * 1024 };

export function Lag({ row }: { row: ClusterSummary }) {
  const path = useMemo(() => sparkPath(row.trend, SPARK), [row.trend]);
  const quality = lagQualityWords[row.lagQuality];
  const alone = row.lag === null && row.members.total <= 1;
  const bytes = alone ? 'no standby' : formatBytes(row.lag?.bytes ?? null);
  const ms = row.lag?.ms ?? null;
  return (
    <span
      className="flex min-w-0 items-center justify-end gap-2"
      title={row.lag === null ? undefined : `${row.lag.member}: ${quality.says}`}
    >
      <svg
        viewBox={`-1 -1 ${SPARK.width + 2} ${SPARK.height + 2}`}
        className="h-4.5 w-14.5 shrink-0 text-muted"
        aria-hidden
      >
        <path d={path} fill="none" stroke="currentColor" strokeWidth="1.25" />
      </svg>
      <span className={cn('min-w-18 text-right whitespace-nowrap', alone && 'text-muted')}>
        {bytes}
      </span>
      <span className="min-w-14 text-right whitespace-nowrap text-muted">
        {ms === null ? '' : formatDuration(ms)}
      </span>
    </span>
  );
}

export function Mode({ row }: { row: ClusterSummary }) {
  return <Parts words={modeWords(row.mode)} strong={row.mode.paused} />;
}

export function Changed({ row }: { row: ClusterSummary }) {
  return <Age at={row.changedAt} className="whitespace-nowrap text-muted" />;
}
