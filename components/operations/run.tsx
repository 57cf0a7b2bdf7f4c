'use client';

import { CircleCheck, CircleDashed, CircleDot } from 'lucide-react';
import { useNow } from '@/components/stream/clock';
import { exactMoment, moment, wholeSeconds } from '@/components/stream/moment';
import { cn } from '@/components/ui/cn';
import { type State, StateIcon } from '@/components/ui/state-icon';
import type { OperationView, OutcomeCode, Step, ThroughProxy } from '@/lib/operations/types';
import { formatDuration } from '@/lib/units';

const outcomes: Record<OutcomeCode, { state: State; word: string }> = {
  done: { state: 'good', word: 'Done' },
  'done-other': { state: 'attention', word: 'Another member leads' },
  refused: { state: 'attention', word: 'Refused' },
  failed: { state: 'critical', word: 'Failed' },
  unknown: { state: 'unknown', word: 'Outcome unknown' },
};

const AFTERMATH_MS = 60_000;

/** A switchover step by step, each with its moment, as the server observed it. */
export function Run({ operation, fold }: { operation: OperationView; fold?: boolean }) {
  const { outcome } = operation;
  const next = outcome === null ? operation.steps.find((step) => step.at === null) : undefined;
  const now = useNow();
  // The old leader comes back, and Patroni answers, a little after the new one leads.
  const over = outcome !== null && now - outcome.at > AFTERMATH_MS;
  return (
    <div className="flex flex-col gap-3">
      <p>
        <Origin operation={operation} />
        <time
          dateTime={new Date(operation.startedAt).toISOString()}
          title={exactMoment(operation.startedAt)}
        >
          {moment(operation.startedAt)}
        </time>
        {operation.reason !== '' && (
          <>
            . {operation.cause === 'automatic' ? 'Cause' : 'Reason'}: {operation.reason}
          </>
        )}
      </p>
      {outcome !== null && (
        <p
          data-testid="run-outcome"
          data-code={outcome.code}
          role="status"
          className="flex gap-2 rounded-md border border-line-strong bg-sunken px-3 py-2"
        >
          <StateIcon state={outcomes[outcome.code].state} mute className="mt-0.5" />
          <span className="min-w-0">
            <strong>{outcomes[outcome.code].word}</strong> after{' '}
            {formatDuration(outcome.at - operation.startedAt)}. {outcome.says}
          </span>
        </p>
      )}
      {isLeadership(operation) && <Cost operation={operation} />}
      {operation.twoWriters !== undefined && (
        <p
          role="alert"
          className="flex gap-2 rounded-md border border-critical/50 bg-critical-soft px-3 py-2"
        >
          <StateIcon state="critical" mute className="mt-0.5" />
          <span className="min-w-0">
            {operation.twoWriters}: compare their data before you throw either away.
          </span>
        </p>
      )}
      <details open={!fold}>
        <summary className={cn('w-fit cursor-pointer text-muted', !fold && 'sr-only')}>
          {operation.steps.length} steps
        </summary>
        <ol aria-label="Steps" className="flex flex-col">
          {operation.steps.map((step) => (
            <StepLine
              key={step.code}
              step={step}
              startedAt={operation.startedAt}
              current={step === next}
              over={over}
            />
          ))}
        </ol>
      </details>
      {operation.waiting !== null && outcome === null && <Waiting waiting={operation.waiting} />}
    </div>
  );
}

/** Only what moves the leadership has this step. */
const isLeadership = ({ steps }: OperationView): boolean =>
  steps.some(({ code }) => code === 'leader-acquired');

/** Who asked for it: somebody here, somebody elsewhere, or nobody. */
function Origin({ operation: { cause, by } }: { operation: OperationView }) {
  switch (cause) {
    case 'howdah':
      return by == null ? <>Started </> : <>Started by {by}, </>;
    case 'request':
      return (
        <>
          <strong>Not by Howdah:</strong> somebody asked Patroni for it. Seen{' '}
        </>
      );
    default:
      return (
        <>
          <strong>Not by Howdah:</strong> nobody asked for it. Seen{' '}
        </>
      );
  }
}

function StepLine({
  step,
  startedAt,
  current,
  over,
}: {
  step: Step;
  startedAt: number;
  current: boolean;
  over: boolean;
}) {
  const seen = step.at !== null;
  const Icon = seen ? CircleCheck : current ? CircleDot : CircleDashed;
  return (
    <li
      data-testid="run-step"
      data-code={step.code}
      data-seen={seen}
      {...(current ? { 'aria-current': 'step' } : {})}
      className="flex items-baseline gap-3 border-b border-line py-1.5 last:border-0"
    >
      <Icon
        aria-hidden
        className={cn(
          'size-4 shrink-0 self-center',
          seen ? 'text-good' : current ? 'text-accent' : 'text-muted',
        )}
      />
      <span
        className={cn('min-w-0 flex-1', !seen && 'text-muted', current && 'font-medium text-ink')}
      >
        {step.says}
      </span>
      {step.at === null ? (
        <span className="shrink-0 text-sm text-muted">
          {over ? 'not seen' : current ? 'waiting' : 'to come'}
        </span>
      ) : (
        <span className="shrink-0 text-right text-sm">
          <time
            className="text-muted"
            dateTime={new Date(step.at).toISOString()}
            title={exactMoment(step.at)}
          >
            {moment(step.at)}
          </time>{' '}
          <span className="inline-block min-w-16">
            +{formatDuration(Math.max(0, step.at - startedAt))}
          </span>
        </span>
      )}
    </li>
  );
}

/** What it cost, as it was measured. */
function Cost({ operation }: { operation: OperationView }) {
  const { leaderlessMs, outageMs, steps } = operation;
  const taken = steps.some(({ code, at }) => code === 'leader-acquired' && at !== null);
  return (
    <dl className="grid w-fit grid-cols-[auto_auto] gap-x-4">
      <dt className="text-muted">Time without a leader</dt>
      <dd className="font-semibold" data-testid="leaderless">
        {leaderlessMs !== null
          ? formatDuration(leaderlessMs)
          : taken
            ? 'too short to be seen'
            : 'not measured yet'}
      </dd>
      <dt className="text-muted">Time without writes</dt>
      <dd className="font-semibold" data-testid="outage">
        {outageMs === null ? 'not measured yet' : `at most ${formatDuration(outageMs)}`}
        {operation.outageBy === 'writes' && (
          <span className="font-normal text-muted"> (by writes that were tried)</span>
        )}
      </dd>
      {operation.through !== undefined && (
        <>
          <dt className="text-muted">Writes through {operation.through.address}</dt>
          <dd className="font-semibold" data-testid="through">
            <Through through={operation.through} operation={operation} />
          </dd>
        </>
      )}
    </dl>
  );
}

/** What clients of the proxy saw. */
function Through({
  through,
  operation: { startedAt, outcome },
}: {
  through: ThroughProxy;
  operation: OperationView;
}) {
  const { backAt, outageMs, isOut } = through;
  if (isOut) return <>none is confirmed now</>;
  if (backAt === null) return <>{outcome === null ? 'none has failed yet' : 'never away'}</>;
  return (
    <>
      <time dateTime={new Date(backAt).toISOString()} title={exactMoment(backAt)}>
        back {formatDuration(Math.max(0, backAt - startedAt))} after the start
      </time>
      {outageMs !== null && (
        <span className="font-normal text-muted"> (away for {formatDuration(outageMs)})</span>
      )}
    </>
  );
}

function Waiting({ waiting }: { waiting: NonNullable<OperationView['waiting']> }) {
  const now = useNow();
  return (
    <p className="rounded-md border border-line bg-sunken px-3 py-2">
      Waiting for {waiting.says}{' '}
      <span className="text-muted">
        ({wholeSeconds(now - waiting.since)} of at most{' '}
        {wholeSeconds(waiting.until - waiting.since)})
      </span>
    </p>
  );
}
