'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { whyNotDone, whyNotShown } from '@/components/account/failures';
import { useMay } from '@/components/account/use-account';
import { useConnection } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Input } from '@/components/ui/input';
import { Skeleton } from '@/components/ui/skeleton';
import { onCluster } from '@/lib/access/who';
import type { OperationView, Preflight } from '@/lib/operations/types';
import type { OperationKind, Wish } from '@/lib/operations/wish';
import type { ClusterView } from '@/lib/topology/view';
import { formatDuration } from '@/lib/units';
import { Chooser, restartOf } from './chooser';
import { DangerDialog } from './danger-dialog';
import { decide, movedSince, obstacle, undecided, withCandidate } from './decision';
import { PastCosts } from './past-costs';
import { RuleList } from './rule-list';
import { Run } from './run';
import { SettingChanges } from './setting-changes';
import { useRun } from './use-operation';
import { dialogTitle } from './words';

export interface OperationDialogProps {
  readonly view: ClusterView;
  readonly kind: OperationKind;
  /** Whom it was opened for; null: nobody in particular. */
  readonly member?: string | null;
  /** What is wanted, where that is decided elsewhere: a configuration that was edited. */
  readonly wish?: Wish;
  /** Its head, where that says more than the kind. */
  readonly title?: string;
  /** On which version of the configuration that was decided. */
  readonly configVersion?: number;
  readonly onClose: () => void;
  readonly onStarted?: (operation: OperationView) => void;
}

/** Deciding on an operation, and then watching it: the same place on the screen. */
export function OperationDialog(props: OperationDialogProps) {
  const [started, setStarted] = useState<OperationView | null>(null);
  const { view, onClose } = props;
  if (started === null) {
    return (
      <Deciding
        {...props}
        onStarted={(operation) => {
          setStarted(operation);
          props.onStarted?.(operation);
        }}
      />
    );
  }
  return <Watching view={view} started={started} onClose={onClose} />;
}

function Watching({
  view,
  started,
  onClose,
}: {
  view: ClusterView;
  started: OperationView;
  onClose: () => void;
}) {
  const operation = useRun(view.id, started);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={operation.title} place="side" clear>
        <DialogDescription className="sr-only">
          It goes on whether or not this is open.
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
          <Button onClick={onClose}>Close</Button>
        </div>
      </DialogContent>
    </Dialog>
  );
}

function Deciding({
  view,
  kind,
  member = null,
  wish: given,
  configVersion,
  title = dialogTitle(kind, view.name),
  onClose,
  onStarted,
}: OperationDialogProps & { onStarted: (operation: OperationView) => void }) {
  const trpc = useTRPC();
  const reason = useId();
  const [decision, setDecision] = useState(() => {
    const who = member ?? onlyOne(kind, view);
    const first = undecided(kind, who, restartOf(view, who));
    return given ? { ...first, wish: given } : first;
  });
  // Who is suggested is who is chosen, and is judged as such, until somebody else is.
  const [suggested, setSuggested] = useState<string | null>(null);
  const wish = withCandidate(decision.wish, suggested);
  const mayNot = useMay(onCluster('operator'), view.id);
  const connected = useConnection((c) => c.phase === 'live' || c.phase === 'mending');
  const checks = useQuery(
    trpc.operations.preflight.queryOptions(
      { cluster: view.id, wish },
      {
        refetchInterval: 1000,
        refetchIntervalInBackground: false,
        gcTime: 0,
        // Another choice is judged within a moment: what was said of the last one stays till then.
        placeholderData: (before) => before,
      },
    ),
  );
  const start = useMutation(trpc.operations.start.mutationOptions({ onSuccess: onStarted }));
  const preflight = useLast(checks.data);
  if (preflight && preflight.suggested !== suggested) setSuggested(preflight.suggested);
  const moved = movedSince(decision, preflight, configVersion);
  const unchecked = checks.isError
    ? `The checks can’t be made now. ${whyNotShown(checks.error)}`
    : checks.data === undefined || checks.isPlaceholderData
      ? 'The checks are under way.'
      : null;
  // What was judged of another choice is shown for a moment; nothing is decided on it.
  const shown = checks.isPlaceholderData || checks.isError ? undefined : preflight;
  const change = (next: Wish) => {
    start.reset();
    setDecision(decide(decision, { is: 'wished', wish: next }, shown));
  };
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      danger={preflight?.danger ?? 'none'}
      consequence={
        preflight ? (
          <Consequence preflight={preflight} />
        ) : checks.isError ? (
          'What it comes to is not known.'
        ) : (
          'Checking…'
        )
      }
      phrase={decision.phrase ?? preflight?.phrase ?? null}
      typed={decision.typed}
      onTyped={(text) => setDecision(decide(decision, { is: 'typed', text }, shown))}
      verb={preflight?.verb ?? title}
      obstacle={
        mayNot ?? unchecked ?? obstacle(decision, preflight, { connected, moved: moved !== null })
      }
      pending={start.isPending}
      failure={start.error === null ? null : whyNotDone(start.error)}
      {...(kind.startsWith('cancel-') ? { dismiss: 'Leave it as it is' } : {})}
      notice={
        moved !== null && (
          <div
            role="alert"
            className="flex flex-col items-start gap-2 rounded-md border border-critical/50 bg-critical-soft px-3 py-2"
          >
            <p className="font-semibold">{view.name} has moved while you were deciding</p>
            <p>{moved}</p>
            {configVersion === undefined && (
              <Button
                size="sm"
                onClick={() => {
                  start.reset();
                  setDecision(decide(decision, { is: 'started-over' }, preflight));
                }}
              >
                Start over
              </Button>
            )}
          </div>
        )
      }
      onConfirm={() => {
        // What was typed while checks were under way is decided on what they have come to.
        const text = decision.typed;
        const {
          seen,
          typed: confirm,
          reason: why,
        } = decide(decision, { is: 'typed', text }, shown);
        if (seen === null) return;
        start.mutate({ cluster: view.id, wish, seen, confirm, reason: why });
      }}
    >
      {!preflight && checks.isPending && <Skeleton className="h-40 shrink-0" />}
      {preflight && (
        <>
          <Chooser view={view} wish={wish} preflight={preflight} onChange={change} />
          {preflight.changes && <SettingChanges changes={preflight.changes} />}
          <section aria-labelledby="checks-title" className="flex flex-col gap-2">
            <h3 id="checks-title" className="font-semibold">
              Checks of {view.name}
            </h3>
            <RuleList rules={preflight.rules} />
          </section>
          <Preview
            steps={preflight.preview}
            refused={preflight.rules.some(({ verdict }) => verdict === 'refuse')}
          />
          {(kind === 'switchover' || kind === 'failover') && <PastCosts id={view.id} kind={kind} />}
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

function Consequence({ preflight }: { preflight: Preflight }) {
  const { consequence, expectedOutageMs: expected } = preflight;
  if (expected === null) return consequence;
  const [low, high] = expected;
  return (
    <>
      {consequence} Expected:{' '}
      <strong className="whitespace-nowrap">
        {formatDuration(low)} to {formatDuration(high)}
      </strong>{' '}
      without writes.
    </>
  );
}

/** What there was last stays while there is nothing: a choice that can't be checked is not lost. */
function useLast<T>(now: T | undefined): T | undefined {
  const [last, setLast] = useState(now);
  if (now !== undefined && now !== last) setLast(now);
  return now ?? last;
}

/** Whom it can only be about. */
function onlyOne(kind: OperationKind, { members }: ClusterView): string | null {
  if (kind !== 'cancel-restart') return null;
  const scheduled = members.filter(({ scheduledRestart }) => scheduledRestart !== null);
  return scheduled.length === 1 ? (scheduled[0]?.name ?? null) : null;
}

function Preview({ steps, refused }: { steps: readonly string[]; refused: boolean }) {
  if (steps.length === 0) return null;
  return (
    <section aria-labelledby="preview-title" className="flex flex-col gap-2">
      <h3 id="preview-title" className="font-semibold">
        {refused ? 'What would happen' : 'What will happen'}
      </h3>
      <ol className="flex list-decimal flex-col gap-1 pl-6">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  );
}
