import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Sandbox, startSandbox } from '@/sandbox';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';
import { USAGE, znodes } from './znodes';

/** The command as an operator calls it, on a real ensemble. */

const folder = mkdtempSync(join(tmpdir(), 'howdah-cli-'));
const file = join(folder, 'main.znodes');
let sandbox: Sandbox;
let session: ZooKeeperSession;
let said = '';

beforeAll(async () => {
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
