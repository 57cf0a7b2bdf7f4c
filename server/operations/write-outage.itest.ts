import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startHaproxy, startSandbox, waitFor } from '@/sandbox';
import { OnSandbox, switchover } from './on-sandbox';

/** For how long nobody could write while an operation ran, by trying to; and what is kept of the run. */

let sandbox: Sandbox;
let on: OnSandbox;
/** HAProxy's port for writes. */
let through: string;
const COUNT = `select count(*)::int as n from pg_stat_activity
  where application_name = 'howdah-write-probe'`;
const writer = { user: 'howdah_writer', password: 'of its own' };

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-write-outage',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [{ scope: 'gap', members: 2 }],
  });
  on = new OnSandbox(sandbox, 'gap');
  // PostgreSQL runs as another user than root, and has to get there.
  chmodSync(on.folder, 0o711);
  await on.cluster.sql(`create role ${writer.user} login password '${writer.password}'`);
  await on.cluster.sql('create table howdah_probe (id int primary key, at timestamptz not null)');
  await on.cluster.sql(`grant select, insert, update on howdah_probe to ${writer.user}`);
  const haproxy = await startHaproxy(sandbox);
  through = `127.0.0.1:${haproxy.writePort('gap')}`;
});
afterAll(async () => {
  await on?.end();
  on?.remove();
  await sandbox?.down();
});

test('is measured by writes that are tried, and the run is kept with what it cost', async () => {
  const runtime = on.howdah({
    writeProbe: { ...writer, sslmode: 'disable', through, table: 'howdah_probe' },
    store: { folder: join(on.folder, 'state') },
  });
  const request = await on.request(runtime, switchover());
  const { id } = await runtime.operations.start(request, null);
  const ended = await waitFor(
    () => {
      const view = on.newest(runtime);
      const measured = view?.outageBy === 'writes' && view.through?.backAt != null;
      return view?.id === id && view.outcome && measured ? view : null;
    },
    { timeoutMs: 60_000, what: () => `its measure: ${JSON.stringify(on.newest(runtime))}` },
  );
  expect(ended.outcome?.code).toBe('done');
  expect(ended.twoWriters).toBeUndefined();
  // Patroni alone sleeps for a second in between.
  expect(ended.outageMs).toBeGreaterThan(500);
  expect(ended.outageMs).toBeLessThan(15_000);
  // What a client of HAProxy saw of it: longer by as much as HAProxy takes to see who leads.
  expect(ended.through).toMatchObject({ address: through, isOut: false });
  expect(ended.through?.backAt).toBeGreaterThan(ended.startedAt);
  expect(ended.through?.outageMs).toBeGreaterThan(500);
  const [row] = await on.cluster.sql('select at from howdah_probe');
  expect(Number(row?.at)).toBeGreaterThan(ended.startedAt);
  const kept = await waitFor(
    async () => {
      const found = await runtime.history.run({ cluster: on.id, id }).catch(() => null);
      return found?.outageBy === 'writes' && found.outcome !== null ? found : null;
    },
    { timeoutMs: 30_000, what: 'the run to be kept' },
  );
  expect(kept).toMatchObject({ outcome: ended.outcome, to: ended.to, reason: 'a test' });
  const page = await runtime.history.runs({ cluster: on.id, limit: 10 });
  expect(page.runs.map((one) => one.id)).toEqual([id]);
  const past = await waitFor(
    async () => {
      const costs = await runtime.history.past({ cluster: on.id, kind: 'switchover' });
      return costs.outageMs === null ? null : costs;
    },
    { timeoutMs: 30_000, what: 'what it cost' },
  );
  expect(past).toMatchObject({ count: 1, outageMs: { measured: 1 } });
  // Once the run is over nobody tries any more.
  await waitFor(
    async () => {
      // The old leader is only coming back.
      const all = await Promise.all(on.cluster.members.map((one) => one.sql(COUNT))).catch(
        () => [],
      );
      return all.length > 0 && all.every(([row]) => row?.n === 0);
    },
    { timeoutMs: 40_000, what: 'its connections to be closed' },
  );
}, 180_000);

test('a failover that nobody asked for is followed as a run, with its cause and cost', async () => {
  const runtime = on.howdah({
    writeProbe: { ...writer, sslmode: 'disable', through, table: 'howdah_probe' },
  });
  await on.cluster.waitHealthy(60_000);
  await on.judged(runtime, switchover(), ({ members }) => members.some((m) => m.verdict === 'ok'));
  const old = await on.cluster.leader();
  await old?.kill();
  const view = await waitFor(
    () => {
      const newest = on.newest(runtime);
      const told = newest?.cause === 'automatic' && newest.reason !== '' && newest.outcome !== null;
      return told ? newest : null;
    },
    { timeoutMs: 60_000, what: () => `its run: ${JSON.stringify(on.newest(runtime))}` },
  );
  expect(view).toMatchObject({ from: old?.name, kind: 'failover', by: null });
  expect(view.title).toBe(`Automatic failover from ${old?.name}`);
  expect(view.outcome?.code).toBe('done');
  expect(view.reason).toContain('its session has ended');
  // The first write of a client of HAProxy is marked on it, though nobody tried before it began.
  const marked = await waitFor(
    () => {
      const newest = on.newest(runtime);
      return newest?.id === view.id && newest.through?.backAt != null ? newest.through : null;
    },
    { timeoutMs: 30_000, what: () => `a write: ${JSON.stringify(on.newest(runtime))}` },
  );
  expect(marked.backAt).toBeGreaterThan(view.startedAt);
  await old?.start();
}, 120_000);

test('what somebody asks Patroni for directly is followed too, and said not to be by Howdah', async () => {
  const runtime = on.howdah();
  await on.cluster.waitHealthy(60_000);
  await on.judged(runtime, switchover(), ({ members }) => members.some((m) => m.verdict === 'ok'));
  const [leader, [standby]] = [await on.cluster.leader(), await on.cluster.standbys()];
  // As patronictl does.
  const body = { leader: leader?.name, candidate: standby?.name };
  const answer = await leader?.rest('/switchover', { method: 'POST', body, timeoutMs: 30_000 });
  expect(answer?.status).toBe(200);
  const view = await waitFor(
    () => {
      const newest = on.newest(runtime);
      return newest?.cause === 'request' && newest.outcome ? newest : null;
    },
    { timeoutMs: 60_000, what: () => `its run: ${JSON.stringify(on.newest(runtime))}` },
  );
  expect(view.title).toContain(`from ${leader?.name}`);
  expect(view.outcome?.code).toBe('done');
}, 120_000);
