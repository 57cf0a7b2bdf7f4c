'use client';

import { useStream } from '@/components/stream/use-stream';
import { Skeleton } from '@/components/ui/skeleton';
import { EnsemblePanel } from './ensemble-panel';
import { ProbingPanel } from './probing-panel';

/** What Howdah hears from ZooKeeper and asks of PostgreSQL, and whether it keeps up. */
export function ZookeeperPage() {
  const told = useStream((stream) => stream.hello !== null);
  const ensembles = useStream((stream) => stream.ensembles);
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <h1 className="sr-only">ZooKeeper</h1>
      {!told && <Loading />}
      {told && ensembles.length === 0 && <NoEnsemble />}
      {ensembles.map((ensemble) => (
        <EnsemblePanel key={ensemble.name} ensemble={ensemble} />
      ))}
      {told && <ProbingPanel />}
    </div>
  );
}

function Loading() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4">
      <p className="sr-only">Loading the ensembles</p>
      <Skeleton className="h-96 rounded-lg" />
      <Skeleton className="h-40 rounded-lg" />
    </div>
  );
}

function NoEnsemble() {
  return (
    <div className="flex max-w-2xl flex-col gap-3 rounded-lg border border-line bg-surface p-6">
      <h2 className="text-lg font-semibold">No ensemble is watched</h2>
      <p>
        Howdah finds clusters through ZooKeeper. Name an ensemble in{' '}
        <code className="font-mono">HOWDAH_ENSEMBLE</code>, as{' '}
        <code className="font-mono">host:port,host:port,host:port</code>, or in its configuration
        file, and start it again.
      </p>
    </div>
  );
}
