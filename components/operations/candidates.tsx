'use client';

import { ArrowRight } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { Badge } from '@/components/ui/badge';
import { StateIcon } from '@/components/ui/state-icon';
import type { Preflight } from '@/lib/operations/types';
import type { ClusterView } from '@/lib/topology/view';
import { formatBytes, formatDuration } from '@/lib/units';
import { MemberChoice } from './member-choice';

/** Who could lead next. Who can't says why, instead of not being there. */
export function Candidates({
  preflight: { members, suggested },
  chosen,
  view,
  onPick,
}: {
  preflight: Preflight;
  chosen: string | null;
  view: ClusterView;
  onPick: (name: string) => void;
}) {
  if (members.length === 0) return <p className="text-muted">No member could take over.</p>;
  return (
    <RadioGroup.Root
      value={chosen ?? ''}
      onValueChange={onPick}
      aria-label="New leader"
      className="flex flex-col gap-1"
    >
      {members.map((candidate) => {
        const picked = candidate.name === chosen;
        return (
          <MemberChoice
            key={candidate.name}
            result={candidate}
            picked={picked}
            control={(id) => (
              <RadioGroup.Item
                id={id}
                value={candidate.name}
                disabled={candidate.verdict === 'refuse'}
                aria-describedby={`${id}-why`}
                className="mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded-full border-2 border-line-strong bg-surface disabled:border-dashed data-[state=checked]:border-accent"
              >
                <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
              </RadioGroup.Item>
            )}
          >
            {candidate.name === suggested && <Badge tone="accent">best choice</Badge>}
            <Lag name={candidate.name} view={view} />
          </MemberChoice>
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

/** From whom to whom. */
export function Ends({ from, to }: { from: string | null; to: string | null }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-end gap-3 rounded-md border border-line bg-sunken p-3">
      <div className="min-w-0">
        <p className="text-xs text-muted">
          {from === null ? 'Leads now' : 'Leads now, becomes a standby'}
        </p>
        <p className="truncate font-semibold" title={from ?? undefined}>
          {from ?? 'nobody'}
        </p>
      </div>
      <ArrowRight className="mb-0.5 size-4 text-muted" aria-label="hands over to" role="img" />
      <div className="min-w-0">
        <p className="text-xs text-muted">Leads then</p>
        <p
          className="flex min-w-0 items-center gap-1 truncate font-semibold"
          title={to ?? undefined}
        >
          {to ?? (
            <>
              <StateIcon state="unknown" mute /> not chosen
            </>
          )}
        </p>
      </div>
    </div>
  );
}
