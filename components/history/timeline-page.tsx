'use client';

import { X } from 'lucide-react';
import { useCallback, useDeferredValue, useRef } from 'react';
import { useShortcut } from '@/components/shell/shortcuts';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/input';
import { Panel } from '@/components/ui/panel';
import { SearchField } from '@/components/ui/search-field';
import { useQueryState } from '@/components/ui/use-query-state';
import { type Kind, kinds } from '@/lib/history/kinds';
import { clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import { type Cause, causes } from '@/lib/topology/event';
import { HistoryState } from './history-state';
import { formatTimelineQuery, parseTimelineQuery, type TimelineQuery } from './query';
import { Timeline } from './timeline';

const titles: Readonly<Record<Kind, string>> = {
  leadership: 'Leadership',
  members: 'Members',
  problems: 'Problems',
  configuration: 'Configuration',
  operations: 'Operations',
  clusters: 'Clusters that come and go',
  zookeeper: 'ZooKeeper itself',
};

const everything = { kind: null, search: '', cluster: null, member: null, cause: null };

/** What has happened, newest first, as far back as history is kept. */
export function TimelinePage() {
  const [query, setQuery] = useQueryState(parseTimelineQuery, formatTimelineQuery);
  // Typing stays quick: what is asked for follows.
  const deferred = useDeferredValue(query);
  const search = useRef<HTMLInputElement>(null);
  useShortcut(
    '/',
    useCallback(() => search.current?.select(), []),
  );
  const onMember = useCallback((member: string) => setQuery({ member }), [setQuery]);
  return (
    <div className="flex flex-col gap-3 p-3 sm:p-4">
      <h1 className="sr-only">Timeline</h1>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField
          ref={search}
          aria-label="Search what has happened"
          placeholder="Cluster, member or words"
          value={query.search}
          onChange={(event) => setQuery({ search: event.target.value })}
        />
        <KindSelect kind={query.kind} onChange={(kind) => setQuery({ kind })} />
        <CauseSelect cause={query.cause} onChange={(cause) => setQuery({ cause })} />
        {query.member !== null && (
          <Chip name={query.member} all="members" onDrop={() => setQuery({ member: null })} />
        )}
        {query.cluster !== null && (
          <ClusterChip id={query.cluster} onDrop={() => setQuery({ cluster: null })} />
        )}
      </div>
      <HistoryState />
      <Panel id="timeline" title="Timeline">
        <Timeline query={deferred} onShowAll={() => setQuery(everything)} onMember={onMember} />
      </Panel>
    </div>
  );
}

function KindSelect({
  kind,
  onChange,
}: {
  kind: TimelineQuery['kind'];
  onChange: (kind: TimelineQuery['kind']) => void;
}) {
  return (
    <Select
      aria-label="What happened"
      className="min-h-9"
      value={kind ?? ''}
      onChange={(event) => onChange(kinds.find((one) => one === event.target.value) ?? null)}
    >
      <option value="">Everything</option>
      {kinds.map((one) => (
        <option key={one} value={one}>
          {titles[one]}
        </option>
      ))}
    </Select>
  );
}

const causeTitles: Readonly<Record<Cause, string>> = {
  automatic: 'Automatic',
  request: 'Asked for elsewhere',
  howdah: 'By Howdah',
  unwatched: 'While nobody watched',
};

function CauseSelect({
  cause,
  onChange,
}: {
  cause: TimelineQuery['cause'];
  onChange: (cause: TimelineQuery['cause']) => void;
}) {
  return (
    <Select
      aria-label="Why it happened"
      className="min-h-9"
      value={cause ?? ''}
      onChange={(event) => onChange(causes.find((one) => one === event.target.value) ?? null)}
    >
      <option value="">Whatever the cause</option>
      {causes.map((one) => (
        <option key={one} value={one}>
          {causeTitles[one]}
        </option>
      ))}
    </Select>
  );
}

function ClusterChip({ id, onDrop }: { id: string; onDrop: () => void }) {
  const key = parseClusterId(id);
  return <Chip name={key ? clusterName(key) : id} all="clusters" onDrop={onDrop} />;
}

function Chip({ name, all, onDrop }: { name: string; all: string; onDrop: () => void }) {
  return (
    <Button size="sm" onClick={onDrop} aria-label={`Only ${name}. Show all ${all}`}>
      Only {name}
      <X aria-hidden className="size-4" />
    </Button>
  );
}
