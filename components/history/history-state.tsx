'use client';

import { Elapsed } from '@/components/stream/age';
import { exactMoment, moment } from '@/components/stream/moment';
import { useStream } from '@/components/stream/use-stream';
import { cn } from '@/components/ui/cn';
import { StateIcon } from '@/components/ui/state-icon';
import type { DiskView, HistoryTold } from '@/lib/history/history';
import { formatBytes } from '@/lib/units';
import { diskSays, isOverBudget } from './disk';

/**
 * Where history is kept, and since when it is not, if it isn't. Among the children of a column: with
 * nothing amiss it goes below them all, so that what is shown already does not move once it is told.
 */
export function HistoryState() {
  const history = useStream((stream) => stream.history);
  if (history === null) return null;
  return (
    <div
      data-testid="history-state"
      data-state={history.state}
      className={cn('flex flex-col gap-1', isWell(history) && 'order-last')}
    >
      <Verdict history={history} />
      {history.disk && history.state === 'ready' && <Disk disk={history.disk} />}
      {history.losing && <Losing history={history} />}
      {history.samples !== null && history.samples.lost > 0 && (
        <Line health="attention">
          {history.samples.lost.toLocaleString()} samples of lag were given up since Howdah was
          started: there was no room for them while the history was away.
        </Line>
      )}
    </div>
  );
}

const isWell = ({ state, disk, losing, samples }: HistoryTold): boolean =>
  state === 'ready' && !losing && !(samples?.lost ?? 0) && !(disk && isOverBudget(disk));

function Verdict({ history }: { history: HistoryTold }) {
  const { state, since, says, server, waiting } = history;
  switch (state) {
    case 'off':
      return (
        <Line health="unknown">
          Howdah was told to keep no history: unset <code className="font-mono">HOWDAH_STORE</code>{' '}
          to have one.
        </Line>
      );
    case 'starting':
      return (
        <Line health="unknown">
          The history is being opened, for <Elapsed since={since} />.
        </Line>
      );
    case 'ready':
      return history.standby === null ? (
        <Line health="good">{server === null ? 'The history is kept.' : `Kept in ${server}.`}</Line>
      ) : (
        <Line health="good">
          Kept in {server} by {history.standby}; this one stands by.
        </Line>
      );
    case 'away':
      return (
        <Line health="attention">
          The history is away since{' '}
          <time dateTime={new Date(since).toISOString()} title={exactMoment(since)}>
            {moment(since)}
          </time>
          . {says} {waiting !== null && waitingSays(waiting)}
        </Line>
      );
  }
}

const waitingSays = (waiting: NonNullable<HistoryTold['waiting']>): string =>
  `${waiting.records.toLocaleString()} records wait ${
    waiting.mostBytes === 0
      ? 'in memory.'
      : `on disk (${formatBytes(waiting.bytes)} of ${formatBytes(waiting.mostBytes)}).`
  }`;

function Disk({ disk }: { disk: DiskView }) {
  const isOver = isOverBudget(disk);
  return (
    <Line health={isOver ? 'attention' : 'good'}>
      {diskSays(disk)}
      {isOver && ' Nothing more of it may be dropped yet.'}
    </Line>
  );
}

function Losing({ history: { losing } }: { history: HistoryTold }) {
  if (!losing) return null;
  return (
    <Line health="critical">
      Events of {moment(losing.from)} to {moment(losing.until)} are lost
      {losing.lost === null ? '' : `, ${losing.lost.toLocaleString()} so far`}: there was no room
      for them, or the history refused them.
    </Line>
  );
}

function Line({
  health,
  children,
}: {
  health: 'good' | 'attention' | 'critical' | 'unknown';
  children: React.ReactNode;
}) {
  return (
    <p className="flex items-start gap-2 text-sm text-muted">
      <StateIcon state={health} className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
