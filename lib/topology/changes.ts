import { formatDuration } from '../units';
import type { EventCode } from './event';
import type { ClusterView, MemberView } from './view';

/** A change of meaning between two views of a cluster, before it has a place in the log. */
export interface Change {
  readonly code: EventCode;
  readonly member: string | null;
  readonly says: string;
}

const change = (code: EventCode, member: string | null, says: string): Change => ({
  code,
  member,
  says,
});

/**
 * What happened between two views. Figures that only move (lag, positions) are not events.
 * `before` is null for a cluster seen for the first time.
 */
export function changesBetween(before: ClusterView | null, after: ClusterView): readonly Change[] {
  if (before === null) {
    const led = after.leader ? `, led by ${after.leader.name}` : ', without a leader';
    return [
      change(
        'cluster-appeared',
        null,
        `${after.name} seen with ${after.members.length} members${led}`,
      ),
    ];
  }
  return [
    ...leaderChanges(before, after),
    ...memberChanges(before, after),
    ...clusterChanges(before, after),
    ...problemChanges(before, after),
  ];
}

function leaderChanges(before: ClusterView, after: ClusterView): Change[] {
  if (before.leader && !after.leader) {
    return [
      change(
        'leader-lost',
        before.leader.name,
        `${before.leader.name} no longer holds the leadership`,
      ),
    ];
  }
  if (!after.leader || before.leader?.czxid === after.leader.czxid) return [];
  const { name } = after.leader;
  if (before.leader?.name === name)
    return [change('leader-changed', name, `${name} took the leadership anew`)];
  return [change('leader-changed', name, `${name} is the leader now`)];
}

function memberChanges(before: ClusterView, after: ClusterView): Change[] {
  const known = new Map(before.members.map((member) => [member.name, member]));
  return after.members.flatMap((member) => {
    const was = known.get(member.name);
    if (!was)
      return [
        change('member-joined', member.name, `${member.name} joined as ${word(member.role)}`),
      ];
    if (was.presence.is !== member.presence.is) {
      return member.presence.is === 'missing'
        ? [change('member-missing', member.name, `${member.name} is gone from ZooKeeper`)]
        : [change('member-returned', member.name, `${member.name} is back`)];
    }
    return stateChanges(was, member);
  });
}

function stateChanges(was: MemberView, is: MemberView): Change[] {
  const changes: Change[] = [];
  if (was.role !== is.role) {
    changes.push(
      change('role-changed', is.name, `${is.name} went from ${word(was.role)} to ${word(is.role)}`),
    );
  }
  if (was.state !== is.state) {
    changes.push(
      change('state-changed', is.name, `${is.name} went from ${was.state} to ${is.state}`),
    );
  }
  return changes;
}

function clusterChanges(before: ClusterView, after: ClusterView): Change[] {
  const changes: Change[] = [];
  if (before.timeline !== null && after.timeline !== null && before.timeline !== after.timeline) {
    changes.push(
      change('timeline-changed', null, `Timeline ${before.timeline} became ${after.timeline}`),
    );
  }
  if (before.mode.paused !== after.mode.paused) {
    changes.push(
      change('mode-changed', null, after.mode.paused ? 'Paused (maintenance mode)' : 'Resumed'),
    );
  }
  if (before.mode.replication !== after.mode.replication) {
    changes.push(
      change(
        'mode-changed',
        null,
        `Replication mode ${before.mode.replication} became ${after.mode.replication}`,
      ),
    );
  }
  if (after.lastOutage && before.lastOutage?.endedAt !== after.lastOutage.endedAt) {
    const { from, to, startedAt, endedAt } = after.lastOutage;
    const took = formatDuration(endedAt - startedAt);
    const who = from === to ? 'it' : from;
    changes.push(
      change('writes-resumed', to, `${to} accepts writes: at most ${took} after ${who} last did`),
    );
  }
  const [wasSync, isSync] = [before, after].map((view) => view.sync?.standbys.join(', ') ?? '');
  if (wasSync !== isSync) {
    changes.push(
      change(
        'sync-changed',
        null,
        isSync ? `Synchronous standby: ${isSync}` : 'No synchronous standby',
      ),
    );
  }
  if (
    before.config.is === 'ok' &&
    after.config.is === 'ok' &&
    before.config.version !== after.config.version
  ) {
    changes.push(change('config-changed', null, `Configuration version ${after.config.version}`));
  }
  if (JSON.stringify(before.request) !== JSON.stringify(after.request)) {
    changes.push(requestChange(after));
  }
  return changes;
}

function requestChange({ request }: ClusterView): Change {
  if (!request)
    return change('request-cleared', null, 'No switchover or failover is requested any more');
  const from = request.leader ? `Switchover from ${request.leader}` : 'Failover';
  const to = request.candidate ? ` to ${request.candidate}` : ' to any healthy member';
  const when = request.scheduledAt ? `, scheduled for ${request.scheduledAt}` : '';
  return change('request-set', request.candidate, `${from}${to} requested${when}`);
}

/** Problems whose coming and going another change tells already. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(['member-missing', 'no-leader', 'paused']);

function problemChanges(before: ClusterView, after: ClusterView): Change[] {
  const key = (problem: { code: string; member: string | null }) =>
    `${problem.code} ${problem.member}`;
  const had = new Set(before.problems.map(key));
  const has = new Set(after.problems.map(key));
  return [
    ...after.problems
      .filter((problem) => !had.has(key(problem)) && !TOLD_ELSEWHERE.has(problem.code))
      .map((problem) => change('problem-raised', problem.member, problem.says)),
    ...before.problems
      .filter((problem) => !has.has(key(problem)) && !TOLD_ELSEWHERE.has(problem.code))
      .map((problem) => change('problem-cleared', problem.member, `No longer: ${problem.says}`)),
  ];
}

function word(role: MemberView['role']): string {
  return role === 'other' ? 'an unknown role' : role.replace('_', ' ');
}
