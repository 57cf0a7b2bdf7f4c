'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import {
  memo,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useShortcut } from '@/components/shell/shortcuts';
import { cn } from '@/components/ui/cn';
import { Grid, GridBody, GridHeader, GridRow } from '@/components/ui/grid';
import { Select } from '@/components/ui/input';
import { useMedia } from '@/components/ui/use-media';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { columns, gridTemplate } from './columns';
import { FleetRow } from './fleet-row';
import { type Direction, type FleetQuery, firstDirection, type SortKey } from './query';

interface TableProps {
  readonly ids: readonly ClusterId[];
  /** Several ensembles or namespaces are watched: the name alone may not say which is meant. */
  readonly place: boolean;
  readonly query: FleetQuery;
  readonly onSort: (sort: SortKey, direction: Direction) => void;
}

/** As much as the columns of `gridTemplate` need beside the rail. */
const WIDE = '(min-width: 72.5rem)';
const CARD_PX = 116;

/** A row is 2.5rem high and has a line below: `h-10` in `FleetRow`. */
function rowPx(): number {
  return 2.5 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize) + 1;
}

/**
 * A grid of which only the rows in sight exist. The grid has the focus and points at its active
 * row, so the keyboard works the same whichever rows happen to be rendered.
 */
export const FleetTable = memo(function FleetTable({ ids, place, query, onSort }: TableProps) {
  const router = useRouter();
  const base = useId();
  const narrow = !useMedia(WIDE);
  const height = useMemo(() => (narrow ? CARD_PX : rowPx()), [narrow]);
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  // The cursor stays on its cluster when rows change places around it.
  const [cursor, setCursor] = useState<ClusterId | null>(null);
  const active = cursor === null ? -1 : ids.indexOf(cursor);

  // What stands above may grow, as a banner does; to look at every render would lay out each time.
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
      setMargin((before) => (Math.abs(before - top) > 1 ? top : before));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);

  const virtual = useWindowVirtualizer({
    count: ids.length,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: margin,
    scrollPaddingStart: 96,
    scrollPaddingEnd: 72,
    getItemKey: useCallback((index: number) => ids[index] ?? index, [ids]),
  });

  const open = useCallback((id: ClusterId) => router.push(`/cluster/${id}`), [router]);
  // The sizes kept are those of the other layout.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the layout is the reason to forget them
  useEffect(() => virtual.measure(), [virtual, narrow]);

  const move = useCallback(
    (to: number): void => {
      const index = Math.max(0, Math.min(ids.length - 1, to));
      const id = ids[index];
      if (id === undefined) return;
      setCursor(id);
      grid.current?.focus({ preventScroll: true });
      virtual.scrollToIndex(index, { align: 'auto' });
    },
    [ids, virtual],
  );
  useShortcut('j', () => move(active + 1));
  useShortcut('k', () => move(active <= 0 ? 0 : active - 1));

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(window.innerHeight / height) - 4);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active <= 0 ? 0 : active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: ids.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter' && cursor !== null && active >= 0) {
      if (event.target !== grid.current) return;
      event.preventDefault();
      open(cursor);
    }
  };

  return (
    <>
      {narrow && <SortSelect query={query} onSort={onSort} />}
      <Grid
        ref={grid}
        label="Clusters"
        aria-rowcount={ids.length + 1}
        aria-colcount={columns.length}
        {...(active >= 0 ? { 'aria-activedescendant': `${base}-${cursor}` } : {})}
        onKeyDown={onKeyDown}
        className="rounded-lg border border-line bg-surface"
      >
        <Head query={query} onSort={onSort} hidden={narrow} />
        <GridBody ref={body} className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const id = ids[item.index];
            return id === undefined ? null : (
              <div
                key={item.key}
                role="presentation"
                // Cards differ in height; rows do not, and to measure each as it scrolls by costs frames.
                ref={narrow ? virtual.measureElement : null}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start - margin}px)` }}
              >
                <FleetRow
                  cluster={id}
                  id={`${base}-${id}`}
                  index={item.index}
                  active={item.index === active}
                  narrow={narrow}
                  place={place}
                  onOpen={open}
                />
              </div>
            );
          })}
        </GridBody>
      </Grid>
    </>
  );
});

type HeadProps = Pick<TableProps, 'query' | 'onSort'>;

function Head({ query, onSort, hidden }: HeadProps & { hidden: boolean }) {
  return (
    <GridBody className={cn('sticky top-12 z-[5] rounded-t-lg bg-surface', hidden && 'sr-only')}>
      <GridRow aria-rowindex={1} className={cn('grid border-b border-line', gridTemplate)}>
        {columns.map((column) => {
          const sorted = query.sort === column.key;
          const next = sorted
            ? query.direction === 'asc'
              ? 'desc'
              : 'asc'
            : firstDirection[column.key];
          const Arrow = query.direction === 'asc' ? ArrowUp : ArrowDown;
          return (
            <GridHeader
              key={column.key}
              aria-sort={sorted ? (query.direction === 'asc' ? 'ascending' : 'descending') : 'none'}
              className={cn(
                'flex px-2 py-1 first:pl-4 last:pr-4',
                column.right === true && 'justify-end',
              )}
            >
              <button
                type="button"
                tabIndex={hidden ? -1 : 0}
                onClick={() => onSort(column.key, next)}
                className={cn(
                  '-mx-1 flex min-h-7 items-center gap-1 rounded-sm px-1 text-xs font-medium text-muted hover:text-ink',
                  sorted && 'text-ink',
                )}
              >
                {column.title}
                {sorted ? <Arrow className="size-3" aria-hidden /> : <span className="w-3" />}
              </button>
            </GridHeader>
          );
        })}
      </GridRow>
    </GridBody>
  );
}

function SortSelect({ query, onSort }: HeadProps) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 self-end text-sm text-muted">
      <label htmlFor={id}>Sort by</label>
      <Select
        id={id}
        value={query.sort}
        onChange={(event) => {
          const key = columns.find((column) => column.key === event.target.value)?.key ?? 'health';
          onSort(key, firstDirection[key]);
        }}
      >
        {columns.map((column) => (
          <option key={column.key} value={column.key}>
            {column.title === 'TL' ? 'Timeline' : column.title}
          </option>
        ))}
      </Select>
    </div>
  );
}
