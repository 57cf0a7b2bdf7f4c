import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Wish } from '@/lib/operations/wish';
import { type PatroniCluster, type Sandbox, startSandbox, waitFor } from '@/sandbox';
import { at, OnSandbox, switchover } from './on-sandbox';

/** Every operation but a switchover now, on a real cluster, followed to its end. */

let sandbox: Sandbox;
let on: OnSandbox;
let cluster: PatroniCluster;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-operations',
    profile: 'fast',
    ephemeral: true,
    clusters: [{ scope: 'ops' }],
  });
  on = new OnSandbox(sandbox, 'ops');
  cluster = on.cluster;
});
afterAll(async () => {
  on?.remove();
  await sandbox?.down();
});
afterEach(() => on.end());

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

async function standbys(): Promise<readonly string[]> {
  const leader = await cluster.leader();
  return cluster.members.map(({ name }) => name).filter((name) => name !== leader?.name);
}

const configNow = async (): Promise<Record<string, unknown>> => {
  const leader = await cluster.leader();
  const answer = await leader?.rest('/config');
  return answer?.body as Record<string, unknown>;
};

const started = async (name: string): Promise<string> => {
  const member = cluster.members.find((one) => one.name === name);
  const [row] = (await member?.sql('select pg_postmaster_start_time()::text as at')) ?? [];
  return String(row?.at);
};

test('a standby is restarted, and all that were chosen, one after the other, the leader last', async () => {
  const runtime = on.howdah();
  const [one] = await standbys();
  const before = await started(one ?? '');
  const restart: Wish = { kind: 'restart', members: [one ?? ''], pendingOnly: false, at: null };
  const view = await on.done(runtime, restart);
  expect(view.outcome).toMatchObject({ code: 'done', says: `${one} of ops has been restarted.` });
  expect(await started(one ?? '')).not.toBe(before);

  const all = cluster.members.map(({ name }) => name);
  const leader = (await cluster.leader())?.name ?? '';
  const rolling = await on.done(runtime, { ...restart, members: all });
  expect(rolling.outcome?.code).toBe('done');
  const last = Math.max(...all.map((name) => at(rolling, `asked ${name}`) ?? 0));
  expect(at(rolling, `asked ${leader}`)).toBe(last);
  for (const name of all.filter((name) => name !== leader)) {
    expect(at(rolling, `done ${name}`)).toBeLessThanOrEqual(last);
  }
  expect((await cluster.leader())?.name).toBe(leader);
}, 120_000);

test('a reload is done once PostgreSQL has read its configuration again, and every Howdah shows it', async () => {
  const members = cluster.members.map(({ name }) => name);
  const [runtime, other] = [on.howdah(), on.howdah()];
  await on.judged(other, { kind: 'reload', members });
  const view = await on.done(runtime, { kind: 'reload', members });
  expect(view.outcome?.code).toBe('done');
  await waitFor(
    () => {
      const newest = on.newest(other);
      return newest?.id === view.id && newest.outcome?.code === 'done';
    },
    { timeoutMs: 10_000, what: 'the other Howdah to show it' },
  );
});

test('a restart is scheduled and shown, a second is refused, and it is cancelled', async () => {
  const runtime = on.howdah();
  const [one] = await standbys();
  const member = one ?? '';
  const wish: Wish = { kind: 'restart', members: [member], pendingOnly: false, at: inAnHour() };
  expect((await on.done(runtime, wish)).outcome?.code).toBe('done');
  const again = await on.judged(runtime, wish, ({ rules }) =>
    rules.some(({ verdict }) => verdict === 'refuse'),
  );
  expect(again.rules.find(({ verdict }) => verdict === 'refuse')?.says).toContain('already');
  expect((await on.done(runtime, { kind: 'cancel-restart', member })).outcome?.code).toBe('done');
  const none = await on.judged(runtime, { kind: 'cancel-restart', member });
  expect(none.rules.find(({ verdict }) => verdict === 'refuse')?.says).toContain('No restart');
});

test('a scheduled restart comes due and is followed, and so is one that Patroni then drops', async () => {
  const runtime = on.howdah();
  const [one = '', other = ''] = await standbys();
  const before = await started(one);
  const wanted = { kind: 'restart' as const, members: [one], pendingOnly: false };
  await on.judged(runtime, { ...wanted, at: null }, ({ rules }) =>
    rules.every(({ verdict }) => verdict !== 'refuse'),
  );
  const due = new Date(Date.now() + 8000).toISOString();
  const restart: Wish = { ...wanted, at: due };
  expect((await on.done(runtime, restart)).outcome?.code).toBe('done');
  // Not by Howdah, and nothing waits for a restart there.
  const body = { schedule: due, restart_pending: true };
  await cluster.member(other).rest('/restart', { method: 'POST', body });
  const ended = (member: string) =>
    waitFor(
      async () => {
        const all = await runtime.operations.list(on.id);
        return all.find((run) => run.title === `Scheduled restart of ${member}` && run.outcome);
      },
      { timeoutMs: 40_000, what: `the restart of ${member} to come due` },
    );
  expect(await ended(one)).toMatchObject({ cause: 'howdah', outcome: { code: 'done' } });
  expect(await started(one)).not.toBe(before);
  const dropped = await ended(other);
  expect(dropped).toMatchObject({ cause: 'request', outcome: { code: 'failed' } });
  expect(dropped.outcome?.says).toContain(`did not restart ${other}`);
}, 90_000);

test('a switchover is scheduled, a second is refused, and it is taken back', async () => {
  const runtime = on.howdah();
  const [one] = await standbys();
  const wish: Wish = { kind: 'switchover', candidate: one ?? '', at: inAnHour() };
  expect((await on.done(runtime, wish)).outcome?.code).toBe('done');
  const again = await on.judged(runtime, wish, ({ rules }) =>
    rules.some(({ verdict }) => verdict === 'refuse'),
  );
  expect(again.rules.find(({ verdict }) => verdict === 'refuse')?.says).toContain('is scheduled');
  const view = await on.done(runtime, { kind: 'cancel-switchover' });
  expect(view.outcome).toMatchObject({ code: 'done' });
});

test('a scheduled switchover comes due, and is followed as one that Howdah scheduled', async () => {
  const runtime = on.howdah();
  const [one = ''] = await standbys();
  await on.judged(runtime, switchover(one), ({ members }) =>
    members.some(({ name, verdict }) => name === one && verdict === 'ok'),
  );
  const due = new Date(Date.now() + 8000).toISOString();
  const scheduled = await on.done(runtime, { kind: 'switchover', candidate: one, at: due });
  expect(scheduled.outcome?.code).toBe('done');
  const view = await waitFor(
    () => {
      const newest = on.newest(runtime);
      return newest?.id !== scheduled.id && newest?.outcome ? newest : null;
    },
    { timeoutMs: 40_000, what: () => `it to come due: ${JSON.stringify(on.newest(runtime))}` },
  );
  expect(view).toMatchObject({ cause: 'howdah', to: one, outcome: { code: 'done' } });
  expect(view.title).toContain('Scheduled switchover from');
  expect((await cluster.leader())?.name).toBe(one);
  await cluster.waitHealthy(60_000);
}, 90_000);

test('a pause keeps who and why, and a resume ends it', async () => {
  const runtime = on.howdah();
  const until = Date.now() + 3_600_000;
  const view = await on.done(runtime, { kind: 'pause', until });
  expect(view.outcome?.code).toBe('done');
  // Another Howdah knows it as well.
  const other = on.howdah();
  const judged = await on.judged(other, { kind: 'resume' }, ({ rules }) =>
    rules.every(({ verdict }) => verdict !== 'refuse'),
  );
  expect(judged.phrase).toBeNull();
  expect((await on.done(other, { kind: 'resume' })).outcome?.code).toBe('done');
});

test('a standby is reinitialised: its data is another copy', async () => {
  const runtime = on.howdah();
  const [, two] = await standbys();
  const done = on.done(runtime, { kind: 'reinitialise', member: two ?? '' });
  const view = await cluster.nudgedUntil(done);
  expect(view.outcome?.code).toBe('done');
  await cluster.waitHealthy(60_000);
});

test('a configuration is written over exactly the version that was seen', async () => {
  const runtime = on.howdah();
  const seen = await on.judged(runtime, { kind: 'pause', until: null });
  const config = await configNow();
  const text = JSON.stringify({ ...config, maximum_lag_on_failover: 2_000_000 });
  const view = await on.done(runtime, { kind: 'configuration', text, seq: null });
  expect(view.outcome).toMatchObject({ code: 'done' });
  expect(view.outcome?.says).toContain('Written as version');
  const stale = {
    ...{ cluster: on.id, seen: seen.seen, confirm: 'ops', reason: '' },
    wish: {
      kind: 'configuration',
      text: JSON.stringify({ ...config, maximum_lag_on_failover: 3_000_000 }),
      seq: null,
    } as const,
  };
  await expect(runtime.operations.start(stale, null)).rejects.toMatchObject({ code: 'moved' });
});

/** How far the leader's Patroni says in ZooKeeper that the WAL has got, bytes. */
async function optime(): Promise<number> {
  const session = await on.zookeeper();
  const path = `/service/${cluster.scope}/status`;
  await session.sync(path);
  const found = await session.data(path, false);
  return Number(JSON.parse(found?.data.toString('utf8') ?? '{}').optime);
}

test('without a leader and with only a lagging candidate, the loss is named in bytes and typed', async () => {
  const runtime = on.howdah();
  const old = await cluster.leader();
  const [candidate, other] = cluster.members.filter(({ name }) => name !== old?.name);
  if (!old || !candidate || !other) throw new Error('three members');
  await Promise.all([other.kill(), candidate.kill()]);
  const before = await optime();
  await old.sql("select pg_logical_emit_message(false, 'test', repeat('x', 64000000))");
  await waitFor(async () => (await optime()) - before > 60_000_000, {
    ...{ timeoutMs: 30_000, what: 'the leader telling how far it is' },
  });
  await old.kill();
  await waitFor(async () => (await cluster.leader()) === null, {
    ...{ timeoutMs: 30_000, what: 'no leader' },
  });
  // It lags too much for Patroni to let it take over by itself.
  await candidate.start();
  const wish = { kind: 'failover', candidate: candidate.name } as const;
  const judged = await on.judged(
    runtime,
    wish,
    (one) => one.seen.leader === null && one.phrase !== null && (one.seen.lossBytes ?? 0) > 6e7,
  );
  expect(judged.phrase).toMatch(/^ops loses at least [\d.]+ MB$/);
  const request = { cluster: on.id, wish, seen: judged.seen, reason: 'the leader is dead' };
  await expect(
    runtime.operations.start({ ...request, confirm: 'ops' }, null),
  ).rejects.toMatchObject({ code: 'bad-input' });
  await runtime.operations.start({ ...request, confirm: judged.phrase ?? '' }, null);
  const view = await on.ended(runtime, 'failover');
  expect(view.outcome).toMatchObject({ code: 'done' });
  expect((await cluster.leader())?.name).toBe(candidate.name);
  await Promise.all([other.start(), old.start()]);
  await cluster.waitHealthy(60_000);
}, 150_000);

test('a cluster without a leader is failed over to a member by force', async () => {
  const runtime = on.howdah();
  // Paused, nothing takes over by itself.
  await on.done(runtime, { kind: 'pause', until: null });
  const old = await cluster.leader();
  await old?.kill();
  await waitFor(async () => (await cluster.leader()) === null, {
    timeoutMs: 30_000,
    what: 'no leader',
  });
  const judged = await on.judged(
    runtime,
    { kind: 'failover', candidate: null },
    (one) => one.suggested !== null && one.suggested !== old?.name && one.seen.leader === null,
  );
  const candidate = judged.suggested ?? '';
  const request = {
    ...{ cluster: on.id, wish: { kind: 'failover', candidate } as const, seen: judged.seen },
    ...{ confirm: judged.phrase ?? '', reason: 'the leader is dead' },
  };
  await expect(
    runtime.operations.start({ ...request, confirm: 'ops' }, null),
  ).rejects.toMatchObject({ code: 'bad-input' });
  await runtime.operations.start(request, null);
  const view = await on.ended(runtime, 'failover');
  expect(view.outcome).toMatchObject({ code: 'done' });
  expect((await cluster.leader())?.name).toBe(candidate);
}, 120_000);
