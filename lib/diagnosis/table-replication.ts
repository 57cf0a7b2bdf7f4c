import type { MemberView } from '../topology/view';
import { formatBytes, formatDuration } from '../units';
import { each, type Said } from './each-member';
import type { Finding, Rule } from './table';

const isStandby = (member: MemberView) => member.lag !== null;

/** What can be wrong with the WAL of one member: that it gets, or that it keeps for others. */
export const replicationRules: readonly Rule[] = [
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
