'use client';

import Link from 'next/link';
import { exactMoment, moment } from '@/components/stream/moment';
import { StateIcon } from '@/components/ui/state-icon';
import type { OperationView } from '@/lib/operations/types';
import { runHref } from './query';
import { costsOf, originOf, resultOf, titleOf } from './words';

/** When what was done by whom, what became of it, and what it cost. */
export function RunList({ runs }: { runs: readonly OperationView[] }) {
  return (
    <ol className="divide-y divide-line" aria-label="Operations, newest first">
      {runs.map((run) => (
        <RunRow key={run.id} run={run} />
      ))}
    </ol>
  );
}

function RunRow({ run }: { run: OperationView }) {
  const { state, word } = resultOf(run);
  const costs = costsOf(run);
  return (
    <li
      data-testid="run-row"
      data-run={run.id}
      data-outcome={run.outcome?.code ?? 'open'}
      className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1 px-4 py-2 md:grid-cols-[10.5rem_minmax(0,1fr)_10rem]"
    >
      <time
        className="text-sm text-muted"
        dateTime={new Date(run.startedAt).toISOString()}
        title={exactMoment(run.startedAt)}
      >
        {moment(run.startedAt)}
      </time>
      <div className="order-last col-span-2 min-w-0 md:order-none md:col-span-1">
        <p className="min-w-0 break-words">
          <Link
            href={runHref(run.cluster, run.id)}
            className="font-medium hover:text-accent hover:underline"
          >
            {titleOf(run)}
          </Link>
          <span className="text-muted">
            {run.cause === 'howdah' ? ' ' : ', '}
            {originOf(run)}
          </span>
        </p>
        {run.outcome !== null && <p className="text-sm text-muted">{run.outcome.says}</p>}
        {run.outcome === null && run.waiting !== null && (
          <p className="text-sm text-muted">Waiting for {run.waiting.says}</p>
        )}
        {costs.length > 0 && <p className="text-sm">{costs.join(', ')}</p>}
        {run.reason !== '' && (
          <p className="text-sm">
            {run.cause === 'automatic' ? `Cause: ${run.reason}` : `“${run.reason}”`}
          </p>
        )}
      </div>
      <span className="flex items-center justify-end gap-1.5 text-sm whitespace-nowrap">
        <StateIcon state={state} mute />
        {word}
      </span>
    </li>
  );
}
