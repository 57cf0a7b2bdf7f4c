'use client';

import Link from 'next/link';
import { useEffect } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { HistoryState } from '@/components/history/history-state';
import { Run } from '@/components/operations/run';
import { pastHref } from '@/components/past/query';
import { useFollow } from '@/components/stream/use-stream';
import { Failed } from '@/components/ui/failed';
import { Panel } from '@/components/ui/panel';
import { Rows } from '@/components/ui/rows';
import { type ClusterId, clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import { runsHref } from './query';
import { type FoundRun, useRun } from './use-runs';
import { kindWord, originOf, titleOf } from './words';

/** One run by its own address: as it goes on, or as it went. */
export function RunPage({ id, run }: { id: ClusterId; run: string }) {
  useFollow(`cluster:${id}`);
  const found = useRun(id, run);
  const key = parseClusterId(id);
  const name = key ? clusterName(key) : id;
  const title = found.is === 'found' ? titleOf(found.run) : 'Operation';
  useEffect(() => {
    document.title = `${title} · ${name} · Howdah`;
  }, [title, name]);
  return (
    <div className="flex flex-col gap-4 p-3 sm:p-4">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold">
          {found.is === 'none' ? 'There is no such operation' : title}
        </h1>
        <p className="mt-1 flex flex-wrap gap-x-4 text-muted">
          <Link href={runsHref(id)} className="text-accent hover:underline">
            All operations on {name}
          </Link>
          <Link href={`/cluster/${id}`} className="text-accent hover:underline">
            {name} as it is now
          </Link>
          {found.is === 'found' && (
            <Link href={pastHref(id, found.run.startedAt)} className="text-accent hover:underline">
              {name} as it was when this began
            </Link>
          )}
        </p>
      </div>
      <Found found={found} name={name} run={run} />
    </div>
  );
}

function Found({ found, name, run }: { found: FoundRun; name: string; run: string }) {
  switch (found.is) {
    case 'loading':
      return <Rows says="Loading the operation" count={6} />;
    case 'failed':
      return (
        <>
          <HistoryState />
          <Failed says={whyNotShown(found.error)} again={found.again} />
        </>
      );
    case 'none':
      return (
        <>
          <p>
            Nothing is kept of an operation <span className="font-mono text-sm">{run}</span> on{' '}
            {name}. It may be older than history is kept for, or its address was cut off.
          </p>
          <HistoryState />
        </>
      );
    case 'found':
      return (
        <Panel
          id="run"
          title={kindWord(found.run.kind)}
          aside={
            <span className="text-sm text-muted" data-testid="run-source">
              {found.live ? 'live' : 'as it is kept'}, {originOf(found.run)}
            </span>
          }
        >
          <div className="p-4">
            <Run operation={found.run} />
          </div>
        </Panel>
      );
  }
}
