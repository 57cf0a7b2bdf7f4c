'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useDeferredValue, useRef, useState } from 'react';
import { useShortcut } from '@/components/shell/shortcuts';
import { derived } from '@/components/stream/derived';
import { useFollow, useStore, useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { SearchField } from '@/components/ui/search-field';
import { useQueryState } from '@/components/ui/use-query-state';
import type { StreamState } from '@/lib/stream/reducer';
import { FleetEmpty, FleetSkeleton } from './fleet-states';
import { FleetTable } from './fleet-table';
import { FleetOrder } from './order';
import {
  type Direction,
  type FleetQuery,
  formatFleetQuery,
  parseFleetQuery,
  type SortKey,
} from './query';
import { areInSeveralPlaces, areSameTotals, select, totals } from './rows';
import { TotalsLine } from './totals-line';

type Fleet = StreamState['fleet'];
const totalsOf = derived((fleet: Fleet) => totals(fleet.values()), areSameTotals);
const placesOf = derived((fleet: Fleet) => areInSeveralPlaces(fleet.values()));

/** Renders when rows come, go or change places; what changes within a row renders that row. */
export function FleetPage() {
  useFollow('fleet');
  const known = useStream((stream) => stream.fleetKnown);
  const store = useStore();
  const [query, setQuery] = useQueryState(parseFleetQuery, formatFleetQuery);
  // Typing stays quick with a thousand rows: the list follows when there is time.
  const deferred = useDeferredValue(query);
  const [order] = useState(() => new FleetOrder());
  const ids = useDeferredValue(
    useStream(useCallback((stream) => order.of(stream.fleet, deferred), [order, deferred])),
  );
  const all = useStream((stream) => stream.fleet.size);
  const place = useStream((stream) => placesOf(stream.fleet));
  const onSort = useCallback(
    (sort: SortKey, direction: Direction) => setQuery({ sort, direction }),
    [setQuery],
  );
  const search = useRef<HTMLInputElement>(null);
  const router = useRouter();
  useShortcut(
    '/',
    useCallback(() => search.current?.select(), []),
  );

  return (
    <div className="flex flex-col gap-3 p-3 sm:p-4">
      <h1 className="sr-only">Fleet</h1>
      {!known && <FleetSkeleton />}
      {known && all === 0 && <FleetEmpty />}
      {known && all > 0 && (
        <>
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <FleetTotals state={query.state} setQuery={setQuery} />
            <SearchField
              ref={search}
              aria-label="Search the fleet"
              placeholder="Name, leader, place or problem"
              value={query.search}
              onChange={(event) => setQuery({ search: event.target.value })}
              onKeyDown={(event) => {
                if (event.key === 'Escape') {
                  if (query.search === '') event.currentTarget.blur();
                  else setQuery({ search: '' });
                }
                if (event.key !== 'Enter') return;
                // By what is typed now: the list may still be following.
                const typed = { ...query, search: event.currentTarget.value };
                const [first] = select(store.stream.fleet.values(), typed);
                if (first) router.push(`/cluster/${first.id}`);
              }}
            />
          </div>
          {ids.length > 0 ? (
            <FleetTable ids={ids} place={place} query={deferred} onSort={onSort} />
          ) : (
            <div className="flex flex-col items-start gap-3 rounded-lg border border-line bg-surface p-6">
              <p>
                None of the {all.toLocaleString()} clusters
                {query.state !== null && ` is in the state “${query.state}”`}
                {query.state !== null && query.search !== '' && ' and'}
                {query.search !== '' && <> matches “{query.search}”</>}.
              </p>
              <Button size="sm" onClick={() => setQuery({ search: '', state: null })}>
                Show all
              </Button>
            </div>
          )}
          <p className="sr-only" aria-live="polite">
            {ids.length === all ? '' : `${ids.length} of ${all} clusters shown`}
          </p>
        </>
      )}
    </div>
  );
}

/** Renders by itself: in a storm totals change all the time, and the table need not render for it. */
function FleetTotals({
  state,
  setQuery,
}: {
  state: FleetQuery['state'];
  setQuery: (part: Partial<FleetQuery>) => void;
}) {
  const counts = useStream((stream) => totalsOf(stream.fleet));
  const onChange = useCallback(
    (wanted: FleetQuery['state']) => setQuery({ state: wanted }),
    [setQuery],
  );
  return <TotalsLine totals={counts} state={state} onChange={onChange} />;
}
