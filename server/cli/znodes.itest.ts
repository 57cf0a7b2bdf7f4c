import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { AuditEntry } from '@/lib/audit/entry';
import { type Sandbox, startSandbox, waitFor } from '@/sandbox';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';
import { lockFolder } from '../adapters/store/folder-lock';
import { makeFolder, openStore } from '../adapters/store/store-for-tests';
import { systemClock } from '../clock';
import { USAGE, znodes } from './znodes';

/** The command as an operator calls it, on a real ensemble. */

const folder = mkdtempSync(join(tmpdir(), 'howdah-cli-'));
const file = join(folder, 'main.znodes');
let sandbox: Sandbox;
let session: ZooKeeperSession;
let said = '';
const state = makeFolder();
let opened: ReturnType<typeof openStore>;
let lock: { release(): void };

beforeAll(async () => {
  // A Howdah runs, and keeps its audit there.
  lock = lockFolder(state);
  opened = openStore(state, undefined, systemClock);
  await waitFor(() => opened.database.health.state === 'ready', {
    timeoutMs: 30_000,
    what: () => `the store: ${opened.database.health.says}`,
  });
  vi.stubEnv('HOWDAH_STORE_FOLDER', state);
  sandbox = await startSandbox({
    name: 'test-cli-znodes',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [],
  });
  session = await openConnected({
    connect: sandbox.connectString,
    timeoutMs: 10_000,
    patienceMs: 10_000,
  });
  for (const path of ['/service', '/service/main', '/service/main/members']) await put(path, '');
  await put('/service/main/config', '{"ttl":30}');
  await put('/service/main/failover', '{"leader":"a"}');
  await session.create('/service/main/leader', Buffer.from('a'), { ephemeral: true });
  const config = join(folder, 'howdah.yaml');
  const ensembles = [{ name: 'prod', connect: sandbox.connectString }];
  writeFileSync(config, JSON.stringify({ ensembles }));
  vi.stubEnv('HOWDAH_CONFIG', config);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  session?.close();
  rmSync(folder, { recursive: true });
  opened?.database.close();
  await opened?.server.end();
  lock?.release();
  rmSync(join(state, '..'), { recursive: true, force: true });
  await sandbox?.down();
});
beforeEach(() => {
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const put = (path: string, text: string) => session.create(path, Buffer.from(text));
const read = async (path: string) => (await session.data(path, false))?.data.toString() ?? null;

/** What the audit has, oldest first. */
async function audited(): Promise<AuditEntry[]> {
  const rows = await opened.sql('select entry from howdah.audit order by seq');
  return rows.map(({ entry }) => JSON.parse(entry));
}

test("a scope is exported, and what is not only its cluster's comes back", async () => {
  await znodes(['export', 'prod', '/service/main/', file]);
  expect(said).toBe(
    `${file} has 5 znodes of /service/main.\n1 znode of sessions: they are never imported.\n`,
  );
  for (const name of ['leader', 'failover', 'members', 'config']) {
    await session.delete(`/service/main/${name}`, 0);
  }
  await session.delete('/service/main', 0);

  said = '';
  await znodes(['import', 'prod', file]);
  expect(said.split('\n').slice(1)).toEqual([
    '  2 to be created',
    '  1 of sessions, and left out',
    '  2 refused: see --skip-refused',
    '    /service/main/failover belongs to Patroni: it is a request, and restoring it would start a switchover.',
    '    /service/main/members belongs to Patroni: each member announces itself.',
    'Nothing was changed. Say --yes to import.',
    '',
  ]);
  expect(await read('/service/main')).toBeNull();

  await expect(znodes(['import', 'prod', file, '--yes'])).rejects.toThrow(
    'Nothing was imported, since 2 znodes are refused.',
  );
  expect(await read('/service/main')).toBeNull();

  said = '';
  await znodes(['import', 'prod', file, '--skip-refused', '--yes']);
  expect(said).toContain('Created 2, completed 0, wrote over 0, left 3.');
  expect(await read('/service/main/config')).toBe('{"ttl":30}');
  expect(await read('/service/main/failover')).toBeNull();
  expect(await read('/service/main/leader')).toBeNull();
});

test('what differs is written over only where that is said', async () => {
  await session.set('/service/main/config', Buffer.from('{"ttl":20}'), 'any');
  await znodes(['import', 'prod', file, '--skip-refused', '--yes']);
  expect(said).toContain(
    '  1 another, and left: see --overwrite\n    /service/main/config: other bytes',
  );
  expect(await read('/service/main/config')).toBe('{"ttl":20}');
  await znodes(['import', 'prod', file, '--skip-refused', '--overwrite', '--yes']);
  expect(await read('/service/main/config')).toBe('{"ttl":30}');
});

test('what an import writes is recorded before, and known by its number as Howdah’s own', async () => {
  await put('/other', '');
  await put('/other/plain', 'a');
  const both = join(folder, 'both');
  await znodes(['export', 'prod', '/', both]);
  await session.set('/service/main/config', Buffer.from('{"ttl":10}'), 'any');
  await session.set('/other/plain', Buffer.from('b'), 'any');
  const before = (await audited()).length;
  await znodes(['import', 'prod', both, '--skip-refused', '--overwrite', '--yes']);
  const zxid = (await session.data('/service/main/config', false))?.stat.mzxid;
  const main = 'prod~.2Fservice~main';
  const all = (await audited()).slice(before);
  expect(all.map(({ kind }) => kind)).toEqual(['intent', 'intent', 'outcome', 'outcome']);
  const [one, two] = all.filter(({ kind }) => kind === 'intent') as { cluster: string | null }[];
  expect([one?.cluster, two?.cluster].sort()).toEqual([null, main].sort());
  const ofMain = all.find((entry) => entry.kind === 'intent' && entry.cluster === main);
  expect(ofMain).toMatchObject({
    ...{ action: 'znodes-import', actor: { kind: 'command' } },
    detail: { ensemble: 'prod', file: 'both', znodes: 1, first: '/service/main/config' },
  });
  const end = all.find((entry) => entry.kind === 'outcome' && entry.id === ofMain?.id);
  expect(end).toMatchObject({
    ...{ result: 'done', says: '1 of 1 znodes were imported.', cost: { zxid } },
  });
});

test('nothing is imported that can not be recorded, unless that is asked for', async () => {
  await session.set('/other/plain', Buffer.from('c'), 'any');
  const both = join(folder, 'both');
  const asked = ['import', 'prod', both, '--skip-refused', '--overwrite', '--yes'];
  vi.stubEnv('HOWDAH_STORE', 'none');
  await expect(znodes(asked)).rejects.toThrow(
    "It can't be recorded, so it was not done: Howdah was told to keep no history (HOWDAH_STORE) (--unrecorded imports it all the same)",
  );
  expect(await read('/other/plain')).toBe('c');
  await znodes([...asked, '--unrecorded']);
  expect(said).toContain('This is not recorded in the audit.');
  expect(await read('/other/plain')).toBe('a');
  vi.stubEnv('HOWDAH_STORE', undefined);
  await session.delete('/other/plain', 'any');
  await session.delete('/other', 'any');
});

test('a file that is there is not replaced, and one that was edited is not imported', async () => {
  await expect(znodes(['export', 'prod', '/service', file])).rejects.toThrow('is there already');
  const edited = join(folder, 'edited');
  writeFileSync(edited, readFileSync(file, 'utf8').replace('"version":0', '"version":1'));
  await expect(znodes(['import', 'prod', edited, '--yes'])).rejects.toThrow('its hash is another');
  await znodes(['export', 'prod', '/service', file, '--force']);
  expect(readFileSync(file, 'utf8')).toContain('"root":"/service"');
});

test('what makes no sense is said in one sentence, and nothing is written', async () => {
  const none = join(folder, 'none');
  const wrong = (args: string[], says: string) => expect(znodes(args)).rejects.toThrow(says);
  await wrong(['export', 'prod', 'service', none], '"service" is no path in ZooKeeper.');
  await wrong(['export', 'prod', '/nowhere', none], 'There is no /nowhere in ZooKeeper.');
  await wrong(['export', 'test', '/', none], 'There is no ensemble "test" in the configuration');
  const misused = (args: string[]) =>
    expect(znodes(args)).rejects.toMatchObject({ name: 'UsageError', usage: USAGE });
  await misused(['export', 'prod', '/', none, '--yes']);
  await misused(['import', 'prod', none, '--force']);
  await misused(['import', 'prod']);
  await misused([]);
  await wrong(['import', 'prod', none], `${none} can't be read: ENOENT.`);
  await wrong(['import', 'prod', none, '--all'], "Unknown option '--all'");
  expect(existsSync(none)).toBe(false);
});
