import { noTags } from './assemble-member';
import type { MemberFacts } from './facts';
import type { PrimarySample, Sender, StandbySample } from './sample';
import type { ClusterView, MemberView } from './view';

/** For tests: a cluster that is well, member by member and fact by fact. */

export function aStandby(name: string, part: Partial<MemberView> = {}): MemberView {
  return {
    name,
    role: 'replica',
    state: 'running',
    isLeader: false,
    presence: { is: 'present' },
    address: `${name}.example:5432`,
    apiUrl: `http://${name}.example:8008/patroni`,
    version: '4.1.4',
    serverVersion: 150018,
    timeline: 3,
    tags: aMember(name).tags,
    startedAt: 100,
    configLoadedAt: 200,
    pendingRestart: false,
    pendingRestartReason: [],
    scheduledRestart: null,
    patroniPaused: false,
    syncRole: 'async',
    lsn: '0/5000000',
    probe: { is: 'ok', writable: false, privileged: true },
    upstream: { name: 'pg-a', state: 'streaming', says: 'streaming from pg-a' },
    lag: {
      sentBytes: 0,
      writeBytes: 0,
      flushBytes: 0,
      replayBytes: 0,
      replayMs: 0,
      atLeast: false,
      quality: 'fresh',
      sampledAt: 1000,
    },
    slots: [],
    ...part,
  };
}

export function aLeader(name: string, part: Partial<MemberView> = {}): MemberView {
  return aStandby(name, {
    role: 'primary',
    isLeader: true,
    syncRole: null,
    upstream: null,
    lag: null,
    probe: { is: 'ok', writable: true, privileged: true },
    ...part,
  });
}

/** pg-a leads pg-b and pg-c. */
export function aCluster(part: Partial<ClusterView> = {}): ClusterView {
  return {
    id: 'main~.2Fservice~orders',
    key: { ensemble: 'main', namespace: '/service', scope: 'orders', group: null },
    name: 'orders',
    systemId: '7601122334455667788',
    bootstrapping: false,
    leader: { name: 'pg-a', czxid: '10', session: '20000a1b2c30001', since: 500 },
    leaderlessSince: null,
    mode: { replication: 'async', paused: false, standbyCluster: false, failsafe: false },
    timeline: 3,
    config: {
      is: 'ok',
      version: 2,
      value: {
        ttl: 30,
        loopWait: 10,
        retryTimeout: 10,
        maximumLagOnFailover: 1_048_576,
        synchronousMode: 'off',
        synchronousModeStrict: false,
        paused: false,
        standbyCluster: false,
        failsafeMode: false,
        checkTimeline: false,
      },
    },
    sync: null,
    request: null,
    history: [],
    pause: null,
    members: [aLeader('pg-a'), aStandby('pg-b'), aStandby('pg-c')],
    unreadable: [],
    lastOutage: null,
    problems: [],
    health: 'good',
    headline: '',
    changedAt: 1000,
    ...part,
  };
}

/** The cluster with one member changed. */
export function withMember(
  cluster: ClusterView,
  name: string,
  part: Partial<MemberView>,
): ClusterView {
  return {
    ...cluster,
    members: cluster.members.map((one) => (one.name === name ? { ...one, ...part } : one)),
  };
}

/** What a member's znode says when all is well. */
export function aMember(name: string, part: Partial<MemberFacts> = {}): MemberFacts {
  return {
    name,
    role: 'replica',
    state: 'running',
    connUrl: `postgres://${name}.example:5432/postgres`,
    apiUrl: `http://${name}.example:8008/patroni`,
    version: '4.1.4',
    timeline: 3,
    xlogLocation: null,
    replicationState: 'streaming',
    pendingRestart: false,
    pendingRestartReason: [],
    scheduledRestart: null,
    paused: false,
    tags: noTags,
    ...part,
  };
}

const base = {
  at: 1000,
  tookMs: 2,
  serverVersion: 150018,
  systemId: '7601122334455667788',
  clockOffsetMs: 0,
  startedAt: 100,
  configLoadedAt: 200,
  privileged: true,
  senders: [],
  slots: [],
};

export function aPrimarySample(part: Partial<PrimarySample> = {}): PrimarySample {
  return {
    ...base,
    inRecovery: false,
    currentLsn: '0/5000000',
    timeline: 3,
    synchronousStandbyNames: '',
    syncWaits: 0,
    ...part,
  };
}

export function aStandbySample(part: Partial<StandbySample> = {}): StandbySample {
  return {
    ...base,
    inRecovery: true,
    receiveLsn: '0/5000000',
    replayLsn: '0/5000000',
    replayPause: 'running',
    receiver: {
      status: 'streaming',
      timeline: 3,
      senderHost: 'pg-a.example',
      senderPort: 5432,
      slotName: null,
    },
    lastReplayAt: 900,
    ...part,
  };
}

/** A row of pg_stat_replication about a standby that has everything. */
export function aSender(applicationName: string, part: Partial<Sender> = {}): Sender {
  return {
    applicationName,
    clientAddress: '10.0.0.2',
    state: 'streaming',
    syncState: 'async',
    sentLsn: '0/5000000',
    writeLsn: '0/5000000',
    flushLsn: '0/5000000',
    replayLsn: '0/5000000',
    ...part,
  };
}
