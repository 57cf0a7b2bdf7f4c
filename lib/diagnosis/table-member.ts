import type { MemberView } from '../topology/view';
import { formatBytes, formatDuration } from '../units';
import type { Finding, Patient, Rule } from './table';

type Said = { readonly says: string; readonly advice: string } | null;

/** A rule over each member that is present. */
function each(judge: (member: MemberView, patient: Patient) => Said): Rule['find'] {
  return (patient) =>
    patient.cluster.members
      .filter((member) => member.presence.is === 'present')
      .flatMap((member): Finding[] => {
        const said = judge(member, patient);
        return said ? [{ member, ...said }] : [];
      });
}

const isStandby = (member: MemberView) => member.lag !== null;

/** What can be wrong with one member. */
export const memberRules: readonly Rule[] = [
  {
    code: 'member-missing',
    severity: 'attention',
    settleMs: 0,
    order: 18,
    find: ({ cluster }) =>
      cluster.members
        .filter((member) => member.presence.is === 'missing')
        .map((member) => ({
          member,
          says: `${member.name} is gone from ZooKeeper`,
          advice: `See whether Patroni runs on ${member.address ?? member.name} and reaches ZooKeeper. A member removed for good is forgotten after a day.`,
        })),
  },
  {
    code: 'leader-not-running',
    severity: 'critical',
    settleMs: 3000,
    order: 12,
    find: each((member) =>
      member.isLeader && member.state !== 'running' && member.state !== 'unreadable'
        ? {
            says: `The leader ${member.name} is ${quoted(member.state)}, so nothing accepts writes`,
            advice:
              'Patroni restarts PostgreSQL in place first, then gives the lock up. See its log if neither happens.',
          }
        : null,
    ),
  },
  {
    code: 'member-not-running',
    severity: 'attention',
    settleMs: 3000,
    order: 21,
    find: each((member) =>
      !member.isLeader && !['running', 'streaming', 'unreadable'].includes(member.state)
        ? {
            says: `${member.name} is ${quoted(member.state)}`,
            advice: `See the logs of Patroni and PostgreSQL on ${member.address ?? member.name}.`,
          }
        : null,
    ),
  },
  {
    code: 'unknown-role',
    severity: 'unknown',
    settleMs: 0,
    order: 60,
    find: each((member) =>
      member.role === 'other' && member.state !== 'unreadable'
        ? {
            says: `${member.name} has a role that Howdah does not know`,
            advice: 'Its Patroni may be newer than this Howdah: look for an update.',
          }
        : null,
    ),
  },
  {
    code: 'not-streaming',
    severity: 'attention',
    settleMs: 5000,
    order: 22,
    find: each((member) =>
      isStandby(member) &&
      !member.tags.nostream &&
      (member.state === 'running' || member.state === 'streaming') &&
      (member.upstream?.state === 'broken' || member.upstream?.state === 'archive')
        ? {
            says: `${member.name} is ${member.upstream.says}`,
            advice:
              'See its PostgreSQL log: WAL it needs may be gone from its upstream, or its replication user be refused.',
          }
        : null,
    ),
  },
  {
    code: 'lag',
    severity: 'attention',
    settleMs: 3000,
    order: 23,
    find: each((member, { limits }) => {
      const lag = member.lag;
      // A stale figure is no measurement: what made it stale is said elsewhere.
      if (!lag || lag.quality === 'unknown' || lag.quality === 'stale') return null;
      const tooMuch = (lag.replayBytes ?? 0) > limits.lagBytes;
      const tooLong = (lag.replayMs ?? 0) > limits.lagMs;
      if (!tooMuch && !tooLong) return null;
      const time =
        lag.replayMs === null
          ? ''
          : ` and ${lag.atLeast ? 'at least ' : ''}${formatDuration(lag.replayMs)}`;
      const limit = tooLong ? formatDuration(limits.lagMs) : formatBytes(limits.lagBytes);
      return {
        says: `${member.name} is ${formatBytes(lag.replayBytes)}${time} behind, over the limit of ${limit}`,
        advice:
          'By stage: sent short is the network or the leader, flush short its disk, replay short a conflict or one slow core.',
      };
    }),
  },
  {
    code: 'timeline-behind',
    severity: 'attention',
    settleMs: 10_000,
    order: 24,
    find: each((member, { cluster }) =>
      isStandby(member) &&
      member.timeline !== null &&
      cluster.timeline !== null &&
      member.timeline < cluster.timeline
        ? {
            says: `${member.name} is on timeline ${member.timeline}, the leader on ${cluster.timeline}`,
            advice:
              'It has not followed the last promotion. If it has diverged, pg_rewind or a reinitialisation brings it back.',
          }
        : null,
    ),
  },
  {
    code: 'replay-paused',
    severity: 'attention',
    settleMs: 0,
    order: 26,
    find: each((member) =>
      member.lag?.quality === 'replay-paused'
        ? {
            says: `Replay is paused on ${member.name}: it receives WAL and does not apply it`,
            advice:
              'Patroni resumes it within a loop unless the cluster is paused. Else: select pg_wal_replay_resume().',
          }
        : null,
    ),
  },
  {
    code: 'slot-lost',
    severity: 'attention',
    settleMs: 0,
    order: 27,
    find: ({ cluster }) =>
      slotFindings(
        cluster.members,
        (slot) => slot.walStatus === 'lost',
        (slot, member) => ({
          says: `The slot ${slot.name} on ${member.name} has lost WAL its consumer needs`,
          advice: 'Its consumer can’t catch up any more: reinitialise it, then drop the slot.',
        }),
      ),
  },
  {
    code: 'slot-retains',
    severity: 'attention',
    settleMs: 10_000,
    order: 28,
    find: ({ cluster, limits }) =>
      slotFindings(
        cluster.members,
        (slot) => slot.walStatus !== 'lost' && (slot.retainedBytes ?? 0) > limits.slotBytes,
        (slot, member) => ({
          says: `The slot ${slot.name} holds back ${formatBytes(slot.retainedBytes)} of WAL on ${member.name}${slot.active ? '' : ', and nobody reads it'}`,
          advice: 'Bring its consumer back or drop the slot before the disk of the leader is full.',
        }),
      ),
  },
  {
    code: 'pending-restart',
    severity: 'attention',
    settleMs: 0,
    order: 70,
    find: each((member) =>
      member.pendingRestart
        ? {
            says: `${member.name} has to restart for changed settings${member.pendingRestartReason.length > 0 ? ` (${member.pendingRestartReason.join(', ')})` : ''}`,
            advice: 'Restart it in a quiet moment (patronictl restart).',
          }
        : null,
    ),
  },
  {
    code: 'views-disagree',
    severity: 'attention',
    settleMs: 10_000,
    order: 29,
    find: each((member) =>
      member.isLeader &&
      member.state === 'running' &&
      member.probe.is === 'ok' &&
      !member.probe.writable &&
      member.role === 'primary'
        ? {
            says: `${member.name} says it is the primary, but PostgreSQL there is in recovery`,
            advice:
              'Either Howdah asks another server than Patroni runs, or Patroni is stuck: compare their addresses.',
          }
        : null,
    ),
  },
  {
    code: 'clock-skew',
    severity: 'attention',
    settleMs: 10_000,
    order: 75,
    find: each((member, { clockOffsets, limits }) => {
      const offset = clockOffsets.get(member.name) ?? 0;
      return Math.abs(offset) > limits.clockOffsetMs
        ? {
            says: `The clock of ${member.name} is ${formatDuration(Math.abs(offset))} ${offset > 0 ? 'ahead of' : 'behind'} Howdah's`,
            advice: 'Set both right by NTP: scheduled switchovers and log times depend on it.',
          }
        : null;
    }),
  },
  {
    code: 'probe-failing',
    severity: 'unknown',
    settleMs: 3000,
    order: 50,
    find: each((member) =>
      member.probe.is === 'failing' &&
      member.probe.failure.code !== 'no-credentials' &&
      member.state === 'running'
        ? {
            says: `Howdah can't see into PostgreSQL on ${member.name}: ${member.probe.failure.says}`,
            advice:
              'Check the monitoring user, pg_hba.conf, and the networks Howdah may connect to.',
          }
        : null,
    ),
  },
  {
    code: 'unprivileged',
    severity: 'unknown',
    settleMs: 0,
    order: 55,
    find: each((member) =>
      member.probe.is === 'ok' && !member.probe.privileged
        ? {
            says: `The monitoring user may not see replication on ${member.name}, so its figures are unknown`,
            advice: 'grant pg_monitor (or pg_read_all_stats) to the monitoring user.',
          }
        : null,
    ),
  },
];

type SlotOf = MemberView['slots'][number];

/** Slots matter where WAL is written: standbys keep idle slots for each other, on purpose. */
function slotFindings(
  members: readonly MemberView[],
  holds: (slot: SlotOf) => boolean,
  say: (slot: SlotOf, member: MemberView) => NonNullable<Said>,
): readonly Finding[] {
  return members
    .filter((member) => member.isLeader)
    .flatMap((member) =>
      member.slots
        .filter(holds)
        .map((slot) => ({ member, about: slot.name, ...say(slot, member) })),
    );
}

function quoted(state: string): string {
  return /^[a-z ]+$/.test(state) ? state : `“${state}”`;
}
