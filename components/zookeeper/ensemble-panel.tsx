'use client';

import { Activity } from 'lucide-react';
import { useMaySee } from '@/components/account/use-account';
import { judge } from '@/components/shell/ensemble';
import { NamespaceList, ServerList } from '@/components/shell/ensemble-lists';
import { Age, Elapsed } from '@/components/stream/age';
import { useNow } from '@/components/stream/clock';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import { onEverything } from '@/lib/access/who';
import type { EnsembleView } from '@/lib/stream/frames';
import { formatDuration } from '@/lib/units';
import { Lanes } from './lanes';
import { MarkedLink } from './marked-link';
import { type Pressure, pressureOf, readsPerSecond } from './pressure';
import { Tile, Tiles } from './tile';
import { formatCoalescing, formatRate } from './words';

/** One ensemble: who serves, and how what changes in it is read. */
export function EnsemblePanel({ ensemble }: { ensemble: EnsembleView }) {
  const verdict = judge(ensemble);
  const connected = ensemble.state === 'connected';
  return (
    <Panel
      id={`ensemble-${ensemble.name}`}
      title={
        <span className="flex items-center gap-2">
          <StateIcon state={verdict.state} mute />
          {ensemble.name}
        </span>
      }
      aside={
        <p className="text-sm text-muted">
          {connected ? `${verdict.says}, connected` : ensemble.state} for{' '}
          <Elapsed since={ensemble.since} />
        </p>
      }
    >
      {/* While it isn't connected the banner above says so. */}
      {connected && ensemble.says !== null && (
        <p className="flex gap-2 border-b border-line px-4 py-3">
          <StateIcon state={verdict.state} mute className="mt-0.5" />
          {ensemble.says}
        </p>
      )}
      <div className="grid xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className={cn('min-w-0', !connected && 'stale')}>
          <Flow ensemble={ensemble} />
          <Lanes lanes={ensemble.aggregator.lanes} />
        </div>
        <div className="min-w-0 border-t border-line xl:border-t-0 xl:border-l">
          <Servers ensemble={ensemble} />
          <MarkedLink ensemble={ensemble.name} />
        </div>
      </div>
    </Panel>
  );
}

const pressureWords: Record<Pressure['word'], string> = {
  calm: 'Calm',
  busy: 'Busy',
  behind: 'Behind',
  unknown: 'Unknown',
};

function Flow({ ensemble }: { ensemble: EnsembleView }) {
  const { aggregator } = ensemble;
  const pressure = pressureOf(ensemble, useNow());
  const connected = ensemble.state === 'connected';
  const { eventsPerSecond, coalescing, oldest, dirty } = aggregator;
  const reads = readsPerSecond(aggregator.lanes);
  return (
    <>
      <p
        className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-4 py-2.5"
        data-testid="pressure"
        data-pressure={pressure.word}
      >
        <Badge tone={pressure.word === 'busy' ? 'accent' : pressure.state}>
          {pressure.word === 'busy' ? (
            <Activity className="size-3" aria-hidden />
          ) : (
            <StateIcon state={pressure.state} mute className="size-3" />
          )}
          {pressureWords[pressure.word]}
        </Badge>
        {pressure.says}
      </p>
      <div className="border-b border-line">
        <Tiles>
          <Tile
            label="Watch events in"
            figure={formatRate(eventsPerSecond)}
            unit="/s"
            value={connected ? eventsPerSecond : null}
          />
          <Tile
            label="Znodes read"
            figure={formatRate(reads)}
            unit="/s"
            value={connected ? reads : null}
          />
          <Tile
            label="Coalescing"
            figure={formatCoalescing(coalescing)}
            unit={coalescing === null ? 'read lately' : 'changes a read'}
            value={connected ? coalescing : null}
            least={2}
          />
          <Tile
            label="Waiting to be read"
            figure={dirty.toLocaleString()}
            unit={dirty === 1 ? 'path' : 'paths'}
            value={connected ? dirty : null}
          />
        </Tiles>
      </div>
      <p className="flex gap-2 border-b border-line px-4 py-2.5 text-sm">
        <span className="shrink-0 text-muted">Waiting longest</span>
        {oldest === null ? (
          <NoneNamed />
        ) : (
          <>
            <span className="min-w-0 truncate font-mono" title={oldest.path}>
              {oldest.path}
            </span>
            <Age at={oldest.since} className="shrink-0 text-muted" />
          </>
        )}
      </p>
    </>
  );
}

/** Whoever sees some clusters alone isn't told which path waits: it may be another's. */
function NoneNamed() {
  const seesAll = useMaySee(onEverything('viewer'));
  return seesAll ? 'nothing' : 'is told to whoever sees all clusters';
}

function Servers({ ensemble }: { ensemble: EnsembleView }) {
  const { aggregator } = ensemble;
  const facts: readonly (readonly [string, string])[] = [
    ['Session timeout granted', formatDuration(ensemble.sessionTimeoutMs)],
    ['Longest it grants anybody', formatDuration(ensemble.maxSessionTimeoutMs)],
    ['Read since the last connection', ensemble.synced ? 'everything' : 'not everything yet'],
    ['Watch events since the start', aggregator.events.toLocaleString()],
    ['Znodes read since the start', aggregator.reads.toLocaleString()],
    ['In batches', aggregator.batches.toLocaleString()],
  ];
  return (
    <div className="flex flex-col gap-4 px-4 py-3 text-sm">
      <section aria-label={`Servers of ${ensemble.name}`}>
        <h3 className="text-sm text-muted">Servers</h3>
        <ServerList ensemble={ensemble} className="mt-1" />
      </section>
      <section aria-label={`Namespaces of ${ensemble.name}`}>
        <h3 className="text-sm text-muted">Namespaces</h3>
        <NamespaceList ensemble={ensemble} className="mt-1" />
      </section>
      <section aria-label={`Session with ${ensemble.name}`}>
        <h3 className="text-sm text-muted">Howdah’s sessions</h3>
        <dl className="mt-1 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
          {facts.map(([label, figure]) => (
            <div key={label} className="col-span-2 grid grid-cols-subgrid">
              <dt>{label}</dt>
              <dd className="text-right font-medium">{figure}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}
