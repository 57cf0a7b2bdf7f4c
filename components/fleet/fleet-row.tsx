import Link from 'next/link';
import { memo, useCallback, useDeferredValue } from 'react';
import { useStream } from '@/components/stream/use-stream';
import { cn } from '@/components/ui/cn';
import { GridCell, GridRow } from '@/components/ui/grid';
import { Name } from '@/components/ui/name';
import { StateIcon } from '@/components/ui/state-icon';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterSummary } from '@/lib/topology/view';
import { Changed, gridTemplate, Health, Lag, Members, Mode } from './columns';

interface RowProps {
  readonly cluster: ClusterId;
  readonly id: string;
  readonly index: number;
  readonly active: boolean;
  readonly narrow: boolean;
  /** Several ensembles or namespaces are watched: the name alone may not say which is meant. */
  readonly place: boolean;
  readonly onOpen: (cluster: ClusterId) => void;
}

interface CellsProps {
  readonly row: ClusterSummary;
  readonly place: boolean;
}

/** Renders only when its own summary changed, it moved, or the cursor came or went. */
export const FleetRow = memo(function FleetRow(props: RowProps) {
  const { cluster, id, index, active, narrow, place, onOpen } = props;
  const newest = useStream(useCallback((stream) => stream.fleet.get(cluster), [cluster]));
  // In a storm many rows change at once: they follow in slices that leave the page answering,
  // but for a new leader, which is there in the same frame.
  const following = useDeferredValue(newest);
  const row = following?.leader === newest?.leader ? following : newest;
  // Gone from the fleet, and in a moment from the list.
  if (row === undefined) return null;
  return (
    <GridRow
      id={id}
      aria-rowindex={index + 2}
      aria-selected={active}
      data-testid="fleet-row"
      data-cluster={row.name}
      data-leader={row.leader ?? ''}
      data-health={row.health}
      onClick={() => onOpen(cluster)}
      className={cn(
        'relative border-b border-line hover:bg-sunken',
        active && 'bg-accent-soft shadow-[inset_3px_0_0_var(--accent)] hover:bg-accent-soft',
        narrow
          ? 'flex flex-col gap-1 px-3 py-2.5'
          : // Of one height whatever it says: two lines of a problem fit, and nothing jumps.
            `box-content grid h-10 items-center overflow-hidden text-sm leading-4 ${gridTemplate}`,
      )}
    >
      {narrow ? <Card row={row} place={place} /> : <Cells row={row} place={place} />}
    </GridRow>
  );
});

function Title({ row, place }: CellsProps) {
  return (
    <>
      <Link
        href={`/cluster/${row.id}`}
        // A request for each row that scrolls by would be the most expensive thing on the page.
        prefetch={false}
        tabIndex={-1}
        className="flex max-w-full min-w-0 font-semibold hover:underline"
        onClick={(event) => event.stopPropagation()}
      >
        <Name>{row.name}</Name>
      </Link>
      {place && (
        <span
          className="max-w-full truncate text-xs text-muted"
          title={`${row.key.ensemble} ${row.key.namespace}`}
        >
          {row.key.ensemble} {row.key.namespace}
        </span>
      )}
    </>
  );
}

const cell = 'flex min-w-0 items-center gap-2 px-2 first:pl-4 last:pr-4';

/** A row that only changes places, as many do when one comes in above them, keeps what it says. */
const Cells = memo(function Cells(props: CellsProps) {
  const { row, place } = props;
  return (
    <>
      <GridCell className={cn(cell, place && 'flex-col items-start justify-center gap-0')}>
        <Title {...props} />
      </GridCell>
      <GridCell className={cell}>
        <Health row={row} />
      </GridCell>
      <GridCell className={cell}>
        <Leader row={row} />
      </GridCell>
      <GridCell className={cell}>
        <Members row={row} />
      </GridCell>
      <GridCell className={cn(cell, 'justify-end')}>
        <Lag row={row} />
      </GridCell>
      <GridCell className={cn(cell, 'justify-end')}>
        {row.timeline ?? <span className="text-muted">unknown</span>}
      </GridCell>
      <GridCell className={cell}>
        <Mode row={row} />
      </GridCell>
      <GridCell className={cn(cell, 'justify-end')}>
        <Changed row={row} />
      </GridCell>
    </>
  );
});

function Leader({ row }: { row: ClusterSummary }) {
  if (row.leader !== null) {
    return <Name>{row.leader}</Name>;
  }
  return (
    <span className="flex items-center gap-1.5 font-medium">
      <StateIcon state="critical" mute />
      none
    </span>
  );
}

/** The same cells in the same order, as a phone can hold them. */
const Card = memo(function Card(props: CellsProps) {
  const { row } = props;
  return (
    <>
      <div className="flex items-baseline justify-between gap-3">
        <GridCell className="flex min-w-0 items-baseline gap-2">
          <Title {...props} />
        </GridCell>
        <GridCell className="shrink-0 text-xs">
          <Changed row={row} />
        </GridCell>
      </div>
      <GridCell className="flex min-w-0 items-center gap-2">
        <Health row={row} />
      </GridCell>
      <div className="flex flex-wrap items-center justify-between gap-x-3 text-sm">
        <GridCell className="flex min-w-0 items-center gap-1">
          <span className="text-muted">Leader</span> <Leader row={row} />
        </GridCell>
        <GridCell>
          <span className="flex items-center gap-1">
            <span className="text-muted">Lag</span> <Lag row={row} />
          </span>
        </GridCell>
      </div>
      <div className="flex flex-wrap gap-x-3 text-xs text-muted">
        <GridCell>
          <Members row={row} />
        </GridCell>
        <GridCell>timeline {row.timeline ?? 'unknown'}</GridCell>
        <GridCell>
          <Mode row={row} />
        </GridCell>
      </div>
    </>
  );
});
