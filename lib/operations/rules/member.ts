import type { ClusterView, MemberView } from '../../topology/view';
import type { MemberResult, RuleResult } from '../types';
import type { WishOf } from '../wish';
import { memberResult, type PreflightInput, rule } from './rule';
import { moment } from './words';

type MemberWish =
  | WishOf<'restart'>
  | WishOf<'reload'>
  | WishOf<'reinitialise'>
  | WishOf<'cancel-restart'>;

/** What speaks of one member as the target of a restart, reload, reinitialisation or cancellation. */
export function target(member: MemberView, wish: MemberWish, input: PreflightInput): MemberResult {
  const { name } = member;
  if (member.presence.is === 'missing') {
    return memberResult(name, [
      rule('present', 'refuse', `${name} is missing: its Patroni can't be asked`),
    ]);
  }
  return memberResult(name, [reachable(member, input), ...ofKind(member, wish, input)]);
}

/** Whether another moment is scheduled than the one that was seen; null was seen: none is other. */
export const isOther = (seen: string | null, now: string | null): boolean =>
  seen !== null && (now === null || Date.parse(seen) !== Date.parse(now));

function ofKind(member: MemberView, wish: MemberWish, input: PreflightInput): RuleResult[] {
  switch (wish.kind) {
    case 'restart':
      return restart(member, wish, input);
    case 'reinitialise':
      return reinitialise(member, input);
    case 'cancel-restart':
      return [scheduled(member, wish)];
    case 'reload':
      return [];
  }
}

function reachable({ name, apiUrl }: MemberView, { reached }: PreflightInput): RuleResult {
  if (apiUrl === null) {
    const says = `${name} names no REST address, and this can be asked of it in no other way`;
    return rule('reachable', 'refuse', says);
  }
  const answer = reached.get(name);
  if (!answer)
    return rule('reachable', 'unknown', `Whether ${name} answers over REST is not known`);
  return answer.is === 'ok'
    ? rule('reachable', 'ok', `${name} answers over REST`)
    : rule('reachable', 'refuse', `${name} does not answer over REST (${answer.why})`, {
        advice: 'It can be asked in no other way: look at its Patroni.',
      });
}

function restart(member: MemberView, wish: WishOf<'restart'>, input: PreflightInput): RuleResult[] {
  const { name } = member;
  const rules: RuleResult[] = [];
  if (wish.pendingOnly) {
    rules.push(
      member.pendingRestart
        ? rule('pending', 'ok', `${name} waits for a restart${reasons(member)}`)
        : rule('pending', 'refuse', `${name} does not wait for a restart`),
    );
  }
  if (wish.at !== null && member.scheduledRestart !== null) {
    const says = `A restart of ${name} is scheduled for ${moment(member.scheduledRestart)} already`;
    rules.push(rule('scheduled', 'refuse', says, { advice: 'Cancel that one first.' }));
  }
  if (member.state !== 'running') {
    rules.push(rule('state', 'warn', `${name} is ${member.state}`));
  }
  const { replication } = input.view.mode;
  if (!member.isLeader && member.syncRole === 'sync' && replication === 'sync') {
    const others = input.view.sync?.standbys.length ?? 0;
    if (others <= 1) {
      const says = `${name} is the only synchronous standby: commits may wait while it restarts`;
      rules.push(rule('sync', 'warn', says));
    }
  }
  return rules;
}

const reasons = ({ pendingRestartReason }: MemberView): string =>
  pendingRestartReason.length === 0 ? '' : `, for ${pendingRestartReason.join(', ')}`;

function reinitialise(member: MemberView, { view }: PreflightInput): RuleResult[] {
  const { name } = member;
  const rules: RuleResult[] = [];
  if (view.leader === null) {
    const says = 'There is no leader to copy from';
    rules.push(rule('leader', 'refuse', says, { advice: 'Bring a leader up first.' }));
  }
  if (member.isLeader) {
    const says = `${name} leads: the data of a leader is never thrown away`;
    rules.push(rule('role', 'refuse', says, { advice: 'Switch over to another member first.' }));
  } else {
    rules.push(rule('role', 'ok', `${name} does not lead`));
  }
  rules.push(...worthKeeping(member, view), ...source(member, view));
  const standbys = view.members.filter((one) => !one.isLeader && one.presence.is === 'present');
  const others = standbys.filter((one) => one.name !== name && one.upstream?.state === 'streaming');
  if (!member.isLeader && others.length === 0) {
    const says = `No other standby streams: while ${name} is copied, nothing could take over`;
    rules.push(rule('last-standby', 'warn', says));
  }
  return rules;
}

/** What this member may have that nobody else has. */
function worthKeeping(
  { name, isLeader, probe, timeline }: MemberView,
  view: ClusterView,
): RuleResult[] {
  if (isLeader) return [];
  if (probe.is === 'ok' && probe.writable) {
    const says = `${name} accepts writes: what it was given is nowhere else`;
    return [rule('writable', 'refuse', says, { advice: 'Stop it, and compare its data first.' })];
  }
  if (timeline === null || view.timeline === null || timeline === view.timeline) return [];
  const says = `${name} is on timeline ${timeline}, the cluster on ${view.timeline}: what it has beyond the fork is nowhere else`;
  return [rule('fork', 'warn', says, { measured: `${timeline}`, limit: `${view.timeline}` })];
}

/** Whom the copy would come from: thrown away before there is one, it may be the last. */
function source(member: MemberView, view: ClusterView): RuleResult[] {
  const { leader } = view;
  if (leader === null || member.isLeader) return [];
  const leads = view.members.find(({ name }) => name === leader.name);
  // One that nobody may ask is not known to be ill.
  const isSilent = leads?.probe.is === 'failing' && leads.probe.failure.code !== 'no-credentials';
  const isWell = leads?.state === 'running' && !isSilent;
  if (isWell) return [rule('source', 'ok', `${leader.name} runs, and can be copied from`)];
  const says = `${leader.name} leads, but is not seen to run: there may be nobody to copy from`;
  return [rule('source', 'refuse', says, { advice: 'Bring the leader up, or fail over first.' })];
}

function scheduled(
  { name, scheduledRestart }: MemberView,
  wish: WishOf<'cancel-restart'>,
): RuleResult {
  const other = wish.member === name && isOther(wish.at ?? null, scheduledRestart);
  if (other && wish.at != null && scheduledRestart !== null) {
    const says = `A restart of ${name} is scheduled for ${moment(scheduledRestart)} now, and not for ${moment(wish.at)}`;
    return rule('scheduled', 'refuse', says, { advice: 'Start over if that is to be cancelled.' });
  }
  return scheduledRestart === null
    ? rule('scheduled', 'refuse', `No restart of ${name} is scheduled`)
    : rule('scheduled', 'ok', `A restart of ${name} is scheduled for ${moment(scheduledRestart)}`);
}
