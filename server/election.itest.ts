import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventsPage } from '@/lib/history/history';
import { Player, type Replay } from '@/lib/history/replay';
import { freePort, type Sandbox, signedIn, startSandbox, startSynthetic, waitFor } from '@/sandbox';
import { makeFolder, openStore, servers } from './adapters/store/store-for-tests';
import { systemClock } from './clock';
import { spawnHowdah } from './howdah-process';

/** Two Howdahs over one PostgreSQL: processes of their own, of which one is killed. */

const CLUSTER = 'main~.2Fservice~synthetic-0001';
let sandbox: Sandbox;
let synthetic: Awaited<ReturnType<typeof startSynthetic>>;
let storeFolder: string;
let store: ReturnType<typeof openStore>;
let folder: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-election',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [],
  });
  synthetic = await startSynthetic({
    connectString: sandbox.connectString,
    clusters: 1,
    members: 3,
  });
  storeFolder = makeFolder();
  store = openStore(storeFolder, servers[1]?.programs, systemClock);
  await waitFor(() => store.database.health.state === 'ready', {
    timeoutMs: 30_000,
    what: 'a PostgreSQL',
  });
  // Its turn is for those who are tested.
  store.database.close();
  folder = mkdtempSync(join(tmpdir(), 'howdah-election-'));
  chmodSync(folder, 0o711);
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  store?.close();
  await synthetic?.stop();
  await sandbox?.down();
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(storeFolder, '..'), { recursive: true, force: true });
});

async function start(name: string) {
  const port = await freePort();
  const { host = '' } = store.config;
  const child = spawnHowdah(sandbox, port, {
    HOWDAH_STORE_FOLDER: join(folder, name),
    DATABASE_URL: `postgres://howdah@localhost:5432/postgres?host=${encodeURIComponent(host)}`,
    HOWDAH_LOG: 'error',
  });
  running.add(child);
  const ask = async <T>(procedure: string, input: object): Promise<T | null> => {
    const wanted = encodeURIComponent(JSON.stringify(input));
    const url = `http://127.0.0.1:${port}/api/trpc/history.${procedure}?input=${wanted}`;
    const answer = await fetch(url, signedIn(sandbox.root)).catch(() => null);
    return answer?.ok ? ((await answer.json()) as { result: { data: T } }).result.data : null;
  };
  const events = async () =>
    (await ask<EventsPage>('events', { limit: 200, cluster: CLUSTER }))?.events ?? [];
  return { child, ask, events };
}
type Running = Awaited<ReturnType<typeof start>>;

/** Moves the leadership, and waits until that is found in the history. */
async function switched(howdah: Running) {
  const known = new Set((await howdah.events()).map(({ seq }) => seq));
  await synthetic.switchLeader('synthetic-0001');
  return waitFor(
    async () =>
      (await howdah.events()).find(({ seq, code }) => !known.has(seq) && code === 'leader-changed'),
    { timeoutMs: 30_000, what: 'a new leader in the history' },
  );
}

test('one of two records, both tell the same, and when it is killed the other goes on, once', async () => {
  const first = await start('first');
  await waitFor(async () => (await first.events()).length > 0, {
    timeoutMs: 30_000,
    what: 'the first to record',
  });
  const second = await start('second');
  await waitFor(async () => (await second.events()).length > 0, {
    timeoutMs: 30_000,
    what: 'the second to read what the first has recorded',
  });
  const one = await switched(first);
  // The second has seen it as well, and has kept nothing of its own.
  expect(await second.events()).toEqual(await first.events());

  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  running.delete(first.child);
  // While nobody records.
  await synthetic.switchLeader('synthetic-0001');
  const told = await waitFor(
    async () =>
      (await second.events()).find(
        ({ cause, code }) => cause === 'unwatched' && code === 'leader-changed',
      ),
    { timeoutMs: 30_000, what: 'the second to take over, and to find what has changed' },
  );
  expect(told.at).toBeGreaterThan(one.at);
  const last = await switched(second);
  const all = await second.events();
  expect(all.filter(({ code }) => code === 'cluster-appeared')).toHaveLength(1);
  expect(all.filter(({ code }) => code === 'leader-changed').map(({ seq }) => seq)).toEqual([
    last.seq,
    told.seq,
    one.seq,
  ]);
  for (const { at, member } of [one, told, last]) {
    const replay = await second.ask<Replay>('replay', {
      ...{ cluster: CLUSTER, from: at, until: at + 1, buckets: 10 },
    });
    const moment = replay && new Player(replay).moment(at);
    expect(moment).toMatchObject({ is: 'known', view: { leader: { name: member } } });
  }
  second.child.kill('SIGTERM');
  await once(second.child, 'exit');
  running.delete(second.child);
}, 150_000);
