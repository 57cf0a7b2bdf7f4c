import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type FarmServer,
  type PostgresFarm,
  type Sandbox,
  startPostgresFarm,
  startSandbox,
  waitFor,
} from '@/sandbox';
import { PostgresProbe } from '../adapters/postgres/probe';
import { addressPolicy } from '../address-policy';
import { systemClock } from '../clock';
import { ProbeSchedule } from './probe-schedule';

const INTERVAL_MS = 500;
const FROZEN_MS = 8000;
/**
 * A turn is passed over where this process was held up. Whoever waited for a server that hangs would
 * have waited for 2 s.
 */
const LONGEST_GAP_MS = 3 * INTERVAL_MS + 250;

let sandbox: Sandbox;
let farm: PostgresFarm;
let probe: PostgresProbe;
let schedule: ProbeSchedule;
/** When each member answered. */
const answered = new Map<string, number[]>();
/** The most connections there were after any answer. */
let most = 0;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'probe-schedule',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [],
  });
  farm = await startPostgresFarm(sandbox, { clusters: 4, members: 2 });
});
afterEach(() => schedule?.close());
afterAll(() => sandbox?.down());

function start(mostConnections: number): void {
  const settings = {
    ...farm.monitoring,
    database: 'postgres',
    sslmode: 'disable' as const,
    ca: null,
    addresses: addressPolicy(['127.0.0.0/8'], {}),
  };
  answered.clear();
  most = 0;
  probe = new PostgresProbe(systemClock);
  schedule = new ProbeSchedule({
    clock: systemClock,
    probe,
    attendedMs: INTERVAL_MS,
    urgentMs: 250,
    idleMs: INTERVAL_MS,
    mostConnections,
    mostPerHost: 8,
    mostPerCluster: 2,
    members: (scope) => {
      const { servers = [] } = farm.clusters.find((one) => one.scope === scope) ?? {};
      return new Map(
        servers.map(({ name, port }) => [
          name,
          { connUrl: `postgres://127.0.0.1:${port}/postgres`, settings, condition: 'running' },
        ]),
      );
    },
    onResult: (_, name, result) => {
      most = Math.max(most, probe.connections);
      if (!('code' in result)) answered.set(name, [...(answered.get(name) ?? []), Date.now()]);
    },
  });
  for (const { scope } of farm.clusters) schedule.update(scope);
}

const since = (server: FarmServer, at: number) =>
  (answered.get(server.name) ?? []).filter((time) => time >= at);

test('with half of the servers frozen the others are asked on time, and those come back once thawed', async () => {
  start(8);
  const settled = () => schedule.view().connections === 8 && schedule.view().unreachable === 0;
  await waitFor(settled, { timeoutMs: 10_000, what: 'every server to answer' });
  const frozen = farm.servers.filter((_, index) => index % 2 === 0);
  const healthy = farm.servers.filter((_, index) => index % 2 === 1);

  const frozenAt = Date.now();
  for (const server of frozen) await server.freeze();
  await waitFor(() => Date.now() - frozenAt > FROZEN_MS, {
    timeoutMs: 2 * FROZEN_MS,
    what: 'some polls',
  });
  const thawedAt = Date.now();
  expect(schedule.view()).toMatchObject({ members: 8, unreachable: 4 });
  await waitFor(() => schedule.view().behind === null, { timeoutMs: 5000, what: 'none late' });
  expect(schedule.view().connections).toBeLessThanOrEqual(8);
  for (const server of frozen) expect(since(server, frozenAt + INTERVAL_MS)).toEqual([]);
  for (const server of healthy) {
    const times = [frozenAt, ...since(server, frozenAt), thawedAt];
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(LONGEST_GAP_MS);
    expect(times.length).toBeGreaterThan(0.9 * (FROZEN_MS / INTERVAL_MS));
  }

  for (const server of frozen) server.thaw();
  // The longest back-off of this interval, with its jitter.
  await waitFor(settled, { timeoutMs: 25_000, what: 'all to answer again' });
  for (const server of frozen) expect(since(server, thawedAt)).not.toEqual([]);
});

test('with three connections for eight servers they take turns, and no server keeps one it lost', async () => {
  start(3);
  const rounds = () => Math.min(...farm.servers.map((server) => since(server, 0).length));
  await waitFor(() => rounds() >= 8, { timeoutMs: 15_000, what: 'eight rounds' });
  // Those that are closing are counted until they are closed, which may take a moment for each.
  expect(most).toBeLessThanOrEqual(6);
  expect(schedule.view()).toMatchObject({ unreachable: 0, mostConnections: 3 });
  const { polls, rotated, cutShort } = schedule.counters;
  expect(rotated).toBeGreaterThan(0.5 * polls);
  // One, where this process itself was held up.
  expect(cutShort).toBeLessThanOrEqual(1);
  for (const server of farm.servers) {
    const times = since(server, 0);
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(LONGEST_GAP_MS);
  }
  schedule.close();
  await waitFor(() => probe.connections === 0, { timeoutMs: 2000, what: 'no connection' });
});
