'use client';

import { SlidersHorizontal, X } from 'lucide-react';
import { type Ref, useState } from 'react';
import { useFollow, useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Input, Select } from '@/components/ui/input';
import { SearchField } from '@/components/ui/search-field';
import { Segmented } from '@/components/ui/segmented';
import { auditActions } from '@/lib/audit/entry';
import { clusterWords } from './place';
import {
  type AuditPageQuery,
  type By,
  bys,
  everything,
  isNarrowed,
  type Narrowing,
  type Result,
  results,
} from './query';
import { Stretch } from './when';
import { resultWords } from './words';

const byLabels: Readonly<Record<By, string>> = {
  everyone: 'Everybody',
  howdah: 'Through Howdah',
  others: 'Not by Howdah',
};

/** All that narrows what is shown; all of it is in the address. */
export function Filters({
  query,
  setQuery,
  search,
}: Narrowing & { search: Ref<HTMLInputElement> }) {
  const [shown, setShown] = useState(false);
  const set = countOf(query);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          ref={search}
          aria-label="Search what was done, said or given as the reason"
          placeholder="Words, reasons"
          value={query.search}
          onChange={(event) => setQuery({ search: event.target.value })}
        />
        <Segmented
          label="By whom"
          value={query.by}
          choices={bys.map((value) => ({ value, label: byLabels[value] }))}
          onChange={(by) => setQuery({ by })}
        />
        {/* On a phone the rest would push the audit itself out of sight. */}
        <Button
          className="sm:hidden"
          aria-expanded={shown}
          aria-controls="audit-filters"
          onClick={() => setShown(!shown)}
        >
          <SlidersHorizontal className="size-4" aria-hidden />
          {set === 0 ? 'More filters' : `More filters (${set} set)`}
        </Button>
        {isNarrowed(query) && (
          <Button tone="quiet" size="sm" onClick={() => setQuery(everything)}>
            <X className="size-4" aria-hidden />
            Show everything
          </Button>
        )}
      </div>
      <div
        id="audit-filters"
        className={cn(
          'grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-center',
          !shown && 'max-sm:hidden',
        )}
      >
        <Input
          type="search"
          aria-label="Who did it"
          placeholder="Person or token"
          className="max-sm:col-span-2 sm:w-52"
          value={query.person}
          onChange={(event) => setQuery({ person: event.target.value })}
        />
        <Clusters query={query} setQuery={setQuery} />
        <Select
          aria-label="What was done"
          className="min-h-9 sm:max-w-52"
          value={query.action ?? ''}
          onChange={(event) =>
            setQuery({ action: (event.target.value || null) as AuditPageQuery['action'] })
          }
        >
          <option value="">Every act</option>
          {Object.entries(auditActions).map(([action, words]) => (
            <option key={action} value={action}>
              {words}
            </option>
          ))}
        </Select>
        <Select
          aria-label="What became of it"
          className="min-h-9"
          value={query.result ?? ''}
          onChange={(event) => setQuery({ result: (event.target.value || null) as Result | null })}
        >
          <option value="">Every outcome</option>
          {results.map((result) => (
            <option key={result} value={result}>
              {resultWords[result]}
            </option>
          ))}
        </Select>
        <Stretch query={query} setQuery={setQuery} />
      </div>
    </div>
  );
}

/** How many of those that a phone folds away are set. */
const countOf = ({ period, from, until, cluster, action, result, person }: AuditPageQuery) =>
  [period ?? from ?? until, cluster, action, result, person || null].filter((one) => one !== null)
    .length;

function Clusters({ query, setQuery }: Narrowing) {
  useFollow('fleet');
  const fleet = useStream((stream) => stream.fleet);
  const ids = [...fleet.keys()].sort((a, b) => clusterWords(a).localeCompare(clusterWords(b)));
  const { cluster } = query;
  // One that is gone is asked for all the same.
  const all = cluster === null || fleet.has(cluster) ? ids : [cluster, ...ids];
  return (
    <Select
      aria-label="Cluster"
      className="min-h-9 sm:max-w-52"
      value={cluster ?? ''}
      onChange={(event) => setQuery({ cluster: event.target.value || null })}
    >
      <option value="">Every cluster</option>
      {all.map((id) => (
        <option key={id} value={id}>
          {clusterWords(id)}
        </option>
      ))}
    </Select>
  );
}
