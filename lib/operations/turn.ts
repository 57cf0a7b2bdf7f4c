import { end, type Run } from './run';
import type { OperationKind, Wish } from './wish';

/** What a cluster's turn is taken by now. */
export interface Turn {
  /** Says what has to end first; null: nothing. */
  readonly running: string | null;
  /** Says what is not followed any more once this begins; null: nothing. */
  readonly leaving: string | null;
}

/** What can't wait for hours until a copy is there, or a member is back. */
const URGENT: ReadonlySet<OperationKind> = new Set(['failover', 'switchover', 'pause', 'resume']);

/** Who has the turn, as far as this wish is concerned. */
export function turnFor(wish: Wish, run: Run | null, now: number): Turn {
  if (run === null || run.view.state === 'ended') return { running: null, leaving: null };
  const { title } = run.view;
  return URGENT.has(wish.kind) && hasSentAll(run) && !mayStillMove(run, now)
    ? { running: null, leaving: title }
    : { running: title, leaving: null };
}

/** Nothing is to be sent any more: it is only waited for what comes of it. */
function hasSentAll({ view, targets }: Run): boolean {
  const open = targets.some(({ state }) => state === 'waiting' || state === 'asking');
  return view.state === 'observing' && !open;
}

/** What moves the leadership is over within this, or leads nowhere. */
const MOVES_MS = 60_000;

function mayStillMove({ view, wish }: Run, now: number): boolean {
  const moves = wish.kind === 'switchover' || wish.kind === 'failover';
  return moves && now - view.startedAt < MOVES_MS;
}

/** It goes on by itself, and nobody follows it any more. */
export function left(run: Run, title: string, now: number): Run {
  const says = `${title} was asked for meanwhile: what has come of this was not followed to its end.`;
  return end(run, { code: 'unknown', says, at: now });
}
