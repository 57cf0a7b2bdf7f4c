import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Failure } from '@/lib/errors';
import type { OperationRequest, Preflight } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import { type PatroniCluster, type Sandbox, startSandbox, waitFor } from '@/sandbox';
import type { Runtime } from '../runtime';
import { OnSandbox, switchover } from './on-sandbox';

/** What is refused before anything is sent, on real clusters, in the rule's own words. */

let sandbox: Sandbox;
let on: OnSandbox;
let tagged: OnSandbox;
let cluster: PatroniCluster;

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ name: 'test-refusals', profile: 'fast', ephemeral: true },
    clusters: [
      { scope: 'ref', maximumLagOnFailover: 65_536 },
      { scope: 'tag', members: 2, tags: { 'tag-2': { nofailover: true } } },
    ],
  });
  on = new OnSandbox(sandbox, 'ref');
  tagged = new OnSandbox(sandbox, 'tag');
  cluster = on.cluster;
});
afterAll(async () => {
  on?.remove();
  tagged?.remove();
  await sandbox?.down();
});
afterEach(async () => {
  await on.end();
  await tagged.end();
});

const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

async function theStandby() {
  const [one] = await cluster.standbys();
  if (!one) throw new Error('there is no standby');
  return one;
}

interface Asked {
  readonly of: OnSandbox;
  readonly runtime: Runtime;
  readonly wish: Wish;
  readonly posts: () => number;
}

/** Asks for it once the dialog says why not: it is refused in the same words, and nothing is sent. */
async function refused({ of, runtime, wish, posts }: Asked, says: string): Promise<void> {
  const judged = await of.judged(runtime, wish, (one) =>
    wordsOf(one).some((w) => w.includes(says)),
  );
  const before = runtime.operations.list(of.id)[0]?.id;
  const request: OperationRequest = {
    ...{ cluster: of.id, wish, seen: judged.seen, reason: 'a test' },
    confirm: judged.phrase ?? '',
  };
  const failure = await runtime.operations.start(request, null).then(
    () => null,
    (error: Failure) => error,
  );
  expect(failure).toMatchObject({ code: 'refused', message: expect.stringContaining(says) });
  // Nothing was sent, or recorded.
  expect(posts()).toBe(0);
  expect(runtime.operations.list(of.id)[0]?.id).toBe(before);
}

const wordsOf = ({ rules, members }: Preflight): readonly string[] =>
  [...rules, ...members.flatMap((member) => member.rules)]
    .filter(({ verdict }) => verdict === 'refuse')
    .map(({ says }) => says);

async function asking(of: OnSandbox) {
  const { rewrite, posts } = await of.throughProxies();
  const runtime = of.howdah({ rewrite });
  return (wish: Wish, says: string) => refused({ of, runtime, wish, posts }, says);
}

test('a candidate that is tagged nofailover', async () => {
  const ask = await asking(tagged);
  await ask(switchover('tag-2'), 'tag-2 is tagged nofailover');
  await ask({ kind: 'failover', candidate: 'tag-2' }, 'tag-2 is tagged nofailover');
});

test('a candidate that is too far behind', async () => {
  const ask = await asking(on);
  const standby = await theStandby();
  const [row] = await standby.sql('select pid from pg_stat_wal_receiver');
  const receiver = Number(row?.pid);
  process.kill(receiver, 'SIGSTOP');
  try {
    await cluster.sql(`select pg_logical_emit_message(false, 'lag', repeat('x', 200000))`);
    await ask(switchover(standby.name), 'over the limit of 64 kB (maximum_lag_on_failover)');
  } finally {
    process.kill(receiver, 'SIGCONT');
  }
});

test('while it is paused: nobody named, a schedule, a candidate whose replay is paused', async () => {
  const ask = await asking(on);
  const standby = await theStandby();
  await cluster.setPause(true);
  await standby.pauseReplay();
  try {
    await ask(switchover(standby.name), `Replay is paused on ${standby.name}`);
    await ask(switchover(), 'Patroni needs a named member then');
    const later = { ...switchover(standby.name), at: at(3_600_000) } as Wish;
    await ask(later, 'The cluster is paused, and Patroni schedules nothing then');
    await ask({ kind: 'pause', until: null }, 'ref is paused already');
  } finally {
    await standby.resumeReplay();
    await cluster.setPause(false);
  }
});

test('a schedule that is past, a reminder that is, and what is not there to be taken back', async () => {
  const ask = await asking(on);
  const standby = await theStandby();
  await ask({ ...switchover(standby.name), at: at(-1000) } as Wish, 'is past');
  const members = [standby.name];
  const restart = { kind: 'restart' as const, members, pendingOnly: false };
  await ask({ ...restart, at: at(-1000) }, 'is past');
  await ask({ ...restart, pendingOnly: true, at: null }, 'does not wait for a restart');
  await ask({ kind: 'pause', until: Date.now() - 1000 }, 'The reminder is past');
  await ask({ kind: 'cancel-switchover' }, 'No switchover is scheduled');
  await ask({ kind: 'cancel-restart', member: standby.name }, 'No restart of');
  await ask({ kind: 'resume' }, 'ref is not paused');
  const leader = (await cluster.leader())?.name ?? '';
  await ask({ kind: 'reinitialise', member: leader }, 'the data of a leader is never thrown away');
  await ask({ kind: 'removal' }, `${leader} leads it: it is not dead`);
});

test('a configuration that Patroni could not keep to, or that ZooKeeper does not grant', async () => {
  const ask = await asking(on);
  const config = (await (await cluster.leader())?.rest('/config'))?.body as object;
  const edit = (text: string): Wish => ({ kind: 'configuration', text, seq: null });
  const withSetting = (part: object) => edit(JSON.stringify({ ...config, ...part }));
  await ask(edit('{"ttl": 5,}'), "can't be read as JSON");
  await ask(edit(JSON.stringify(config)), 'the same as the configuration now');
  await ask(withSetting({ ttl: 3 }), 'ttl');
  // Ten seconds are granted: twenty ticks.
  await ask(withSetting({ ttl: 11 }), '10 s');
});

test('a candidate that does not replicate synchronously, where that is needed', async () => {
  const ask = await asking(on);
  await cluster.patchConfig({ synchronous_mode: true });
  try {
    const async = await waitFor(
      async () => {
        const rows = await cluster.sql(
          `select application_name from pg_stat_replication where sync_state = 'async'`,
        );
        const sync = await cluster.sql(
          `select 1 from pg_stat_replication where sync_state in ('sync', 'quorum')`,
        );
        return rows.length === 1 && sync.length === 1 ? String(rows[0]?.application_name) : null;
      },
      { timeoutMs: 30_000, what: 'a synchronous standby' },
    );
    await ask(switchover(async), `${async} is not a synchronous standby`);
  } finally {
    await cluster.patchConfig({ synchronous_mode: null });
  }
});

test('a candidate that is gone', async () => {
  const ask = await asking(on);
  const standby = await theStandby();
  await standby.kill();
  await ask(switchover(standby.name), `${standby.name} is missing`);
  await ask(
    { kind: 'restart', members: [standby.name], pendingOnly: false, at: null },
    `${standby.name} is missing`,
  );
  await standby.start();
});

test('what is dead is removed, to the last znode, and is known to have been by the next Howdah', async () => {
  const runtime = tagged.howdah();
  await tagged.judged(runtime, { kind: 'removal' });
  for (const member of tagged.cluster.members) await member.kill();
  const view = await tagged.done(runtime, { kind: 'removal' });
  expect(view.outcome).toMatchObject({
    ...{ code: 'done', says: 'ZooKeeper holds nothing of tag any more.' },
  });
  await waitFor(
    () =>
      runtime.operations.preflight(tagged.id, { kind: 'removal' }).then(
        () => false,
        () => true,
      ),
    { timeoutMs: 10_000, what: 'it to be forgotten' },
  );
  await runtime.close();
  const next = tagged.howdah();
  await waitFor(() => tagged.newest(next)?.outcome?.code === 'done', {
    ...{ timeoutMs: 20_000, what: 'the next Howdah to know' },
  });
});
