import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '@/lib/errors';
import { defaultPolicy, type RoutingPolicy } from '@/lib/routing/policy';
import type { RoutingView } from '@/lib/routing/view';
import {
  type PatroniCluster,
  type Read,
  type RoutingAgent,
  type Sandbox,
  type SandboxHaproxy,
  startFreshReads,
  startHeartbeat,
  startHeldReads,
  waitFor,
} from '@/sandbox';
import { type OnSandbox, switchover } from '../operations/on-sandbox';
import type { Runtime } from '../runtime';
import { behindHaproxy, tells } from './behind-haproxy-for-tests';

/** Reads and writes through a real HAProxy, with weights that a Howdah leases to the agent beside it. */

const LIMIT_MS = 3000;
/** From when a lag is too high until no new session is opened there: one probe and one agent interval. */
const NOTICED_MS = 2000;

let sandbox: Sandbox;
let cluster: PatroniCluster;
let on: OnSandbox;
let agent: RoutingAgent;
let haproxy: SandboxHaproxy;
let howdah: Runtime;

beforeAll(async () => {
  ({ sandbox, cluster, on, agent, haproxy } = await behindHaproxy('test-routing'));
  howdah = on.howdah(tells(agent));
}, 120_000);
afterAll(async () => {
  await on?.end();
  on?.remove();
  await sandbox?.down();
});

const viewOf = (of = howdah): RoutingView | null => {
  try {
    return of.routing.view(on.id);
  } catch {
    return null;
  }
};

/** The view once it is as it should be. */
const seen = (
  holds: (view: RoutingView) => boolean,
  { of = howdah, what = 'the weights', timeoutMs = 30_000 } = {},
): Promise<RoutingView> =>
  waitFor(
    () => {
      const view = viewOf(of);
      return view !== null && holds(view) ? view : null;
    },
    { timeoutMs, what: () => `${what}: ${JSON.stringify(viewOf(of))}` },
  );

const verdict = (view: RoutingView | null, member: string) =>
  view?.weighing?.verdicts.find((one) => one.member === member);

/** Writes a policy, and waits until every standby serves by it. */
async function balanced(part: Partial<RoutingPolicy> = {}, least = 60): Promise<void> {
  const before = await seen(({ policy }) => policy !== undefined);
  const { drains: _, ...policy } = {
    ...defaultPolicy,
    ...{ limit: { ms: LIMIT_MS, bytes: null }, slowStartMs: 2000 },
    ...part,
  };
  const was = before.policy.is === 'none' ? null : before.policy;
  const now = await howdah.policies.change(on.id, {
    ...{ change: { kind: 'policy', policy }, by: 'ann@example.org' },
    seen: was && { version: was.version, mzxid: was.mzxid },
  });
  const version = now.is === 'ok' ? now.version : -1;
  await settled(version, least);
  await inForce();
}

/** Both standbys carry so much of their own weight at least, and the leader no longer helps. */
const settled = (version?: number, least = 60): Promise<RoutingView> =>
  seen(
    ({ policy, weighing, agents }) =>
      policy.is === 'ok' &&
      (version === undefined || policy.version === version) &&
      agents.every(({ is }) => is === 'holds') &&
      (weighing?.verdicts ?? []).filter(({ why, percent }) => why === 'serves' && percent >= least)
        .length === 2 &&
      (weighing?.verdicts ?? []).every(({ why }) => why !== 'helps'),
  );

/** HAProxy's weights are those that are told. */
const inForce = () =>
  waitFor(
    () => {
      const view = viewOf();
      const read = view?.servers.filter(({ port }) => port === 'read') ?? [];
      return (
        read.length === 3 &&
        read.every(({ member, weight }) => {
          const told = verdict(view, member)?.percent ?? -1;
          return weight !== null && Math.abs(weight - told) <= 3;
        })
      );
    },
    { timeoutMs: 20_000, what: () => `HAProxy to go by it: ${JSON.stringify(viewOf())}` },
  );

const failed = (reads: readonly Read[]) => reads.filter(({ ok }) => !ok).map(({ error }) => error);
const reading = (rate = 40) => startFreshReads(cluster, { port: haproxy.readPort('reads'), rate });
const shareOf = (reads: readonly Read[], member: string) =>
  reads.filter((one) => one.member === member).length / reads.length;

test('new connections follow the weights, and the port for writes is Patroni’s alone', async () => {
  const [heavy, light] = await cluster.standbys();
  await balanced({ weights: { [light?.name ?? '']: 30 } }, 20);
  const heartbeat = await startHeartbeat(cluster);
  const clients = reading(50);
  await waitFor(() => clients.records.length >= 400, { timeoutMs: 60_000, what: 'reads' });
  const told = viewOf();
  const reads = await clients.stop();
  await heartbeat.stop();
  expect(failed(reads)).toEqual([]);
  for (const member of [heavy, light]) {
    const wanted = verdict(told, member?.name ?? '')?.share ?? -1;
    expect(Math.abs(shareOf(reads, member?.name ?? '') - wanted)).toBeLessThanOrEqual(0.05);
  }
  expect(shareOf(reads, (await cluster.leader())?.name ?? '')).toBe(0);
  const rows = await haproxy.rows();
  const { write } = haproxy.names('reads');
  const writes = rows.filter(({ proxy, kind }) => proxy === write && kind === 'server');
  expect(writes.map((row) => row.agent.status)).toEqual([null, null, null]);
}, 90_000);

test('a standby whose replay slows down carries less, then nothing, before anybody reads stale rows', async () => {
  await balanced({ closeStale: true });
  const heartbeat = await startHeartbeat(cluster);
  const [slow, other] = await cluster.standbys();
  const name = slow?.name ?? '';
  const fresh = reading();
  const held = startHeldReads(cluster, { port: haproxy.readPort('reads'), count: 4 });
  await waitFor(() => held.records.some(({ member }) => member === name), {
    ...{ timeoutMs: 10_000, what: 'sessions on both' },
  });
  const falling: number[] = [];
  const slowed = slow?.slowReplay(20_000);
  const out = await seen((view) => {
    const now = verdict(view, name);
    if (now?.why === 'serves') falling.push(now.percent);
    return now?.why === 'lagging';
  });
  const outAt = performance.now();
  expect(verdict(out, name)?.says).toMatch(/is out: at most .* behind, of 3 s allowed/);
  // It had carried little for a while before.
  expect(Math.min(...falling)).toBeLessThan(30);
  await slowed;
  await waitFor(() => fresh.records.some(({ openedAt }) => openedAt > outAt + NOTICED_MS + 1000), {
    ...{ timeoutMs: 20_000, what: 'reads after it' },
  });
  await waitFor(() => held.records.slice(-8).every(({ member }) => member === other?.name), {
    ...{ timeoutMs: 20_000, what: 'sessions to be closed on the one that is behind' },
  });
  const reads = await fresh.stop();
  const kept = await held.stop();
  await heartbeat.stop();
  expect(failed(reads)).toEqual([]);
  // The first moment at which anybody could have read something too old there.
  const first = [...reads, ...kept].filter(
    ({ member, value }) => member === name && (value ?? 0) > LIMIT_MS,
  );
  const since = Math.min(...first.map(({ openedAt }) => openedAt));
  const stale = reads.filter(
    ({ openedAt, value }) => openedAt > since + NOTICED_MS && (value ?? Infinity) > LIMIT_MS,
  );
  expect(stale).toEqual([]);
  // Nor did anybody open a session there once it was out.
  expect(reads.filter((one) => one.member === name && one.openedAt > outAt + NOTICED_MS)).toEqual(
    [],
  );
  await slow?.slowReplay(0);
  await settled();
}, 120_000);

test('a member that is drained loses its sessions in peace', async () => {
  await balanced();
  const [drained] = await cluster.standbys();
  const name = drained?.name ?? '';
  const heartbeat = await startHeartbeat(cluster);
  const fresh = reading();
  const held = startHeldReads(cluster, { port: haproxy.readPort('reads'), count: 4 });
  await waitFor(() => held.records.some(({ member }) => member === name), {
    ...{ timeoutMs: 10_000, what: 'sessions on both' },
  });
  const policy = viewOf()?.policy;
  if (policy?.is !== 'ok') throw new Error('there is no policy');
  const seenNow = { version: policy.version, mzxid: policy.mzxid };
  const drain = { kind: 'drain' as const, member: name, reason: 'new disk', until: null };
  await howdah.policies.change(on.id, { change: drain, seen: seenNow, by: 'ann@example.org' });
  await seen(({ servers }) =>
    servers.some(
      ({ member, port, status, sessions }) =>
        member === name && port === 'read' && status.startsWith('DRAIN') && (sessions ?? 9) <= 4,
    ),
  );
  const at = fresh.records.length;
  await waitFor(() => fresh.records.length > at + 80, { timeoutMs: 20_000, what: 'more reads' });
  const reads = await fresh.stop();
  const kept = await held.stop();
  await heartbeat.stop();
  expect([...failed(reads), ...failed(kept)]).toEqual([]);
  expect(reads.slice(at + 40).filter(({ member }) => member === name)).toEqual([]);
  // Whose sessions go on until they end by themselves: none has been opened anew.
  expect(new Set(kept.map(({ connection }) => connection)).size).toBe(4);
  await seen(({ servers }) =>
    servers.some(
      ({ member, port, sessions }) => member === name && port === 'read' && sessions === 0,
    ),
  );
  // Written on what was seen before the drain.
  const late = { change: { kind: 'drain-ended' as const, member: name }, seen: seenNow, by: null };
  const refused = await howdah.policies.change(on.id, late).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Failure);
  expect((refused as Failure).code).toBe('moved');
  const now = viewOf()?.policy;
  if (now?.is !== 'ok') throw new Error('there is no policy');
  expect(now.policy.drains[name]).toMatchObject({ by: 'ann@example.org', reason: 'new disk' });
  const seenThen = { version: now.version, mzxid: now.mzxid };
  await howdah.policies.change(on.id, { ...late, seen: seenThen });
  await settled();
}, 120_000);

test('a second Howdah weighs the same, and speaks once the first is gone', async () => {
  await balanced();
  const second = on.howdah(tells(agent));
  const waits = await seen(({ agents }) => agents[0]?.is === 'other', { of: second });
  expect(waits.agents[0]?.says).toMatch(/^It is told what to say by Howdah on /);
  await waitFor(
    () => {
      const [one, other] = [viewOf(howdah), viewOf(second)];
      return cluster.members.every(({ name }) => {
        const [a, b] = [verdict(one, name)?.percent ?? -99, verdict(other, name)?.percent ?? 99];
        return Math.abs(a - b) <= 10;
      });
    },
    { timeoutMs: 20_000, what: 'both to weigh the same' },
  );
  await howdah.close();
  howdah = second;
  await seen(({ agents }) => agents[0]?.is === 'holds');
}, 90_000);

test.each([
  ['a switchover', () => on.done(howdah, switchover())],
  ['a killed leader', async () => (await cluster.leader())?.kill()],
])(
  '%s interrupts no read, and writes come back',
  async (_, moves) => {
    await balanced();
    const leader = await cluster.leader();
    const heartbeat = await startHeartbeat(cluster, { port: haproxy.writePort('reads') });
    const fresh = reading();
    const held = startHeldReads(cluster, { port: haproxy.readPort('reads'), count: 4 });
    await waitFor(() => new Set(held.records.map(({ member }) => member)).size === 2, {
      ...{ timeoutMs: 10_000, what: 'sessions on both' },
    });
    await moves();
    const next = await waitFor(
      async () => {
        const now = await cluster.leader();
        return now && now.name !== leader?.name ? now : null;
      },
      { timeoutMs: 40_000, what: 'another leader' },
    );
    const since = performance.now();
    await waitFor(() => heartbeat.beats.some(({ ok, begunAt }) => ok && begunAt > since), {
      ...{ timeoutMs: 40_000, what: 'writes through HAProxy' },
    });
    const beats = await heartbeat.stop();
    const [reads, kept] = [await fresh.stop(), await held.stop()];
    expect(beats.at(-1)?.ok ?? false).toBe(true);
    expect(next.name).not.toBe(leader?.name);
    expect([...failed(reads), ...failed(kept)]).toEqual([]);
    if (!leader?.patroni.running()) await leader?.start();
    await cluster.waitHealthy(60_000);
    await settled();
  },
  120_000,
);
