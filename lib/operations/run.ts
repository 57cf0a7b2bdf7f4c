import type { AuditOutcome, AuditResult, BegunAct } from '../audit/entry';
import type { ClusterView } from '../topology/view';
import { askedStep, loopMsOf, planOf, type Target } from './plan';
import type {
  OperationRequest,
  OperationView,
  Outcome,
  OutcomeCode,
  RunState,
  SeenState,
  Step,
  StepCode,
} from './types';
import type { Wish } from './wish';

/**
 * An operation as a state machine:
 *
 *   recorded --> requested --> observing --> ended
 *       |            |             |
 *       +------------+-------------+--> ended (refused, failed, unknown)
 *
 * Pure: facts go in, the next run comes out. It is stored as it is, so that another process can go
 * on from it. From `requested` on, nothing may be sent again: only observing resolves it. What each
 * kind observes is in `follow.ts` and the files beside it.
 */
export interface Run {
  readonly view: OperationView;
  readonly wish: Wish;
  readonly seen: SeenState;
  /** Of the leader when it was decided; null when unknown. */
  readonly timelineBefore: number | null;
  /** Members that are asked one after the other; empty of what is asked for once. */
  readonly targets: readonly Target[];
  /** What was written to the configuration, once it was. */
  readonly written?: { readonly version: number; readonly zxid: string } | null;
  /** SHA-256 of what is to be written there: so it is known again after a lost answer. */
  readonly sha256?: string | null;
  /** Which settings that changes; null or absent: not known. */
  readonly changed?: readonly string[] | null;
  /** SHA-256 of what it gives those: so it is found again in what others write over it. */
  readonly valuesSha256?: string | null;
  /** Of a request that is to be taken back: its moment, and how long Patroni's loop is. */
  readonly due?: { readonly at: number; readonly loopMs: number };
  /** After this the outcome is unknown if nothing has shown it. */
  readonly deadline: number;
  /** Since when it is in doubt whether Patroni has taken it: it erred, or its answer is lost. */
  readonly erredAt?: number;
  /** A request that it may have left behind would have been seen by then. */
  readonly doubtUntil?: number;
  /** The act of the audit that it is; null or absent: it is none. */
  readonly act?: string | null;
  /** Its end was told as one that came later: see `AuditOutcome.resolves`. */
  readonly resolved?: boolean;
}

/** What Patroni's REST answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A run that has its record and nothing else. `patienceMs` bounds all of it. */
export function begin(
  request: Pick<OperationRequest, 'wish' | 'seen' | 'reason'>,
  cluster: ClusterView,
  start: {
    readonly id: string;
    readonly now: number;
    readonly patienceMs: number;
    readonly act?: BegunAct | null;
    readonly sha256?: string | null;
    readonly changed?: readonly string[] | null;
    readonly valuesSha256?: string | null;
  },
): Run {
  const { id, now, patienceMs, act = null } = start;
  const { sha256 = null, changed = null, valuesSha256 = null } = start;
  const { seen, reason } = request;
  const wish = withMoment(request.wish, cluster);
  const { title, from, to, steps, targets } = planOf(wish, seen, cluster);
  const view: OperationView = {
    ...{ id, kind: wish.kind, title, cluster: cluster.id, clusterName: cluster.name },
    ...{ from, to, reason, by: act?.by ?? null, cause: 'howdah', state: 'recorded' },
    holdsTurn: true,
    startedAt: now,
    steps: steps.map(([code, says]) => ({ code, says, at: null })),
    waiting: { says: 'one more look at the cluster', since: now, until: now + 10_000 },
    ...{ leaderlessMs: null, outageMs: null, outcome: null },
  };
  const run: Run = {
    ...{ view, wish, seen, targets, sha256, changed, valuesSha256, act: act?.id ?? null },
    ...dueOf(wish, cluster),
    timelineBefore: cluster.timeline,
    deadline: now + patienceMs,
  };
  return mark(run, 'recorded', now);
}

/** What is to be called off is what stands as it is asked for, and none that comes later. */
function withMoment(wish: Wish, { members }: ClusterView): Wish {
  if (wish.kind !== 'cancel-restart' || wish.at != null) return wish;
  const member = members.find(({ name }) => name === wish.member);
  return { ...wish, at: member?.scheduledRestart ?? null };
}

function dueOf(wish: Wish, cluster: ClusterView): Pick<Run, 'due'> {
  const at = Date.parse(cluster.request?.scheduledAt ?? '');
  if (wish.kind !== 'cancel-switchover' || Number.isNaN(at)) return {};
  return { due: { at, loopMs: loopMsOf(cluster) } };
}

/** Nothing may be sent before this has been stored; and nothing may be sent again after. */
export function requesting(run: Run, now: number): Run {
  if (run.view.state !== 'recorded') return run;
  return waiting(to(mark(run, 'rechecked', now), 'requested'), 'Patroni to take the request', now);
}

/** It may be asked in another way when the first one certainly led nowhere: the words follow. */
export function requested(run: Run, how: string, now: number): Run {
  const marked = mark(run, 'requested', now, how);
  const steps = marked.view.steps.map((step) =>
    step.code === 'requested' ? { ...step, says: how } : step,
  );
  const reworded = { ...marked, view: { ...marked.view, steps } };
  const what = run.view.from === null ? 'what comes of it' : `${run.view.from} to step down`;
  return waiting(to(reworded, 'observing'), what, now);
}

/** It was certainly not asked, though that was about to be: the steps don't say that it was. */
export function unasked(run: Run): Run {
  const open = run.targets.find(({ state }) => state === 'asking' || state === 'asked');
  const code = open ? askedStep(open.member) : 'requested';
  const steps = run.view.steps.map((step) => (step.code === code ? { ...step, at: null } : step));
  const targets = run.targets.map((one) =>
    one === open ? { ...one, state: 'waiting' as const } : one,
  );
  return run.view.outcome ? run : { ...run, targets, view: { ...run.view, steps } };
}

/** Not "status unknown", with which it may still stand, nor "failed to write". */
const TAKEN_AND_GONE = /^(?:switchover|failover) failed\.?$/i;

/** An answer of Patroni's REST. Only a clear refusal decides anything: the rest is observed. */
export function answered(run: Run, { status, text }: Answer, now: number): Run {
  if (run.view.outcome && run.view.outcome.code !== 'unknown')
    return mark(run, 'accepted', now, `Patroni answered: ${text}`);
  if (status >= 400 && status < 500) {
    return end(run, { code: 'refused', says: `Patroni refused (${status}): ${text}`, at: now });
  }
  const marked = mark(run, 'accepted', now, `Patroni answered (${status}): ${text}`);
  // By its own word Patroni had the request in ZooKeeper, and it is gone from there.
  if (status === 503 && TAKEN_AND_GONE.test(text)) {
    return mark(marked, 'request-seen', now, 'Patroni has held the request, by its own word');
  }
  const erred = status >= 500 && run.view.outcome === null && run.erredAt === undefined;
  return erred ? { ...marked, erredAt: now } : marked;
}

/** Whoever asked is gone, and what was answered with it. */
export const answerLost = (run: Run, now: number): Run =>
  seen(run, 'accepted') === null && run.view.outcome === null && run.erredAt === undefined
    ? { ...run, erredAt: now }
    : run;

/** The bound has passed, and nothing has shown what came of it. */
export function tooLate(run: Run, now: number): Run {
  return end(run, {
    code: 'unknown',
    says: 'It has taken too long to follow. What comes of it will be shown here.',
    at: now,
  });
}

/** Whether what is seen may still tell something of its outcome. */
export const isUndecided = ({ view: { outcome } }: Run): boolean =>
  outcome === null || outcome.code === 'unknown';

/** Ends a run. What has ended stays so; only an unknown outcome may be resolved. */
export function end(run: Run, outcome: Outcome): Run {
  if (!isUndecided(run)) return run;
  return { ...run, view: { ...run.view, state: 'ended', waiting: null, outcome } };
}

/** Ends a run for a reason that is known before Patroni had any part in it. */
export function endAs(run: Run, [code, says]: readonly [OutcomeCode, string], now: number): Run {
  return end(run, { code, says, at: now });
}

const results: Readonly<Record<OutcomeCode, AuditResult>> = {
  done: 'done',
  'done-other': 'done',
  refused: 'refused',
  failed: 'failed',
  unknown: 'unknown',
};

/**
 * What the audit is told once a run has become this; null: nothing, it was told, or it is no act.
 * `resumed`: another process began it, which may have told an end that it could not store.
 */
export function auditedEnd(
  before: Run,
  run: Run,
  { resumed }: { readonly resumed: boolean },
): AuditOutcome | null {
  const [was, is] = [before.view.outcome, run.view.outcome];
  if (is === null || is.code === was?.code || !run.act) return null;
  const resolved = results[is.code] !== 'unknown' && (resumed || was !== null);
  return toldEnd({ ...run, resolved });
}

/**
 * The end of a run as the audit was told it, or would have been; null: it has none, or is no act.
 * Whoever told it may have died with it in memory: told again, the same way, it is there once.
 */
export function toldEnd({
  act,
  view,
  written,
  resolved = false,
}: Pick<Run, 'act' | 'view' | 'written' | 'resolved'>): AuditOutcome | null {
  const { startedAt, outageMs, leaderlessMs, outcome: is } = view;
  if (is === null || !act) return null;
  const zxid = written?.zxid ?? null;
  const cost = { tookMs: is.at - startedAt, outageMs, leaderlessMs, ...(zxid ? { zxid } : {}) };
  return {
    ...{ id: act, at: is.at, result: results[is.code], says: is.says, cost },
    resolves: resolved,
  };
}

/** When a step was seen; null: not yet. */
export function seen(run: Run, code: StepCode): number | null {
  return run.view.steps.find((step) => step.code === code)?.at ?? null;
}

/** Notes a step, once: what was seen first stays. */
// biome-ignore lint/complexity/useMaxParams: a step is its code, its moment and its words
export function mark(run: Run, code: StepCode, at: number, says?: string): Run {
  if (seen(run, code) !== null) return run;
  const steps = run.view.steps.map(
    (step): Step => (step.code === code ? { code, says: says ?? step.says, at } : step),
  );
  return { ...run, view: { ...run.view, steps } };
}

const ORDER: readonly RunState[] = ['recorded', 'requested', 'observing', 'ended'];

/** An ended run stays so, and none goes back. */
export function to(run: Run, state: RunState): Run {
  if (run.view.outcome || ORDER.indexOf(state) < ORDER.indexOf(run.view.state)) return run;
  return { ...run, view: { ...run.view, state } };
}

/** What it waits for now. */
export function waiting(run: Run, says: string, now: number): Run {
  if (run.view.outcome || run.view.waiting?.says === says) return run;
  return { ...run, view: { ...run.view, waiting: { says, since: now, until: run.deadline } } };
}
