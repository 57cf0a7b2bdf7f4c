import type { ClusterView, MemberView } from '../topology/view';
import { askedStep, doneStep, listed, loopMsOf, sinceOf, type Target } from './plan';
import { moment } from './rules/words';
import { type Answer, end, isUndecided, mark, type Run, waiting } from './run';
import type { OperationKind } from './wish';

/** What Patroni has answered with a failure may still be seen to have been done for so long. */
export const ANSWER_SETTLES_MS = 5000;

/** Stored before this member is asked: from here on it is not asked again. */
export function askingTarget(
  run: Run,
  member: string,
  by: { readonly now: number; readonly until: number; readonly before: number | null },
): Run {
  const { now, until, before } = by;
  const next = withTarget(run, member, { state: 'asking', askedAt: now, until, before });
  return waiting(observing(next), `${member} to take the request`, now);
}

/** It may have been asked, or has been. `how` says it where it is not sure. */
export function askedTarget(run: Run, member: string, by: { now: number; how?: string }): Run {
  const marked = mark(run, askedStep(member), by.now, by.how);
  return waiting(
    withTarget(marked, member, { state: 'asked' }),
    `${member} to have done it`,
    by.now,
  );
}

/** Patroni's answer. A clear refusal ends it for this member; all else is observed. */
export function answeredTarget(run: Run, member: string, by: Answer & { now: number }): Run {
  const { now, status, text } = by;
  const target = run.targets.find((one) => one.member === member);
  if (target?.state !== 'asked') return run;
  const next = withTarget(run, member, { answer: { status, text, at: now } });
  if (status >= 400 && status < 500) {
    return failTarget(next, member, {
      ...{ now, refused: true },
      says: `Patroni on ${member} refused (${status}): ${text}`,
    });
  }
  return next;
}

/** It was not done on this member, and those after it are not asked. */
export function failTarget(
  run: Run,
  member: string,
  by: { readonly now: number; readonly says: string; readonly refused?: boolean },
): Run {
  const failed = withTarget(run, member, { state: 'failed' });
  const step = doneStep(member);
  const steps = failed.view.steps.map((one) =>
    one.code === step ? { ...one, says: by.says } : one,
  );
  const refused = inState(failed, 'done').length === 0 && by.refused === true;
  const says = `${by.says}.${before(failed)}${after(failed)}`;
  return end(
    { ...failed, targets: leftAlone(failed), view: { ...failed.view, steps } },
    { code: refused ? 'refused' : 'failed', says, at: by.now },
  );
}

/** Something has moved: nobody is asked any more, and what was done before is said. */
export function stopAsking(run: Run, moved: string, now: number): Run {
  if (run.view.outcome) return run;
  const done = inState(run, 'done');
  if (done.length === 0) {
    return end(
      { ...run, targets: leftAlone(run) },
      { code: 'refused', says: `Nothing was sent: ${moved}`, at: now },
    );
  }
  const says = `Done on ${listed(done)}. Nothing more was sent: ${moved}`;
  return end({ ...run, targets: leftAlone(run) }, { code: 'failed', says, at: now });
}

const inState = ({ targets }: Run, wanted: Target['state']): readonly string[] =>
  targets.filter(({ state }) => state === wanted).map(({ member }) => member);

/** Whoever was not asked is not asked any more. */
const leftAlone = ({ targets }: Run): readonly Target[] =>
  targets.map((one) => (one.state === 'waiting' ? { ...one, state: 'skipped' as const } : one));

function before(run: Run): string {
  const done = inState(run, 'done');
  return done.length > 0 ? ` Done on ${listed(done)} before.` : '';
}

function after(run: Run): string {
  const left = inState(run, 'waiting');
  return left.length > 0 ? ` ${notAsked(left)}.` : '';
}

const notAsked = (names: readonly string[]): string =>
  `${listed(names)} ${names.length === 1 ? 'was' : 'were'} not asked`;

/** Follows what members were asked for, one after the other. */
export function followMembers(run: Run, cluster: ClusterView, now: number): Run {
  if (!isUndecided(run)) return run;
  let next = run;
  for (const target of run.targets) {
    if (target.state !== 'asked' && target.state !== 'unknown') continue;
    const member = cluster.members.find((one) => one.name === target.member);
    next = followOne(next, target, { member, cluster, now });
    if (!isUndecided(next)) return next;
  }
  const { targets } = next;
  const over = targets.every(({ state }) => state === 'done' || state === 'skipped');
  if (targets.length === 0 || !over) return next;
  if (inState(next, 'skipped').length > 0) return overWith(next, now);
  return end(next, { code: 'done', says: doneWords(next, cluster), at: now });
}

/** Nobody is waited for, and some were not asked. */
function overWith(run: Run, now: number): Run {
  const next = { ...run, targets: leftAlone(run) };
  const done = inState(next, 'done');
  const before = done.length > 0 ? `Done on ${listed(done)}. ` : '';
  const says = `${before}${notAsked(inState(next, 'skipped'))}: start anew for the rest.`;
  return end(next, { code: 'failed', says, at: now });
}

interface Seen {
  readonly member: MemberView | undefined;
  readonly cluster: ClusterView;
  readonly now: number;
}

function followOne(run: Run, target: Target, { member, cluster, now }: Seen): Run {
  const away = member?.presence.is !== 'present' || member.state !== 'running';
  const next = away && !target.wasAway ? withTarget(run, target.member, { wasAway: true }) : run;
  const is = { ...target, wasAway: target.wasAway || away };
  const since = sinceOf(run.view.kind, member);
  const restarted = is.before !== null && since !== null && since > is.before;
  const mayCome = restartsUntil(run, is, cluster);
  if (mayCome !== null && restarted) {
    const says = `It was carried out all the same: ${target.member} has been restarted`;
    return failTarget(next, target.member, { now, says });
  }
  const isHeld = mayCome !== null && (now < mayCome || away);
  if (member && !isHeld && hasDone(next, is, member, cluster)) {
    const done = withTarget(next, target.member, { state: 'done' });
    return mark(done, doneStep(target.member), now);
  }
  const { answer, until } = is;
  const failed = answer !== null && answer.status >= 500 && !away;
  if (failed && now - answer.at >= ANSWER_SETTLES_MS) {
    const says = `Patroni on ${target.member} answered (${answer.status}): ${answer.text}`;
    return failTarget(next, target.member, { now, says });
  }
  if (until !== null && now >= until && target.state === 'asked') {
    const says = `${target.member} was not seen to have done it in time`;
    return unknownTarget(next, target.member, { now, says });
  }
  return next;
}

/**
 * Until when a restart that was called off may come all the same; null: it can't. Patroni sleeps up to
 * its moment within the last loop.
 */
export function restartsUntil(
  { wish }: Run,
  { askedAt }: Target,
  cluster: ClusterView,
): number | null {
  const at = wish.kind === 'cancel-restart' ? Date.parse(wish.at ?? '') : Number.NaN;
  const loopMs = loopMsOf(cluster);
  if (Number.isNaN(at) || askedAt === null || askedAt < at - loopMs - 1000) return null;
  // By then PostgreSQL would have been seen to start.
  return at + loopMs;
}

// biome-ignore lint/complexity/useMaxParams: the run, whom it asks, and what is seen of both
function hasDone(run: Run, target: Target, member: MemberView, cluster: ClusterView): boolean {
  if (member.presence.is !== 'present') return false;
  const kind: OperationKind = run.view.kind;
  const { wish } = run;
  if (kind === 'cancel-restart') return member.scheduledRestart === null;
  if (wish.kind === 'restart' && wish.at !== null) {
    return (
      member.scheduledRestart !== null &&
      Date.parse(member.scheduledRestart) === Date.parse(wish.at)
    );
  }
  const accepted = target.answer !== null && target.answer.status < 300;
  const since = sinceOf(kind, member);
  const renewed = target.before !== null && since !== null && since > target.before;
  // Without PostgreSQL's own word, Patroni's has to do: a restart is answered once it is over.
  const told = accepted && (since === null || target.before === null);
  if (kind === 'reload') return renewed || told;
  const runs = member.state === 'running';
  const feeds = member.isLeader || member.upstream === null || streams(member, cluster);
  if (kind === 'restart') return runs && feeds && (renewed || told);
  // Its data was thrown away: it has been started on a copy since, or has been away and is back.
  const untold = since === null || target.before === null;
  return runs && feeds && (renewed || (target.wasAway && untold));
}

/** Receiving WAL again; where that can't be told, running is all there is. */
function streams(member: MemberView, { leader }: ClusterView): boolean {
  if (leader === null || member.probe.is !== 'ok') return true;
  return member.upstream?.state === 'streaming' || member.upstream?.state === 'archive';
}

function unknownTarget(run: Run, member: string, by: { now: number; says: string }): Run {
  const says = `${by.says}.${before(run)}${after(run)}`;
  const unknown = withTarget({ ...run, targets: leftAlone(run) }, member, { state: 'unknown' });
  return end(unknown, { code: 'unknown', says, at: by.now });
}

/** The bound of all of it has passed, while one was waited for or none. */
export function membersOverdue(run: Run, now: number): Run {
  const open = run.targets.find(({ state }) => state === 'asking' || state === 'asked');
  if (!open) return overWith(run, now);
  const says = `${open.member} was not seen to have done it in time`;
  return unknownTarget(run, open.member, { now, says });
}

/** Howdah stopped in between: whoever was not asked is not asked any more. */
export function interrupted(run: Run, now: number): Run {
  const open = run.targets.find(({ state }) => state === 'asking' || state === 'asked');
  const alone = { ...run, targets: leftAlone(run) };
  if (open) {
    const how = `Howdah stopped while ${open.member} was asked: whether it was reached will be seen`;
    return open.state === 'asking' ? askedTarget(alone, open.member, { now, how }) : alone;
  }
  const done = inState(run, 'done');
  const before = done.length > 0 ? `Done on ${listed(done)}. ` : '';
  const left = listed([...inState(run, 'waiting'), ...inState(run, 'skipped')]);
  const says = `${before}Howdah stopped before it asked ${left}: start anew for the rest.`;
  return end(alone, { code: 'failed', says, at: now });
}

/** The next that is to be asked; null while one is being waited for, and when none is left. */
export function nextTarget({ targets }: Run): Target | null {
  if (targets.some(({ state }) => state === 'asking' || state === 'asked')) return null;
  return targets.find(({ state }) => state === 'waiting') ?? null;
}

function doneWords({ view, targets, wish }: Run, { name }: ClusterView): string {
  const members = listed(targets.map((one) => one.member));
  const has = targets.length === 1 ? 'has' : 'have';
  switch (view.kind) {
    case 'restart': {
      const at = wish.kind === 'restart' ? wish.at : null;
      return at === null
        ? `${members} of ${name} ${has} been restarted.`
        : `${members} of ${name} is restarted at ${moment(at)}.`;
    }
    case 'reload':
      return `${members} of ${name} ${has} read the configuration again.`;
    case 'cancel-restart':
      return `No restart of ${members} is scheduled any more.`;
    default:
      return `${members} of ${name} ${has} a new copy of the data and streams.`;
  }
}

function observing(run: Run): Run {
  return run.view.outcome ? run : { ...run, view: { ...run.view, state: 'observing' } };
}

function withTarget(run: Run, member: string, part: Partial<Target>): Run {
  const targets = run.targets.map((one) => (one.member === member ? { ...one, ...part } : one));
  return { ...run, targets };
}
