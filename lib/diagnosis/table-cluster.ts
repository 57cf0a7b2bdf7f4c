import type { ProbeFailureCode } from '../topology/sample';
import type { PauseView } from '../topology/view';
import { formatBytes, formatDuration } from '../units';
import type { Finding, Rule } from './table';

const none: readonly Finding[] = [];
const one = (says: string, advice: string): readonly Finding[] => [{ member: null, says, advice }];

/** Failures that look like a dead server rather than a closed door. */
const SILENT: ReadonlySet<ProbeFailureCode> = new Set(['unreachable', 'timeout', 'starting-up']);

const whose = (pause: PauseView | null): string =>
  pause === null
    ? ''
    : `${pause.by === null ? '' : ` by ${pause.by}`}${pause.reason === '' ? '' : ` (${pause.reason})`}`;

/** What can be wrong with a cluster as a whole. */
export const clusterRules: readonly Rule[] = [
  {
    code: 'no-leader',
    severity: 'critical',
    settleMs: 0,
    order: 10,
    find: ({ cluster }) =>
      cluster.leader !== null || cluster.unreadable.some((znode) => znode.path.endsWith('/leader'))
        ? none
        : one(
            `${cluster.name} has no leader, so nothing accepts writes`,
            'If it lasts longer than the ttl, look at the Patroni logs of the members: a candidate may lag too far behind, be tagged nofailover, or not reach ZooKeeper.',
          ),
  },
  {
    code: 'primary-silent',
    severity: 'critical',
    settleMs: 0,
    order: 5,
    // Asked of both sides: a primary that only Howdah can't reach still feeds its standbys.
    find: ({ cluster }) => {
      const leader = cluster.members.find((member) => member.isLeader);
      if (leader?.probe.is !== 'failing' || !SILENT.has(leader.probe.failure.code)) return none;
      const asked = cluster.members.filter(
        (m) => m.lag !== null && m.probe.is === 'ok' && m.upstream?.name === leader.name,
      );
      // Without a sender a standby turns to the archive, where there is one.
      const deaf = new Set(['broken', 'archive']);
      if (asked.length === 0 || asked.some((m) => !deaf.has(m.upstream?.state ?? ''))) return none;
      const ttl =
        cluster.config.is === 'ok'
          ? ` within ${cluster.config.value.ttl} s of its last sign of life`
          : '';
      return one(
        `${leader.name} does not answer and no standby receives from it: the primary is down`,
        cluster.mode.paused
          ? 'The cluster is paused, so nothing will be failed over: bring the primary back, or fail over by hand.'
          : `Patroni restarts it in place, or fails over${ttl}. Watch who takes the leadership.`,
      );
    },
  },
  {
    code: 'nobody-writable',
    severity: 'critical',
    settleMs: 2000,
    order: 8,
    find: ({ cluster }) => {
      const leader = cluster.members.find((member) => member.isLeader);
      const demoted = leader?.probe.is === 'ok' && !leader.probe.writable;
      const another = cluster.members.some((m) => m.probe.is === 'ok' && m.probe.writable);
      const { standbyCluster, replication } = cluster.mode;
      return !leader || !demoted || another || standbyCluster || replication === 'unknown'
        ? none
        : one(
            `No member of ${cluster.name} accepts writes: ${leader.name} holds the leadership but is in recovery`,
            'Patroni demotes a primary that can’t reach ZooKeeper, and promotes again when it can: look at the ensemble first.',
          );
    },
  },
  {
    code: 'multiple-writable',
    severity: 'critical',
    settleMs: 5000,
    order: 0,
    // Members that have left ZooKeeper are asked too: a primary whose Patroni died goes on writing.
    find: ({ cluster, ensemble }) => {
      const writable = cluster.members.filter((m) => m.probe.is === 'ok' && m.probe.writable);
      const { leader } = cluster;
      const strays = writable.filter((member) => !member.isLeader);
      const leaderUnknown =
        !ensemble.connected || cluster.unreadable.some((znode) => znode.path.endsWith('/leader'));
      if (writable.length > 1) {
        const names = writable.map((member) => member.name).join(' and ');
        return strays.map((member) => ({
          member,
          says: leaderUnknown
            ? `${names} both accept writes, and which of them leads is not known now`
            : `${names} both accept writes: what is written on ${member.name} will be lost`,
          advice: leaderUnknown
            ? 'Find out by the highest timeline which is the newest, and keep clients away from the other.'
            : `Keep clients away from ${member.name} at once, then see why its Patroni does not demote it (is it running?).`,
        }));
      }
      if (leaderUnknown || leader === null) return none;
      return strays.map((member) => ({
        member,
        says: `${member.name} accepts writes although ${leader.name} holds the leadership`,
        advice: `Compare what runs at the address of ${leader.name} with what Patroni there says, and keep clients away from ${member.name} until it is clear.`,
      }));
    },
  },
  {
    code: 'zookeeper-lost',
    severity: 'unknown',
    settleMs: 0,
    order: 5,
    find: ({ ensemble }) =>
      ensemble.connected
        ? none
        : one(
            `ZooKeeper (${ensemble.name}) can't be reached, so this is how the cluster was, not how it is`,
            'See whether most of the ensemble’s servers run and whether Howdah can reach them.',
          ),
  },
  {
    code: 'sync-without-standby',
    severity: 'attention',
    settleMs: 5000,
    order: 20,
    find: ({ cluster }) => {
      const { replication } = cluster.mode;
      if (replication !== 'sync' && replication !== 'quorum') return none;
      if (cluster.mode.standbyCluster) return none;
      if (!cluster.leader || (cluster.sync?.standbys.length ?? 0) > 0) return none;
      const strict = cluster.config.is === 'ok' && cluster.config.value.synchronousModeStrict;
      return one(
        strict
          ? `${cluster.name} has no synchronous standby and the mode is strict: commits wait`
          : `${cluster.name} has no synchronous standby: a failover now could lose commits, so none is automatic`,
        'Bring a standby back to streaming. Patroni names it synchronous by itself.',
      );
    },
  },
  {
    code: 'commits-waiting',
    severity: 'critical',
    settleMs: 10_000,
    order: 15,
    find: ({ cluster, syncWaits }) =>
      syncWaits === null || syncWaits === 0
        ? none
        : one(
            `${syncWaits} ${syncWaits === 1 ? 'session has waited' : 'sessions have waited'} on ${cluster.leader?.name} for more than 5 s for a synchronous standby to confirm`,
            'See which standby is named in synchronous_standby_names and whether it streams.',
          ),
  },
  {
    code: 'no-standby',
    severity: 'attention',
    settleMs: 5000,
    order: 25,
    find: ({ cluster }) => {
      const standbys = cluster.members.filter(
        (member) => !member.isLeader && member.presence.is === 'present',
      );
      return cluster.leader === null || standbys.length > 0
        ? none
        : one(
            `${cluster.name} has no standby: if ${cluster.leader.name} fails, there is nothing to fail over to`,
            'Start a standby, or bring the missing one back.',
          );
    },
  },
  {
    code: 'config-unreadable',
    severity: 'attention',
    settleMs: 0,
    order: 30,
    find: ({ cluster }) =>
      cluster.config.is === 'unreadable'
        ? one(
            `The configuration of ${cluster.name} can't be read: ${cluster.config.why}`,
            'Correct the config znode (patronictl edit-config). Patroni goes on with the last good one.',
          )
        : none,
  },
  {
    code: 'znode-unreadable',
    severity: 'attention',
    settleMs: 0,
    order: 31,
    find: ({ cluster }) =>
      cluster.unreadable
        .filter((znode) => !znode.path.endsWith('/config'))
        .map((znode) => ({
          member: cluster.members.find((m) => znode.path.endsWith(`/members/${m.name}`)) ?? null,
          about: znode.path,
          says: `${znode.path} can't be read: ${znode.why}`,
          advice: 'See its bytes below and find out what wrote it: Patroni does not write this.',
        })),
  },
  {
    code: 'ttl-above-granted',
    severity: 'attention',
    settleMs: 0,
    order: 40,
    find: ({ cluster, ensemble }) => {
      const most = ensemble.maxSessionTimeoutMs;
      if (cluster.config.is !== 'ok' || most === null) return none;
      const { ttl } = cluster.config.value;
      return ttl * 1000 <= most
        ? none
        : one(
            `The ttl of ${ttl} s is longer than the ${formatDuration(most)} that ZooKeeper grants: a leader cut off believes in its lease after it has ended`,
            `Set ttl to at most ${Math.floor(most / 1000)} s, or raise maxSessionTimeout of the ensemble.`,
          );
    },
  },
  {
    code: 'lsn-backwards',
    severity: 'attention',
    settleMs: 0,
    order: 35,
    find: ({ cluster, lsnWentBack }) =>
      lsnWentBack === null
        ? none
        : one(
            `The position of ${cluster.leader?.name ?? 'the leader'} went back by ${formatBytes(lsnWentBack.bytes)}`,
            'The server was restored, or another one answers at its address: check that the right data is served.',
          ),
  },
  {
    code: 'paused',
    severity: 'attention',
    settleMs: 0,
    order: 80,
    find: ({ cluster }) =>
      cluster.mode.paused
        ? one(
            `${cluster.name} is paused (maintenance mode)${whose(cluster.pause)}: a failure will not be failed over`,
            'Resume it when the maintenance is over.',
          )
        : none,
  },
  {
    code: 'pause-due',
    severity: 'attention',
    settleMs: 0,
    order: 15,
    find: ({ cluster: { name, pause }, now }) =>
      pause?.until != null && pause.until <= now
        ? one(
            `The pause of ${name} is due to end${whose(pause)}, and it is still paused`,
            'Resume it, or ask whoever paused it.',
          )
        : none,
  },
  {
    code: 'not-measured',
    severity: 'unknown',
    settleMs: 0,
    order: 90,
    find: ({ cluster }) => {
      const withoutCredentials = cluster.members.filter(
        (m) => m.probe.is === 'failing' && m.probe.failure.code === 'no-credentials',
      );
      return withoutCredentials.length === 0
        ? none
        : one(
            `Lag is not measured: no monitoring user is configured for ${cluster.name}`,
            'Create a role with pg_monitor and name it in howdah.yaml (see the README).',
          );
    },
  },
];
