'use client';

import { Age } from '@/components/stream/age';
import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import type { ClusterView } from '@/lib/topology/view';

/** What is wrong, since when, and what to do: before any click. */
export function Problems({ view }: { view: ClusterView }) {
  const { problems } = view;
  return (
    <Panel
      id="problems"
      title={problems.length === 0 ? 'Problems' : `Problems (${problems.length})`}
    >
      {problems.length === 0 ? (
        <p className="flex items-center gap-2 p-4">
          <StateIcon state={view.health === 'good' ? 'good' : 'unknown'} mute />
          Nothing is known to be wrong.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {problems.map((problem) => (
            <li
              key={`${problem.code} ${problem.member}`}
              data-testid="problem"
              data-code={problem.code}
              data-severity={problem.severity}
              className="flex gap-3 px-4 py-3"
            >
              <StateIcon state={problem.severity} className="mt-0.5" />
              <div className="min-w-0">
                <p className="font-medium">{problem.says}</p>
                <p className="mt-0.5 text-muted">{problem.advice}</p>
                <p className="mt-0.5 text-xs text-muted">
                  first seen <Age at={problem.since} />
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
