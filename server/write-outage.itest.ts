import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterId } from '@/lib/topology/cluster-id';
import { type PatroniCluster, type Sandbox, startSandbox, waitFor } from '@/sandbox';
import { PostgresWriteProbe } from './adapters/postgres/write-probe';
import { systemClock } from './clock';
import { loadConfig } from './config';
import { startWriteOutage } from './operations/write-outage';
import { createRuntime, type Runtime } from './runtime';

/** A switchover: for how long nobody could write, by trying and by looking, and what is kept of it. */

let sandbox: Sandbox;
let cluster: PatroniCluster;
let runtime: Runtime;
const probe = new PostgresWriteProbe(systemClock);
const folder = mkdtempSync(join(tmpdir(), 'howdah-write-outage-'));
const key = { ensemble: 'main', namespace: '/service', scope: 'gap', group: null };
const ID = clusterId(key);
const writer = { user: 'howdah_writer', password: 'of its own' };

beforeAll(async () => {
  // PostgreSQL runs as another user than root, and has to get there.
  chmodSync(folder, 0o711);
  sandbox = await startSandbox({
    name: 'test-write-outage',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [{ scope: 'gap', members: 2 }],
  });
  cluster = sandbox.cluster('gap');
  await cluster.sql(`create role ${writer.user} login password '${writer.password}'`);
});
afterAll(async () => {
  probe.close();
  await runtime?.close();
  rmSync(folder, { recursive: true, force: true });
  await sandbox?.down();
});

function howdah() {
  const file = join(folder, 'howdah.yaml');
  const settings = {
    ensembles: [
      { connect: sandbox.connectString, namespaces: ['/service'], sessionTimeoutMs: 4000 },
    ],
    monitor: { ...cluster.monitoring, sslmode: 'disable' },
    writeProbe: { ...writer, sslmode: 'disable' },
    poll: { attendedMs: 500, idleMs: 1000, zookeeperMs: 1000 },
    store: { folder: join(folder, 'state') },
  };
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  const config = loadConfig({ HOWDAH_CONFIG: file, NODE_ENV: 'test' });
  runtime = createRuntime({
    config,
    build: 'test',
    log: pino({ level: 'fatal' }),
    peer: () => ({ address: '127.0.0.1' }),
    secret: 'a secret that only this test has'.padEnd(43, '.'),
    onSettled: () => {},
  });
  runtime.start();
  return config;
}

test('is measured by trying, beside what was seen by looking, and the run is kept', async () => {
  const config = howdah();
  const settings = config.clusterSettings(key).writeProbe;
  if (!settings) throw new Error('it is configured');
  const wish = { kind: 'switchover', candidate: null, at: null } as const;
  const { seen, candidate } = await waitFor(
    async () => {
      const judged = await runtime.operations.preflight(ID, wish).catch(() => null);
      const ready = judged?.members.find(({ verdict }) => verdict === 'ok');
      const forbidden = judged?.rules.some(({ verdict }) => verdict === 'refuse');
      return judged && ready && !forbidden ? { seen: judged.seen, candidate: ready.name } : null;
    },
    { timeoutMs: 30_000, what: 'a standby that may take over' },
  );
  const wanted = {
    ...{ cluster: ID, wish: { ...wish, candidate }, seen, confirm: 'gap', reason: 'a test' },
  };
  const run = startWriteOutage({
    ...{ clock: systemClock, writes: probe, id: 'one', settings },
    members: () =>
      cluster.members.map(({ name, pgPort }) => ({
        name,
        connUrl: `postgres://127.0.0.1:${pgPort}/postgres`,
      })),
  });
  const { leader } = seen;
  await waitFor(() => run.current().succeeded >= 5, { timeoutMs: 5000, what: 'writes' });
  expect(run.current()).toMatchObject({ lastOk: { member: leader }, outages: [], since: null });
  const askedAt = Date.now();
  await runtime.operations.start(wanted, null);
  const gone = await waitFor(() => run.current().since, {
    ...{ timeoutMs: 20_000, everyMs: 10, what: 'nobody to accept writes' },
  });
  expect(gone).toBeGreaterThanOrEqual(askedAt - 500);
  await waitFor(() => run.current().lastOk?.member === candidate, {
    ...{ timeoutMs: 40_000, what: 'the new primary to accept writes' },
  });
  const ended = await waitFor(
    () => {
      const [view] = runtime.operations.list(ID);
      return view?.state === 'ended' && view.outageMs !== null ? view : null;
    },
    { timeoutMs: 40_000, what: 'its end' },
  );
  run.stop();
  const { outages, twoWriters, longestMs, blind } = run.current();
  expect([twoWriters, blind]).toEqual([null, []]);
  const outage = outages.find(({ from, to }) => from === leader && to === candidate);
  if (!outage) throw new Error(`no outage: ${JSON.stringify(outages)}`);
  const measured = outage.endedAt - outage.startedAt;
  expect(outage.atMostMs).toBeGreaterThanOrEqual(measured);
  expect(longestMs).toBeGreaterThanOrEqual(measured);
  // Patroni alone sleeps for a second in between.
  expect(measured).toBeGreaterThan(500);
  // What was seen by looking four times a second is an upper bound, within two looks or so.
  expect(Math.abs(measured - (ended.outageMs ?? 0))).toBeLessThan(1500);
  const kept = await waitFor(
    async () => {
      const found = await runtime.history.run({ cluster: ID, id: ended.id }).catch(() => null);
      return found?.state === 'ended' && found.outageMs !== null ? found : null;
    },
    { timeoutMs: 30_000, what: 'the run to be kept' },
  );
  expect(kept).toMatchObject({ outcome: ended.outcome, to: candidate, reason: 'a test' });
  const page = await runtime.history.runs({ cluster: ID, limit: 10 });
  expect(page.runs.map(({ id }) => id)).toEqual([ended.id]);
  const past = await waitFor(
    async () => {
      const costs = await runtime.history.past({ cluster: ID, kind: 'switchover' });
      return costs.outageMs === null ? null : costs;
    },
    { timeoutMs: 30_000, what: 'what it cost' },
  );
  expect(past).toMatchObject({ count: 1, outageMs: { measured: 1, best: ended.outageMs } });
  await waitFor(() => probe.connections === 0, { timeoutMs: 3000, what: 'no connection' });
}, 120_000);
