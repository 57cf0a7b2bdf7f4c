'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { useId, useState } from 'react';
import { useConnection } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Input } from '@/components/ui/input';
import { Skeleton } from '@/components/ui/skeleton';
import { StateIcon } from '@/components/ui/state-icon';
import type { OperationView, SwitchoverPreflight } from '@/lib/operations/types';
import type { ClusterView } from '@/lib/topology/view';
import { formatDuration } from '@/lib/units';
import { Candidates } from './candidates';
import { DangerDialog } from './danger-dialog';
import { decide, movedSince, obstacle, undecided } from './decision';
import { RuleList } from './rule-list';
import { Run } from './run';
import { useOperation } from './use-operation';

interface DialogProps {
  readonly view: ClusterView;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Deciding on a switchover, and then watching it: the same place on the screen. */
export function SwitchoverDialog({ view, open, onOpenChange }: DialogProps) {
  const [started, setStarted] = useState<OperationView | null>(null);
  const told = useOperation(view.id);
  if (started !== null) {
    const operation = told?.id === started.id ? told : started;
    return (
      <Dialog open={open} onOpenChange={onOpenChange}>
        <DialogContent title={`Switchover of ${view.name}`} place="side" clear>
          <DialogDescription className="sr-only">
            The switchover goes on whether or not this is open.
          </DialogDescription>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">
            <Run operation={operation} />
          </div>
          <div className="flex items-center justify-between gap-3 border-t border-line p-4">
            <p className="text-sm text-muted">
              {operation.outcome === null
                ? 'It goes on by itself: this can be closed.'
                : 'It stays on the page of the cluster for a while.'}
            </p>
            <Button onClick={() => onOpenChange(false)}>Close</Button>
          </div>
        </DialogContent>
      </Dialog>
    );
  }
  return <Deciding view={view} open={open} onOpenChange={onOpenChange} onStarted={setStarted} />;
}

function Deciding({
  view,
  open,
  onOpenChange,
  onStarted,
}: DialogProps & { onStarted: (operation: OperationView) => void }) {
  const trpc = useTRPC();
  const reason = useId();
  const [decision, setDecision] = useState(undecided);
  const connected = useConnection((c) => c.phase === 'live' || c.phase === 'mending');
  const checks = useQuery(
    trpc.switchover.preflight.queryOptions(
      { cluster: view.id },
      { enabled: open, refetchInterval: 1000, refetchIntervalInBackground: false, gcTime: 0 },
    ),
  );
  const start = useMutation(trpc.switchover.start.mutationOptions({ onSuccess: onStarted }));
  const preflight = checks.data;
  const seen = decision.seen ?? preflight?.seen ?? null;
  const candidate = decision.candidate ?? preflight?.suggested ?? null;
  const moved = decision.seen && preflight ? movedSince(decision.seen, preflight.seen) : [];
  const unchecked = checks.isError
    ? `The checks can't be repeated now: ${checks.error.message}`
    : null;
  const name = preflight?.clusterName ?? view.name;

  return (
    <DangerDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Switch ${name} over`}
      consequence={<Consequence name={name} preflight={preflight} />}
      name={name}
      typed={decision.typed}
      onTyped={(text) => setDecision(decide(decision, { is: 'typed', text }, preflight))}
      verb={candidate === null ? `Switch ${name} over` : `Switch ${name} over to ${candidate}`}
      obstacle={unchecked ?? obstacle(decision, preflight, connected)}
      pending={start.isPending}
      failure={start.error === null ? null : start.error.message}
      notice={
        moved.length > 0 && (
          <div
            role="alert"
            className="flex flex-col items-start gap-2 rounded-md border border-critical/50 bg-critical-soft px-3 py-2"
          >
            <p className="font-semibold">{name} has moved while you were deciding</p>
            {moved.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
            <Button
              size="sm"
              onClick={() => {
                start.reset();
                setDecision(decide(decision, { is: 'started-over' }, preflight));
              }}
            >
              Start over
            </Button>
          </div>
        )
      }
      onConfirm={() => {
        if (seen === null || candidate === null) return;
        start.mutate({
          cluster: view.id,
          candidate,
          seen,
          confirm: decision.typed,
          reason: decision.reason,
        });
      }}
    >
      <Ends from={seen?.leader ?? null} to={candidate} />
      {!preflight && checks.isPending && <Skeleton className="h-40 shrink-0" />}
      {preflight && (
        <>
          <section aria-labelledby="choose-title" className="flex flex-col gap-2">
            <h3 id="choose-title" className="font-semibold">
              New leader
            </h3>
            {preflight.candidates.length === 0 ? (
              <p className="text-muted">No member could take over.</p>
            ) : (
              <Candidates
                candidates={preflight.candidates}
                suggested={preflight.suggested}
                chosen={candidate}
                view={view}
                onPick={(name_) =>
                  setDecision(decide(decision, { is: 'picked', candidate: name_ }, preflight))
                }
              />
            )}
          </section>
          <section aria-labelledby="checks-title" className="flex flex-col gap-2">
            <h3 id="checks-title" className="font-semibold">
              Checks of {name}
            </h3>
            <RuleList rules={preflight.rules} />
          </section>
          <section aria-labelledby="preview-title" className="flex flex-col gap-2">
            <h3 id="preview-title" className="font-semibold">
              What will happen
            </h3>
            <ol className="flex list-decimal flex-col gap-1 pl-6">
              {preflight.preview.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </section>
        </>
      )}
      <div className="flex flex-col gap-1">
        <label htmlFor={reason} className="font-semibold">
          Reason <span className="font-normal text-muted">(kept with the record)</span>
        </label>
        <Input
          id={reason}
          value={decision.reason}
          maxLength={500}
          spellCheck
          onChange={(event) =>
            setDecision(decide(decision, { is: 'reasoned', text: event.target.value }, preflight))
          }
        />
      </div>
    </DangerDialog>
  );
}

function Consequence({
  name,
  preflight,
}: {
  name: string;
  preflight: SwitchoverPreflight | undefined;
}) {
  if (!preflight) return <>Writes to {name} stop while the leader changes.</>;
  const [low, high] = preflight.expectedOutageMs;
  return (
    <>
      {name} will accept no writes for about{' '}
      <strong className="whitespace-nowrap">
        {formatDuration(low)} to {formatDuration(high)}
      </strong>
      , and connections to the old leader are closed.
    </>
  );
}

function Ends({ from, to }: { from: string | null; to: string | null }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-end gap-3 rounded-md border border-line bg-sunken p-3">
      <div className="min-w-0">
        <p className="text-xs text-muted">Leads now, becomes a standby</p>
        <p className="truncate font-semibold" title={from ?? undefined}>
          {from ?? 'no leader'}
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
