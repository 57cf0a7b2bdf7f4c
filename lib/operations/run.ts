import type { AuditOutcome, AuditResult, BegunAct } from '../audit/entry';
import type { ClusterView } from '../topology/view';
import { formatDuration } from '../units';
import type {
  OperationView,
  Outcome,
  OutcomeCode,
  RunState,
  SeenState,
  Step,
  StepCode,
  SwitchoverRequest,
} from './types';

/**
 * A switchover as a state machine:
 *
 *   recorded --> requested --> observing --> ended
 *       |            |             |
 *       +------------+-------------+--> ended (refused, failed, unknown)
 *
 * Pure: facts go in, the next run comes out. It is stored as it is, so that another process can go
 * on from it. From `requested` on, nothing may be sent again: only observing resolves it.
 */
export interface Run {
  readonly view: OperationView;
  readonly seen: SeenState;
  /** Of the leader when it was decided; null when unknown. */
  readonly timelineBefore: number | null;
  /** After this the outcome is unknown if nothing has shown it. */
  readonly deadline: number;
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

const STEPS: readonly (readonly [StepCode, string])[] = [
  ['recorded', 'The intent is recorded in ZooKeeper'],
  ['rechecked', 'The leader is still the one that was seen'],
  ['requested', 'Patroni has been asked'],
  ['request-seen', 'The request stands in ZooKeeper'],
  ['leader-released', 'The old leader has given the leadership up'],
  ['leader-acquired', 'A member has taken the leadership'],
  ['promoted', 'The new leader is primary'],
  ['timeline-advanced', 'The timeline has advanced'],
  ['request-cleared', 'The request is cleared'],
  ['accepted', 'Patroni has answered'],
  ['old-leader-back', 'The old leader is back as a standby'],
];

/** A run that has its record and nothing else. `patienceMs` bounds all of it. */
export function begin(
  request: SwitchoverRequest,
  cluster: ClusterView,
  start: {
    readonly id: string;
    readonly now: number;
    readonly patienceMs: number;
    readonly act?: BegunAct | null;
  },
): Run {
  const { id, now, patienceMs, act = null } = start;
  const view: OperationView = {
    id,
    kind: 'switchover',
    cluster: cluster.id,
    clusterName: cluster.name,
    from: request.seen.leader,
    to: request.candidate,
    reason: request.reason,
    by: act?.by ?? null,
    state: 'recorded',
    startedAt: now,
    steps: STEPS.map(([code, says]) => ({ code, says, at: null })),
    waiting: { says: 'Checking the leader once more', since: now, until: now + 10_000 },
    leaderlessMs: null,
    outageMs: null,
    outcome: null,
  };
  const run: Run = {
    view,
    seen: request.seen,
    timelineBefore: cluster.timeline,
    deadline: now + patienceMs,
    act: act?.id ?? null,
  };
  return mark(run, 'recorded', now);
}

/** Nothing may be sent before this has been stored; and nothing may be sent again after. */
export function requesting(run: Run, now: number): Run {
  return waiting(to(mark(run, 'rechecked', now), 'requested'), 'Asking Patroni', now);
}

/** It may be asked in another way when the first one certainly led nowhere: the words follow. */
export function requested(run: Run, how: string, now: number): Run {
  const marked = mark(run, 'requested', now, how);
  const steps = marked.view.steps.map((step) =>
    step.code === 'requested' ? { ...step, says: how } : step,
  );
  const reworded = { ...marked, view: { ...marked.view, steps } };
  return waiting(to(reworded, 'observing'), `${run.view.from} to step down`, now);
}

/** An answer of Patroni's REST. Only a clear refusal decides anything: the rest is observed. */
export function answered(run: Run, { status, text }: Answer, now: number): Run {
  if (run.view.outcome && run.view.outcome.code !== 'unknown')
    return mark(run, 'accepted', now, `Patroni answered: ${text}`);
  if (status >= 400 && status < 500) {
    return end(run, { code: 'refused', says: `Patroni refused (${status}): ${text}`, at: now });
  }
  return mark(run, 'accepted', now, `Patroni answered (${status}): ${text}`);
}

/** What the mirror shows now. May be called as often as one likes. */
export function observed(run: Run, cluster: ClusterView, now: number): Run {
  const { outcome } = run.view;
  // An unknown outcome is one that observing may still resolve.
  const afterwards = outcome !== null && outcome.code !== 'unknown';
  let next = run;
  if (outcome === null && next.view.state !== 'observing') return run;
  if (cluster.request && seen(next, 'request-seen') === null && !afterwards) {
    next = mark(next, 'request-seen', now);
  }
  next = leadership(next, cluster, now);
  const changed = seen(next, 'leader-acquired') !== null;
  if (!cluster.request && (changed || seen(next, 'request-seen') !== null)) {
    next = mark(next, 'request-cleared', now);
  }
  next = outage(next, cluster);
  if (!afterwards) next = judge(next, cluster, now);
  return changed ? oldLeader(next, cluster, now) : next;
}

function leadership(run: Run, cluster: ClusterView, now: number): Run {
  const { leader } = cluster;
  if (!leader) {
    const since = cluster.leaderlessSince ?? now;
    return waiting(mark(run, 'leader-released', since), 'a member to take the leadership', now);
  }
  if (leader.czxid === run.seen.leaderCzxid) return run;
  let next = run;
  if (seen(next, 'leader-acquired') === null) {
    const released = seen(next, 'leader-released');
    if (released === null) {
      next = mark(next, 'leader-released', now, 'The leadership changed hands between two looks');
    }
    next = mark(next, 'leader-acquired', now, `${leader.name} has taken the leadership`);
    // A gap that was not seen is not known, and not nothing.
    const leaderlessMs = released === null ? null : Math.max(0, now - released);
    next = { ...next, view: { ...next.view, leaderlessMs } };
    next = waiting(next, `${leader.name} to be promoted`, now);
  }
  const member = cluster.members.find((one) => one.name === leader.name);
  if (member?.role === 'primary' || (member?.probe.is === 'ok' && member.probe.writable)) {
    next = mark(next, 'promoted', now, `${leader.name} is primary`);
  } else if (cluster.mode.standbyCluster && member?.role === 'standby_leader') {
    next = mark(next, 'promoted', now, `${leader.name} is the standby leader`);
  }
  const { timelineBefore } = run;
  if (timelineBefore !== null && cluster.timeline !== null && cluster.timeline > timelineBefore) {
    next = mark(
      next,
      'timeline-advanced',
      now,
      `Timeline ${timelineBefore} became ${cluster.timeline}`,
    );
  }
  return next;
}

/** The last look at the old primary may be this old when the run starts. */
const OWN_OUTAGE_MS = 30_000;

function outage(run: Run, { lastOutage }: ClusterView): Run {
  const { startedAt, outageMs } = run.view;
  if (!lastOutage || outageMs !== null || lastOutage.endedAt < startedAt) return run;
  // One that began long before is another one's.
  if (lastOutage.startedAt < startedAt - OWN_OUTAGE_MS) return run;
  return { ...run, view: { ...run.view, outageMs: lastOutage.endedAt - lastOutage.startedAt } };
}

/**
 * A request that is gone while the old leader stands may be seen so for a moment in the best of
 * switchovers: leader and request are two znodes, read one by one. Only what lasts decides.
 */
export const DROPPED_MS = 2000;

/** When a run is worth another look though nothing may have changed; null: no need. */
export function settlesAt(run: Run): number | null {
  if (run.view.outcome) return null;
  const cleared = seen(run, 'request-cleared');
  return cleared === null || seen(run, 'leader-acquired') !== null ? null : cleared + DROPPED_MS;
}

/** Success needs a new leadership, the right name, its promotion and a new timeline. */
function judge(run: Run, cluster: ClusterView, now: number): Run {
  const { leader } = cluster;
  const promoted = seen(run, 'promoted') !== null;
  // A standby cluster's timeline is its upstream's: it does not advance by a switchover.
  const advanced =
    seen(run, 'timeline-advanced') !== null ||
    run.timelineBefore === null ||
    cluster.mode.standbyCluster;
  if (leader && promoted && leader.name === run.view.from && cluster.request === null) {
    const says = `${leader.name} has taken the leadership again: nothing was switched over.`;
    return end(run, { code: 'failed', says, at: now });
  }
  if (leader && promoted && advanced) {
    const took = cost(run);
    return leader.name.toLowerCase() === run.view.to.toLowerCase()
      ? end(run, { code: 'done', says: `${leader.name} leads ${cluster.name}${took}.`, at: now })
      : end(run, {
          code: 'done-other',
          says: `${leader.name} leads ${cluster.name}, not ${run.view.to} as asked${took}.`,
          at: now,
        });
  }
  const clearedAt = cluster.request === null ? seen(run, 'request-cleared') : null;
  const lasts = clearedAt !== null && now - clearedAt >= DROPPED_MS;
  if (lasts && leader?.czxid === run.seen.leaderCzxid) {
    const answer = run.view.steps.find((step) => step.code === 'accepted' && step.at !== null);
    return end(run, {
      code: 'failed',
      says: `Patroni dropped the request and ${leader.name} still leads${answer ? `. ${answer.says}` : ''}.`,
      at: now,
    });
  }
  return run;
}

/** What it cost, as far as it has been measured. */
function cost({ view: { leaderlessMs, outageMs } }: Run): string {
  if (outageMs !== null) return `; nobody accepted writes for at most ${formatDuration(outageMs)}`;
  return leaderlessMs === null ? '' : `; ${formatDuration(leaderlessMs)} without a leader`;
}

function oldLeader(run: Run, cluster: ClusterView, now: number): Run {
  const member = cluster.members.find((one) => one.name === run.view.from);
  const back =
    member?.presence.is === 'present' &&
    !member.isLeader &&
    member.role === 'replica' &&
    (member.upstream?.state === 'streaming' || member.probe.is !== 'ok') &&
    member.state === 'running';
  return back ? mark(run, 'old-leader-back', now, `${member.name} is back as a standby`) : run;
}

/** The bound has passed: what is visible now decides, and what is not visible is called unknown. */
export function overdue(run: Run, cluster: ClusterView | null, now: number): Run {
  if (run.view.outcome || now < run.deadline) return run;
  const { from } = run.view;
  if (cluster && !cluster.request && cluster.leader?.czxid === run.seen.leaderCzxid) {
    return end(run, {
      code: 'failed',
      says: `Nothing came of it: ${from} still leads and no request is pending.`,
      at: now,
    });
  }
  return end(run, {
    code: 'unknown',
    says: cluster?.request
      ? 'It has taken too long to follow: Patroni still holds the request. What comes of it will be shown here.'
      : 'It has taken too long to follow. What comes of it will be shown here; look at the leader and its timeline.',
    at: now,
  });
}

/** Ends a run. What has ended stays so; only an unknown outcome may be resolved. */
export function end(run: Run, outcome: Outcome): Run {
  if (run.view.outcome !== null && run.view.outcome.code !== 'unknown') return run;
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
  { act, view }: Run,
  { resumed }: { readonly resumed: boolean },
): AuditOutcome | null {
  const [was, is] = [before.view.outcome, view.outcome];
  if (is === null || is.code === was?.code || !act) return null;
  const resolves = results[is.code] !== 'unknown' && (resumed || was !== null);
  return toldEnd({ view, act, resolved: resolves });
}

/**
 * The end of a run as the audit was told it, or would have been; null: it has none, or is no act.
 * Whoever told it may have died with it in memory: told again, the same way, it is there once.
 */
export function toldEnd({
  act,
  view,
  resolved = false,
}: Pick<Run, 'act' | 'view' | 'resolved'>): AuditOutcome | null {
  const { startedAt, outageMs, leaderlessMs, outcome: is } = view;
  if (is === null || !act) return null;
  const cost = { tookMs: is.at - startedAt, outageMs, leaderlessMs };
  return {
    ...{ id: act, at: is.at, result: results[is.code], says: is.says, cost },
    resolves: resolved,
  };
}

function seen(run: Run, code: StepCode): number | null {
  return run.view.steps.find((step) => step.code === code)?.at ?? null;
}

// biome-ignore lint/complexity/useMaxParams: a step is its code, its moment and its words
function mark(run: Run, code: StepCode, at: number, says?: string): Run {
  const steps = run.view.steps.map(
    (step): Step =>
      step.code === code && step.at === null ? { code, says: says ?? step.says, at } : step,
  );
  return { ...run, view: { ...run.view, steps } };
}

/** An ended run stays so. */
function to(run: Run, state: RunState): Run {
  if (run.view.outcome) return run;
  return { ...run, view: { ...run.view, state } };
}

function waiting(run: Run, says: string, now: number): Run {
  if (run.view.outcome || run.view.waiting?.says === says) return run;
  return { ...run, view: { ...run.view, waiting: { says, since: now, until: run.deadline } } };
}
