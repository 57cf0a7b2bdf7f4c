import type { Decoded, MemberFacts } from './facts';
import { bytesBetween, parseLsn } from './lsn';
import { currentSample, type ProbeState } from './probe-state';
import type { ProbeSample, Slot } from './sample';
import type { LagView, MemberView, ProbeView, SlotView, UpstreamView } from './view';

export interface MemberInput {
  readonly name: string;
  readonly facts: MemberFacts;
  readonly probe: ProbeState;
  readonly isLeader: boolean;
  readonly syncRole: MemberView['syncRole'];
  readonly upstream: UpstreamView | null;
  readonly lag: LagView | null;
}

export const noTags: MemberFacts['tags'] = {
  nofailover: false,
  noloadbalance: false,
  nosync: false,
  nostream: false,
  replicatefrom: null,
  failoverPriority: null,
  other: {},
};

/** Facts to show of a member whose znode can't be understood: that it is there, and nothing else. */
export function factsOf(name: string, decoded: Decoded<MemberFacts>): MemberFacts {
  if (decoded.is === 'ok') return decoded.value;
  return {
    name,
    role: 'other',
    state: 'unreadable',
    connUrl: null,
    apiUrl: null,
    version: null,
    timeline: null,
    xlogLocation: null,
    replicationState: null,
    pendingRestart: false,
    pendingRestartReason: [],
    scheduledRestart: null,
    paused: false,
    tags: noTags,
  };
}

/** A present member: ZooKeeper's facts and PostgreSQL's sample joined. */
export function assembleMember(input: MemberInput): MemberView {
  const { name, facts, probe, isLeader, syncRole, upstream, lag } = input;
  const sample = currentSample(probe);
  return {
    name,
    role: facts.role,
    state: facts.state,
    isLeader,
    presence: { is: 'present' },
    address: addressOf(facts.connUrl),
    apiUrl: facts.apiUrl,
    version: facts.version,
    serverVersion: probe.sample?.serverVersion ?? null,
    timeline: timelineOf(sample) ?? facts.timeline,
    tags: facts.tags,
    startedAt: sample?.startedAt ?? null,
    configLoadedAt: sample?.configLoadedAt ?? null,
    pendingRestart: facts.pendingRestart,
    pendingRestartReason: facts.pendingRestartReason,
    scheduledRestart: facts.scheduledRestart,
    patroniPaused: facts.paused,
    syncRole,
    lsn: sample === null ? null : sample.inRecovery ? sample.replayLsn : sample.currentLsn,
    probe: probeView(probe),
    upstream,
    lag,
    slots: slotViews(sample),
  };
}

/** A member that is no longer there, as it was last seen; none of its figures is vouched for. */
export function missingMember(last: MemberView, since: number, probe: ProbeState): MemberView {
  return {
    ...last,
    isLeader: false,
    presence: { is: 'missing', since },
    startedAt: null,
    configLoadedAt: null,
    lsn: null,
    syncRole: null,
    upstream: last.upstream && { ...last.upstream, state: 'broken', says: 'not in ZooKeeper' },
    lag: null,
    slots: [],
    // It is asked on: gone from ZooKeeper is not yet gone.
    probe: probeView(probe),
  };
}

/** "host:port" out of a connection URL, which never leaves the server with its credentials. */
export function addressOf(connUrl: string | null): string | null {
  if (connUrl === null) return null;
  try {
    const url = new URL(connUrl);
    return url.hostname === '' ? null : `${url.hostname}:${url.port || '5432'}`;
  } catch {
    return null;
  }
}

function timelineOf(sample: ProbeSample | null): number | null {
  if (sample === null) return null;
  return sample.inRecovery ? (sample.receiver?.timeline ?? null) : sample.timeline;
}

function probeView({ sample, failure, failingSince }: ProbeState): ProbeView {
  if (failure)
    return { is: 'failing', since: failingSince ?? failure.at, failure: { ...failure, at: 0 } };
  if (!sample) return { is: 'pending' };
  return { is: 'ok', writable: !sample.inRecovery, privileged: sample.privileged };
}

/** Slots hold back WAL where it is written; those of a standby follow its upstream's and may idle. */
function slotViews(sample: ProbeSample | null): readonly SlotView[] {
  if (sample === null || sample.inRecovery) return [];
  const head = parseLsn(sample.currentLsn);
  return sample.slots.map((slot: Slot) => ({
    name: slot.name,
    active: slot.active,
    walStatus: slot.walStatus,
    retainedBytes: bytesBetween(parseLsn(slot.restartLsn), head),
  }));
}
