import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WriteAttempt } from '@/lib/operations/write-outage';
import {
  type PatroniCluster,
  type PatroniMember,
  type Sandbox,
  startSandbox,
  waitFor,
} from '@/sandbox';
import { addressPolicy } from '@/server/address-policy';
import { systemClock } from '@/server/clock';
import type { ProbeSettings } from '@/server/ports';
import { PostgresWriteProbe } from './write-probe';

let sandbox: Sandbox;
let cluster: PatroniCluster;
let probe: PostgresWriteProbe;
let leader: PatroniMember;
let standby: PatroniMember;
const loopback = addressPolicy(['127.0.0.0/8'], {});
const writer = { user: 'howdah_writer', password: 'a password of its own' };

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-write-probe',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [{ scope: 'writes', members: 2 }],
  });
  cluster = sandbox.cluster('writes');
  leader = cluster.member('writes-1');
  standby = cluster.member('writes-2');
  // No right of any kind beside that of coming in.
  await leader.sql(`create role ${writer.user} login password '${writer.password}'`);
  await waitFor(
    async () => (await standby.sql(`select from pg_roles where rolname = '${writer.user}'`)).length,
    { timeoutMs: 10_000, what: 'the role to be on the standby' },
  );
  probe = new PostgresWriteProbe(systemClock);
});
afterEach(() => probe.close());
afterAll(() => sandbox?.down());

function attempt(port: number, part: Partial<ProbeSettings> = {}): Promise<WriteAttempt> {
  return probe.attempt({
    key: String(port),
    connUrl: `postgres://127.0.0.1:${port}/postgres`,
    settings: {
      ...{ ...writer, database: 'postgres', sslmode: 'disable', ca: null, addresses: loopback },
      ...part,
    },
  });
}

const sessions = `select pid, wait_event from pg_stat_activity where application_name = 'howdah-write-probe'`;

describe('a role with nothing but LOGIN', () => {
  test('commits on the primary: an id, and WAL that is flushed, and no more than one connection', async () => {
    const [before] = await leader.sql(
      'select pg_current_wal_flush_lsn() as lsn, txid_current() as id',
    );
    for (let n = 0; n < 3; n += 1) {
      expect(await attempt(leader.pgPort)).toMatchObject({ is: 'committed' });
    }
    const [after] = await leader.sql(
      `select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '${before?.lsn}') > 0 as flushed, txid_current() as id`,
    );
    expect(after?.flushed).toBe(true);
    expect(Number(after?.id) - Number(before?.id)).toBeGreaterThanOrEqual(4);
    expect(await leader.sql(sessions)).toHaveLength(1);
    expect(probe.connections).toBe(1);
  });

  test('is refused on a standby, in words and without an error in its log', async () => {
    const answer = await attempt(standby.pgPort);
    expect(answer).toMatchObject({ is: 'refused', hopeless: false });
    expect(answer.is === 'refused' && answer.says).toContain('read-only');
    // The connection is as good as it was.
    expect(probe.connections).toBe(1);
  });

  test('would be refused there if it were forced', async () => {
    await expect(standby.sql(`select pg_logical_emit_message(true, 'howdah', '')`)).rejects.toThrow(
      /recovery/,
    );
  });
});

test('where nobody can come in, or nothing listens, or it may not go there, is said', async () => {
  const wrong = await attempt(leader.pgPort, { password: 'hunter2' });
  expect(wrong).toMatchObject({ is: 'refused', hopeless: true });
  expect(JSON.stringify(wrong)).not.toContain('hunter2');
  expect(await attempt(1)).toMatchObject({ is: 'refused', hopeless: false });
  const elsewhere = addressPolicy(['10.0.0.0/8'], {});
  expect(await attempt(leader.pgPort, { addresses: elsewhere })).toMatchObject({
    ...{ is: 'refused', hopeless: true },
  });
});

test('a commit that waits for its standbys is no success, and nothing is left behind waiting', async () => {
  const names = async (value: string) => {
    await leader.sql(`alter system set synchronous_standby_names = '${value}'`);
    await leader.sql('select pg_reload_conf()');
    await waitFor(
      async () =>
        (await leader.sql('show synchronous_standby_names'))[0]?.synchronous_standby_names ===
        value,
      { timeoutMs: 5000, what: 'the setting' },
    );
  };
  const waiting = async () =>
    (await leader.sql(sessions)).filter(({ wait_event }) => wait_event === 'SyncRep').length;
  await names('nobody');
  try {
    const first = await attempt(leader.pgPort);
    expect(first).toMatchObject({ is: 'unsure' });
    expect(first.endedAt - first.sentAt).toBeLessThan(2000);
    // The next is answered when that one has been called off, over the same connection.
    expect(await attempt(leader.pgPort)).toMatchObject({ is: 'refused' });
    expect(await waiting()).toBe(0);
    expect(await attempt(leader.pgPort)).toMatchObject({ is: 'unsure' });
    expect((await leader.sql(sessions)).length).toBeLessThanOrEqual(1);
  } finally {
    await names('');
  }
  await waitFor(async () => (await attempt(leader.pgPort)).is === 'committed', {
    timeoutMs: 5000,
    what: 'commits to be confirmed again',
  });
});

test('a server that hangs is given up in time, over no more than one connection', async () => {
  expect(await attempt(leader.pgPort)).toMatchObject({ is: 'committed' });
  const [session] = await leader.sql(sessions);
  const pid = Number(session?.pid);
  process.kill(pid, 'SIGSTOP');
  try {
    const hung = await attempt(leader.pgPort);
    expect(hung).toMatchObject({ is: 'unsure' });
    expect(hung.endedAt - hung.sentAt).toBeLessThan(2000);
    await attempt(leader.pgPort);
    expect(probe.connections).toBeLessThanOrEqual(1);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await waitFor(async () => (await attempt(leader.pgPort)).is === 'committed', {
    timeoutMs: 5000,
    what: 'commits to be confirmed again',
  });
});
