import type { Tone } from '@/components/ui/badge';
import type { State } from '@/components/ui/state-icon';
import type { Problem } from '@/lib/diagnosis/problem';
import type { Role } from '@/lib/topology/facts';
import type { LagQuality, MemberView, ProbeView, UpstreamView } from '@/lib/topology/view';

/** How far a lag figure can be believed: `short` beside the figure, `says` in a sentence. */
export const lagQualityWords: Record<LagQuality, { short: string; says: string; state: State }> = {
  fresh: { short: 'fresh', says: 'measured just now', state: 'good' },
  idle: { short: 'idle', says: 'all that was written is replayed', state: 'good' },
  'receiver-down': {
    short: 'receiver down',
    says: 'its WAL receiver is down, so it falls behind',
    state: 'critical',
  },
  'replay-paused': { short: 'replay paused', says: 'its replay is paused', state: 'attention' },
  stale: { short: 'stale', says: 'the last figure is old', state: 'unknown' },
  unknown: { short: 'unknown', says: 'not known', state: 'unknown' },
};

export const feedWords: Record<UpstreamView['state'], { word: string; state: State }> = {
  streaming: { word: 'streaming', state: 'good' },
  'catching-up': { word: 'catching up', state: 'attention' },
  archive: { word: 'from archive', state: 'attention' },
  broken: { word: 'broken', state: 'critical' },
  unknown: { word: 'unknown', state: 'unknown' },
};

const roles: Record<Role, string> = {
  primary: 'Primary without the leader key',
  replica: 'Standby',
  standby_leader: 'Standby leader without the leader key',
  promoted: 'Being promoted',
  demoted: 'Demoted',
  uninitialized: 'Not initialized',
  other: 'Role not known',
};

type Standing = Pick<MemberView, 'role' | 'isLeader' | 'syncRole' | 'presence'>;

export function roleWords(member: Standing): string {
  // What it called itself before it went says nothing about it now.
  if (member.presence.is === 'missing') return 'Missing';
  if (member.isLeader) return member.role === 'standby_leader' ? 'Standby leader' : 'Leader';
  if (member.role === 'replica') {
    if (member.syncRole === 'sync') return 'Sync standby';
    if (member.syncRole === 'quorum') return 'Quorum standby';
  }
  return roles[member.role];
}

/** One word where there is room for one. */
export function roleWord(member: Standing): string {
  if (member.isLeader || member.role !== 'replica' || member.presence.is === 'missing') {
    return roleWords(member);
  }
  if (member.syncRole === 'sync') return 'Sync';
  return member.syncRole === 'quorum' ? 'Quorum' : 'Standby';
}

export function roleTone(member: Standing): Tone {
  if (member.presence.is === 'missing') return 'attention';
  if (member.isLeader) return 'accent';
  return member.role === 'replica' ? 'plain' : 'attention';
}

export const syncWords: Record<NonNullable<MemberView['syncRole']>, string> = {
  sync: 'sync',
  quorum: 'quorum',
  potential: 'potential',
  async: 'async',
};

const ranks: Record<State, number> = { critical: 3, attention: 2, unknown: 1, good: 0 };

/** The worst that is said of one member. */
export function memberState(member: MemberView, problems: readonly Problem[]): State {
  let worst: State = member.presence.is === 'missing' ? 'attention' : 'good';
  for (const { member: name, severity } of problems) {
    if (name === member.name && ranks[severity] > ranks[worst]) worst = severity;
  }
  if (worst === 'good' && member.probe.is !== 'ok') return 'unknown';
  return worst;
}

export function probeWords(probe: ProbeView): string {
  switch (probe.is) {
    case 'pending':
      return 'not asked yet';
    case 'failing':
      return probe.failure.says;
    case 'ok':
      return `${probe.writable ? 'answers, writable' : 'answers, read only'}${
        probe.privileged ? '' : ", but may not see replication's figures"
      }`;
  }
}

/** 150018 -> "15.18", 90624 -> "9.6.24". */
export function serverVersionWords(version: number | null): string {
  if (version === null) return 'unknown';
  if (version >= 100_000) return `${Math.floor(version / 10_000)}.${version % 10_000}`;
  return `${Math.floor(version / 10_000)}.${Math.floor(version / 100) % 100}.${version % 100}`;
}

/** A member's tags as Patroni names them, with what is not set left out. */
export function tagWords(member: MemberView): readonly string[] {
  const { tags } = member;
  const words: string[] = [];
  if (tags.nofailover) words.push('nofailover');
  if (tags.noloadbalance) words.push('noloadbalance');
  if (tags.nosync) words.push('nosync');
  if (tags.nostream) words.push('nostream');
  if (tags.replicatefrom !== null) words.push(`replicatefrom: ${tags.replicatefrom}`);
  if (tags.failoverPriority !== null) words.push(`failover_priority: ${tags.failoverPriority}`);
  for (const [key, value] of Object.entries(tags.other)) words.push(`${key}: ${value}`);
  return words;
}
