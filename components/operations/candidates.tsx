'use client';

import { RadioGroup } from 'radix-ui';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { StateIcon } from '@/components/ui/state-icon';
import type { CandidateResult } from '@/lib/operations/types';
import type { ClusterView } from '@/lib/topology/view';
import { formatBytes, formatDuration } from '@/lib/units';
import { RuleList, verdictStates } from './rule-list';

/** Who could lead next. Who can't says why, instead of not being there. */
export function Candidates({
  candidates,
  suggested,
  chosen,
  view,
  onPick,
}: {
  candidates: readonly CandidateResult[];
  suggested: string | null;
  chosen: string | null;
  view: ClusterView;
  onPick: (name: string) => void;
}) {
  return (
    <RadioGroup.Root
      value={chosen ?? ''}
      onValueChange={onPick}
      aria-label="New leader"
      className="flex flex-col gap-1"
    >
      {candidates.map((candidate) => {
        const off = candidate.verdict === 'refuse';
        const picked = candidate.name === chosen;
        const id = `candidate ${candidate.name}`;
        return (
          <div
            key={candidate.name}
            className={cn(
              'flex gap-3 rounded-md border border-line px-3 py-2',
              picked && 'border-accent bg-accent-soft',
              off && 'bg-sunken',
            )}
          >
            <RadioGroup.Item
              id={id}
              value={candidate.name}
              disabled={off}
              aria-describedby={`${id} why`}
              className="mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded-full border-2 border-line-strong bg-surface disabled:border-dashed data-[state=checked]:border-accent"
            >
              <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
            </RadioGroup.Item>
            <div className="min-w-0 flex-1">
              <label htmlFor={id} className="flex flex-wrap items-center gap-x-2">
                <span className="min-w-0 font-semibold">{candidate.name}</span>
                {candidate.name === suggested && <Badge tone="accent">best choice</Badge>}
                <Lag name={candidate.name} view={view} />
              </label>
              <div id={`${id} why`} className="text-sm">
                {candidate.says !== '' && (
                  <p className="flex gap-1.5">
                    <StateIcon
                      state={verdictStates[candidate.verdict]}
                      mute
                      className="mt-1 size-3"
                    />
                    <span className="min-w-0">{candidate.says}</span>
                  </p>
                )}
              </div>
              {picked && candidate.rules.length > 0 && (
                <details className="mt-1 text-sm">
                  <summary className="w-fit cursor-pointer text-muted">
                    {candidate.rules.length} checks of {candidate.name}
                  </summary>
                  <div className="mt-1">
                    <RuleList rules={candidate.rules} />
                  </div>
                </details>
              )}
            </div>
          </div>
        );
      })}
    </RadioGroup.Root>
  );
}

function Lag({ name, view }: { name: string; view: ClusterView }) {
  const lag = view.members.find((member) => member.name === name)?.lag;
  if (!lag) return <span className="ml-auto text-sm text-muted">lag unknown</span>;
  return (
    <span className="ml-auto text-sm text-muted">
      {lag.replayBytes === null ? 'lag unknown' : `${formatBytes(lag.replayBytes)} behind`}
      {lag.replayMs !== null && `, ${formatDuration(lag.replayMs)}`}
    </span>
  );
}
