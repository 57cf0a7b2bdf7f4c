'use client';

import { Elapsed } from '@/components/stream/age';
import { useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { StateIcon } from '@/components/ui/state-icon';
import type { EnsembleView } from '@/lib/stream/frames';
import { formatDuration } from '@/lib/units';
import { judge } from './ensemble';
import { NamespaceList, ServerList } from './ensemble-lists';

/** ZooKeeper at a glance: each ensemble with how many of its servers serve. */
export function EnsembleStates() {
  const ensembles = useStream((stream) => stream.ensembles);
  return (
    <div className="flex items-center gap-1">
      {ensembles.map((ensemble) => (
        <Ensemble key={ensemble.name} ensemble={ensemble} />
      ))}
    </div>
  );
}

function Ensemble({ ensemble }: { ensemble: EnsembleView }) {
  const verdict = judge(ensemble);
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button
          tone="quiet"
          size="sm"
          data-testid="ensemble"
          data-ensemble={ensemble.name}
          data-state-is={ensemble.state}
          className="px-1.5"
        >
          <StateIcon state={verdict.state} mute />
          <span className="sr-only">ZooKeeper ensemble </span>
          <span className="max-w-32 truncate max-sm:sr-only">{ensemble.name}</span>
          <span className="text-muted">
            {verdict.serving}/{verdict.total}
          </span>
          <span className="sr-only">: {verdict.says}</span>
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" aria-label={`ZooKeeper ensemble ${ensemble.name}`}>
        <h2 className="flex items-center gap-2 font-semibold">
          <StateIcon state={verdict.state} mute />
          ZooKeeper ensemble {ensemble.name}
        </h2>
        <p className="mt-1">
          {verdict.says}, {ensemble.state} for <Elapsed since={ensemble.since} />.
        </p>
        {ensemble.says !== null && <p className="mt-1 text-muted">{ensemble.says}</p>}
        {!ensemble.synced && (
          <p className="mt-1 text-muted">Not everything has been read since the last connection.</p>
        )}
        <ServerList ensemble={ensemble} className="mt-3 border-y border-line text-sm" />
        <NamespaceList ensemble={ensemble} className="mt-3 text-sm" />
        <Figures ensemble={ensemble} />
      </PopoverContent>
    </Popover>
  );
}

function Figures({ ensemble }: { ensemble: EnsembleView }) {
  const { aggregator } = ensemble;
  const count = (n: number): string => n.toLocaleString();
  const figures: readonly (readonly [string, string])[] = [
    ['Session timeout granted', formatDuration(ensemble.sessionTimeoutMs)],
    ['Longest it grants anybody', formatDuration(ensemble.maxSessionTimeoutMs)],
    ['Watch events', count(aggregator.events)],
    ['Znodes read', count(aggregator.reads)],
    ['Batches', count(aggregator.batches)],
    ['Waiting to be read', count(aggregator.dirty)],
  ];
  return (
    <dl className="mt-3 grid grid-cols-[1fr_auto] gap-x-4 gap-y-0.5 border-t border-line pt-3 text-sm">
      {figures.map(([label, figure]) => (
        <div key={label} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-muted">{label}</dt>
          <dd className="text-right">{figure}</dd>
        </div>
      ))}
    </dl>
  );
}
