import type { Undiagnosed } from '../topology/assemble';
import { parseLsn } from '../topology/lsn';
import type { MemberView } from '../topology/view';
import { formatDuration } from '../units';
import { each } from './each-member';
import type { Rule } from './table';

const RUNS: ReadonlySet<string> = new Set(['running', 'streaming', 'unreadable']);

/** Bytes, as PostgreSQL is built by default; of another build less is told. */
const WAL_PAGE = 8192n;

/**
 * pg_rewind has a standby replay up to where its source, a primary, would write next. Where that is
 * behind the header of a page that has not been begun, all that was written ends short of it.
 */
function waitsForWal({ state, probe, upstream, lag }: MemberView, cluster: Undiagnosed): boolean {
  const refuses = probe.is === 'failing' && probe.failure.code === 'starting-up';
  const hasAll = upstream?.state === 'streaming' && lag?.quality === 'idle';
  const written = parseLsn(cluster.members.find((one) => one.isLeader)?.lsn);
  const atPageHead = written !== null && written % WAL_PAGE === 0n;
  return state === 'starting' && refuses && hasAll && atPageHead && !cluster.mode.standbyCluster;
}

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
    find: each((member, { cluster }) => {
      if (member.isLeader || RUNS.has(member.state)) return null;
      if (waitsForWal(member, cluster)) {
        return {
          says: `${member.name} is starting: it has replayed all that ${cluster.leader?.name} wrote, and takes one record more to accept connections`,
          advice: `This can happen after a pg_rewind. An idle leader may write nothing for long; one write there ends it: select pg_current_xact_id() (before PostgreSQL 13 txid_current()).`,
        };
      }
      return {
        says: `${member.name} is ${quoted(member.state)}`,
        advice: `See the logs of Patroni and PostgreSQL on ${member.address ?? member.name}.`,
      };
    }),
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
