import { formatDuration } from '../units';
import { each } from './each-member';
import type { Rule } from './table';
import { waitsForWal } from './table-replication';

/** What can be wrong with one member as it is: whether it runs, and can be looked into. */
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
      !member.isLeader &&
      !['running', 'streaming', 'unreadable'].includes(member.state) &&
      !waitsForWal(member)
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

function quoted(state: string): string {
  return /^[a-z ]+$/.test(state) ? state : `“${state}”`;
}
