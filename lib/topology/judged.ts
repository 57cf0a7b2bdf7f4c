import type { ClusterFacts, Decoded, MemberFacts, MemberTags, StatusFacts } from './facts';

/**
 * Whether two readings of a cluster differ at most in what is shown of it and never judged: where in
 * the WAL Patroni last saw its members, and tags that Patroni gives no meaning. All else that is
 * made of facts (problems, events, the fleet's row, whom to probe) is then the same for both.
 *
 * Patroni rewrites every member in every loop, and hardly ever with more than that. What this calls
 * the same need not be put together anew until somebody looks at the cluster.
 */
export function judgedTheSame(a: ClusterFacts, b: ClusterFacts): boolean {
  return (
    same(a.leader, b.leader) &&
    same(a.failover, b.failover) &&
    same(a.config, b.config) &&
    same(a.sync, b.sync) &&
    same(a.history, b.history) &&
    same(a.initialize, b.initialize) &&
    same(a.failsafe, b.failsafe) &&
    same(a.status, b.status, sameStatus) &&
    sameMembers(a.members, b.members)
  );
}

/** What is read once is one object until it changes. */
function same<T>(a: Decoded<T>, b: Decoded<T>, alike?: (a: T, b: T) => boolean): boolean {
  if (a === b || (a.is === 'absent' && b.is === 'absent')) return true;
  return alike !== undefined && a.is === 'ok' && b.is === 'ok' && alike(a.value, b.value);
}

/** That a position is known is judged; which it is, isn't. */
const samePosition = (a: string | null, b: string | null) => (a === null) === (b === null);

/** Its slots are nothing that Howdah shows: PostgreSQL's own word is better. */
function sameStatus(a: StatusFacts, b: StatusFacts): boolean {
  return samePosition(a.optime, b.optime);
}

function sameMembers(a: ClusterFacts['members'], b: ClusterFacts['members']): boolean {
  if (a.size !== b.size) return false;
  for (const [name, member] of a) {
    const other = b.get(name);
    if (!other || !same(member, other, sameMember)) return false;
  }
  return true;
}

function sameMember(a: MemberFacts, b: MemberFacts): boolean {
  return (
    a.name === b.name &&
    a.role === b.role &&
    a.state === b.state &&
    a.connUrl === b.connUrl &&
    a.apiUrl === b.apiUrl &&
    a.version === b.version &&
    a.timeline === b.timeline &&
    samePosition(a.xlogLocation, b.xlogLocation) &&
    a.replicationState === b.replicationState &&
    a.pendingRestart === b.pendingRestart &&
    sameList(a.pendingRestartReason, b.pendingRestartReason) &&
    a.scheduledRestart === b.scheduledRestart &&
    a.paused === b.paused &&
    sameTags(a.tags, b.tags)
  );
}

function sameTags(a: MemberTags, b: MemberTags): boolean {
  return (
    a.nofailover === b.nofailover &&
    a.noloadbalance === b.noloadbalance &&
    a.nosync === b.nosync &&
    a.nostream === b.nostream &&
    a.replicatefrom === b.replicatefrom &&
    a.failoverPriority === b.failoverPriority
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
