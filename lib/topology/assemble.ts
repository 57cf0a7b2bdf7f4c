import { addressOf, assembleMember, factsOf, missingMember } from './assemble-member';
import { clusterId, clusterName, clusterPath } from './cluster-id';
import type { ClusterFacts, Decoded, HistoryEntry } from './facts';
import { lagOf } from './lag';
import type { LeaderClock } from './leader-clock';
import { currentSample, type ProbeState, unprobed } from './probe-state';
import type { ProbeSample } from './sample';
import { feedsOf, upstreamOf } from './upstream';
import type {
  ClusterView,
  LeaderView,
  MemberView,
  ModeView,
  OutageView,
  PauseView,
  RequestView,
  UnreadableView,
} from './view';

/** Members that were here and are not now: as last seen, and since when they are gone. */
export type Departed = ReadonlyMap<string, { readonly last: MemberView; readonly since: number }>;

export interface AssembleInput {
  readonly facts: ClusterFacts;
  readonly probes: ReadonlyMap<string, ProbeState>;
  readonly leaderClock: LeaderClock;
  readonly departed: Departed;
  readonly leaderlessSince: number | null;
  readonly changedAt: number;
  readonly lastOutage: OutageView | null;
  readonly pause: PauseView | null;
  readonly now: number;
}

/** A cluster before it is judged: all of `ClusterView` but what diagnosis adds. */
export type Undiagnosed = Omit<ClusterView, 'problems' | 'health' | 'headline'>;

/** Joins what ZooKeeper and PostgreSQL say of a cluster. Pure. */
export function assemble(input: AssembleInput): Undiagnosed {
  const { facts } = input;
  const leader = leaderOf(facts);
  const config = value(facts.config);
  return {
    id: clusterId(facts.key),
    key: facts.key,
    name: clusterName(facts.key),
    systemId: value(facts.initialize) || null,
    bootstrapping: value(facts.initialize) === '',
    leader,
    leaderlessSince: leader ? null : input.leaderlessSince,
    mode: modeOf(facts),
    timeline: timelineOf(facts, leader, input.probes),
    config:
      facts.config.is === 'ok'
        ? { is: 'ok', version: facts.config.stat.version, value: facts.config.value }
        : facts.config.is === 'absent'
          ? { is: 'absent' }
          : {
              is: 'unreadable',
              why: facts.config.why,
              version: facts.config.stat?.version ?? null,
            },
    // Old versions leave the last names in `sync` when the mode is switched off.
    sync: config?.synchronousMode === 'off' ? null : (value(facts.sync) ?? null),
    request: requestOf(facts),
    history: value(facts.history) ?? [],
    pause: config?.paused === true ? input.pause : null,
    members: membersOf(input, leader),
    unreadable: unreadableOf(facts),
    changedAt: input.changedAt,
    lastOutage: input.lastOutage,
  };
}

function value<T>(decoded: Decoded<T>): T | null {
  return decoded.is === 'ok' ? decoded.value : null;
}

function requestOf({ failover }: ClusterFacts): RequestView | null {
  if (failover.is !== 'ok' || failover.value === null) return null;
  return { ...failover.value, version: failover.stat.version };
}

function leaderOf(facts: ClusterFacts): LeaderView | null {
  if (facts.leader.is !== 'ok') return null;
  const { stat } = facts.leader;
  return {
    name: facts.leader.value.name,
    czxid: stat.czxid,
    session: stat.ephemeralOwner,
    since: stat.ctime,
  };
}

function modeOf(facts: ClusterFacts): ModeView {
  const config = value(facts.config);
  if (!config) {
    return { replication: 'unknown', paused: false, standbyCluster: false, failsafe: false };
  }
  const replication = { off: 'async', on: 'sync', quorum: 'quorum' } as const;
  return {
    replication: replication[config.synchronousMode],
    paused: config.paused,
    standbyCluster: config.standbyCluster,
    failsafe: config.failsafeMode,
  };
}

/** The leader's own word first; else one past the last change in `history`; absent means never. */
function timelineOf(
  facts: ClusterFacts,
  leader: LeaderView | null,
  probes: ReadonlyMap<string, ProbeState>,
): number | null {
  const sample = leader && currentSample(probes.get(leader.name) ?? unprobed);
  if (sample && !sample.inRecovery && sample.timeline !== null) return sample.timeline;
  const member = leader && facts.members.get(leader.name);
  if (member?.is === 'ok' && member.value.timeline !== null) return member.value.timeline;
  const history: readonly HistoryEntry[] | null = value(facts.history);
  if (history === null) return null;
  return (history.at(-1)?.timeline ?? 0) + 1;
}

function membersOf(input: AssembleInput, leader: LeaderView | null): readonly MemberView[] {
  const { facts, probes, leaderClock, now } = input;
  const feeds = feedsOf(probes);
  const names = new Set(facts.members.keys());
  const all = new Map([...facts.members].map(([name, decoded]) => [name, factsOf(name, decoded)]));
  const addresses = new Map<string, string>();
  for (const [name, member] of all) {
    const address = addressOf(member.connUrl);
    if (address) addresses.set(address, name);
  }
  const leaderProbe = leader ? (probes.get(leader.name) ?? unprobed) : unprobed;
  const optime = positionOfLeader(facts, leader);

  const present = [...all].map(([name, member]) => {
    const probe = probes.get(name) ?? unprobed;
    const isLeader = leader?.name === name;
    const feed = isDeaf(currentSample(probe)) ? null : (feeds.get(name) ?? null);
    const isStandby = !isLeader && !(currentSample(probe)?.inRecovery === false);
    return assembleMember({
      name,
      facts: member,
      probe,
      isLeader,
      syncRole: isLeader ? null : syncRoleOf(name, facts, feed?.row.syncState ?? null),
      upstream: isStandby
        ? upstreamOf({ member, probe, feed, leader: leader?.name ?? null, addresses, names })
        : null,
      lag: isStandby
        ? lagOf({
            member,
            probe,
            feed,
            leader: leaderClock,
            leaderCurrent: isHead(currentSample(leaderProbe), facts),
            optime,
            now,
          })
        : null,
    });
  });
  const missing = [...input.departed]
    .filter(([name]) => !names.has(name))
    .map(([name, { last, since }]) => missingMember(last, since, probes.get(name) ?? unprobed));
  return withoutCycles([...present, ...missing].sort((a, b) => compareNames(a.name, b.name)));
}

/** The leader's position as ZooKeeper has it: of `status` and its own znode, whichever is newer. */
function positionOfLeader(facts: ClusterFacts, leader: LeaderView | null): bigint | null {
  const optime = value(facts.status)?.optime ?? null;
  const member = leader && facts.members.get(leader.name);
  const own = member?.is === 'ok' ? member.value.xlogLocation : null;
  const known = [optime, own].flatMap((text) => (text === null ? [] : [BigInt(text)]));
  return known.reduce<bigint | null>((most, at) => (most === null || at > most ? at : most), null);
}

/** Whether the leader's last answer is what others are measured against. */
function isHead(sample: ProbeSample | null, facts: ClusterFacts): boolean {
  if (sample === null) return false;
  return !sample.inRecovery || value(facts.config)?.standbyCluster === true;
}

function syncRoleOf(
  name: string,
  facts: ClusterFacts,
  reported: string | null,
): MemberView['syncRole'] {
  switch (reported) {
    case 'sync':
    case 'quorum':
    case 'potential':
    case 'async':
      return reported;
    default: {
      const sync = value(facts.sync);
      const mode = value(facts.config)?.synchronousMode ?? 'off';
      if (mode === 'off') return null;
      const listed = sync?.standbys.some((one) => one.toLowerCase() === name.toLowerCase());
      return listed ? (mode === 'quorum' ? 'quorum' : 'sync') : 'async';
    }
  }
}

/** Its own word that it receives nothing outranks a sender that has not noticed yet. */
function isDeaf(sample: ProbeSample | null): boolean {
  return sample?.inRecovery === true && sample.privileged && sample.receiver === null;
}

/** Two members that each claim to be fed by the other can't be drawn as a tree; say so instead. */
function withoutCycles(members: readonly MemberView[]): readonly MemberView[] {
  const upstream = new Map(members.map((member) => [member.name, member.upstream?.name ?? null]));
  return members.map((member) => {
    const seen = new Set([member.name]);
    for (let at = upstream.get(member.name); at; at = upstream.get(at)) {
      if (!seen.has(at)) {
        seen.add(at);
        continue;
      }
      if (at !== member.name || !member.upstream) break;
      const says = `${member.upstream.says}, in a circle that never reaches the leader`;
      return { ...member, upstream: { name: null, state: 'unknown', says } };
    }
    return member;
  });
}

function unreadableOf(facts: ClusterFacts): readonly UnreadableView[] {
  const base = clusterPath(facts.key);
  const named: [string, Decoded<unknown>][] = [
    ['leader', facts.leader],
    ['failover', facts.failover],
    ['config', facts.config],
    ['sync', facts.sync],
    ['history', facts.history],
    ['initialize', facts.initialize],
    ['status', facts.status],
    ['failsafe', facts.failsafe],
    ...[...facts.members].map(([name, member]): [string, Decoded<unknown>] => [
      `members/${name}`,
      member,
    ]),
  ];
  return named.flatMap(([name, decoded]) =>
    decoded.is === 'unreadable'
      ? [
          {
            path: `${base}/${name}`,
            why: decoded.why,
            preview: decoded.preview,
            bytes: decoded.bytes,
          },
        ]
      : [],
  );
}

const collator = new Intl.Collator('en', { numeric: true });

function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}
