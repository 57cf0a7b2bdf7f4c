import { join } from 'node:path';
import { timings } from './options';
import type { Platform } from './platform';
import type { ClusterState, MemberState, SandboxState } from './state';

/** Everything of a member is under this folder. */
export function memberFolder(root: string, member: string): string {
  return join(root, 'members', member);
}

export function dataFolder(root: string, member: string): string {
  return join(memberFolder(root, member), 'data');
}

/** The database that the load generator fills. */
export const BENCH_DATABASE = 'bench';

/** What one member's Patroni needs to know of its surroundings. */
export interface PatroniPlace {
  readonly sandbox: SandboxState;
  readonly cluster: ClusterState;
  readonly member: MemberState;
  readonly platform: Platform;
}

/** Patroni's configuration. It is written as JSON, which is YAML too. */
export function patroniConfig({ sandbox, cluster, member, platform }: PatroniPlace) {
  const { root } = sandbox;
  const folder = memberFolder(root, member.name);
  const address = `127.0.0.1:${member.pgPort}`;
  return {
    scope: cluster.scope,
    namespace: cluster.namespace,
    name: member.name,
    restapi: {
      listen: `127.0.0.1:${member.restPort}`,
      connect_address: `127.0.0.1:${member.restPort}`,
    },
    zookeeper: { hosts: sandbox.zookeeper.map(({ port }) => `127.0.0.1:${port}`) },
    bootstrap: {
      dcs: dynamicConfig(sandbox, cluster),
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums', 'no-sync'],
      post_bootstrap: `${platform.postgresBin}/psql -qX -v ON_ERROR_STOP=1 -f ${join(folder, 'bootstrap.sql')}`,
    },
    postgresql: {
      listen: address,
      connect_address: address,
      bin_dir: platform.postgresBin,
      data_dir: dataFolder(root, member.name),
      pgpass: join(folder, 'pgpass'),
      authentication: {
        superuser: { username: cluster.superuser.user, password: cluster.superuser.password },
        replication: { username: cluster.replication.user, password: cluster.replication.password },
      },
      parameters: {
        unix_socket_directories: join(root, 'run'),
        // Kept within the folder: in /dev/shm a killed server would leave it behind.
        dynamic_shared_memory_type: 'mmap',
      },
      pg_hba: [
        `host replication ${cluster.replication.user} 127.0.0.1/32 scram-sha-256`,
        'host all all 127.0.0.1/32 scram-sha-256',
      ],
      // A member whose rewind fails is copied anew, and doesn't stay away for good.
      remove_data_directory_on_rewind_failure: true,
      // Otherwise a new standby waits for a checkpoint spread over minutes.
      basebackup: [{ checkpoint: 'fast' }],
    },
    tags: cluster.options.tags?.[member.name] ?? {},
  };
}

function dynamicConfig(sandbox: SandboxState, { options }: ClusterState) {
  const timing = timings[sandbox.profile];
  return {
    ttl: options.ttl ?? timing.ttl,
    loop_wait: options.loopWait ?? timing.loopWait,
    retry_timeout: options.retryTimeout ?? timing.retryTimeout,
    maximum_lag_on_failover: options.maximumLagOnFailover ?? 1_048_576,
    ...(options.syncMode === 'on' ? { synchronous_mode: true } : {}),
    ...(options.slots ? { slots: options.slots } : {}),
    postgresql: {
      use_pg_rewind: true,
      use_slots: true,
      parameters: {
        hot_standby: 'on',
        wal_level: 'replica',
        wal_log_hints: 'on',
        max_connections: 60,
        max_worker_processes: 4,
        max_wal_senders: 10,
        max_replication_slots: 10,
        shared_buffers: '16MB',
        max_wal_size: '192MB',
        min_wal_size: '48MB',
        huge_pages: 'off',
        jit: 'off',
        fsync: sandbox.profile === 'fast' ? 'off' : 'on',
        ...options.parameters,
      },
    },
  };
}

/** What the first leader runs before the cluster is open to anybody. */
export function bootstrapSql({ monitoring, bench }: ClusterState): string {
  return [
    `CREATE ROLE ${name(monitoring.user)} LOGIN PASSWORD ${text(monitoring.password)};`,
    `GRANT pg_monitor TO ${name(monitoring.user)};`,
    `CREATE ROLE ${name(bench.user)} LOGIN PASSWORD ${text(bench.password)};`,
    `CREATE DATABASE ${BENCH_DATABASE} OWNER ${name(bench.user)};`,
    '',
  ].join('\n');
}

const name = (value: string) => `"${value.replaceAll('"', '""')}"`;
const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
