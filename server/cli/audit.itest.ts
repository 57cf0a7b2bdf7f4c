import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { byHowdah, intentEntry, outcomeEntry, textOf } from '@/lib/audit/entry';
import { type Sandbox, startSandbox, waitFor } from '@/sandbox';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';
import { PostgresAuditChain } from '../adapters/store/audit-chain';
import { lockFolder } from '../adapters/store/folder-lock';
import { makeFolder, openStore } from '../adapters/store/store-for-tests';
import { ChainAnchor } from '../audit/anchor';
import { systemClock } from '../clock';
import { keyFor } from '../secret';
import { audit } from './audit';

/** The command as an operator calls it, on a real ensemble and a real store, beside a Howdah. */

const SECRET = 'a secret of more than 32 characters, for tests';
const digest = { user: 'howdah', password: 'secret' };
const folder = mkdtempSync(join(tmpdir(), 'howdah-cli-audit-'));
const state = makeFolder();
let sandbox: Sandbox;
let session: ZooKeeperSession;
let stranger: ZooKeeperSession;
let opened: ReturnType<typeof openStore>;
let lock: { release(): void };
let chain: PostgresAuditChain;
let client: pg.Client;
let said = '';

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ name: 'test-cli-audit', profile: 'fast', ephemeral: true },
    ...{ zookeeperServers: 1, clusters: [] },
  });
  const connect = sandbox.connectString;
  const patient = { connect, timeoutMs: 10_000, patienceMs: 10_000 };
  session = await openConnected({ ...patient, digest });
  stranger = await openConnected(patient);
  lock = lockFolder(state);
  opened = openStore(state, undefined, systemClock);
  await waitFor(() => opened.database.health.state === 'ready', {
    timeoutMs: 30_000,
    what: () => `the store: ${opened.database.health.says}`,
  });
  chain = new PostgresAuditChain(opened.database, keyFor(SECRET, 'audit checkpoints'));
  client = new pg.Client(opened.config);
  await client.connect();
  const config = join(folder, 'howdah.yaml');
  writeFileSync(config, JSON.stringify({ ensembles: [{ name: 'prod', connect, digest }] }));
  vi.stubEnv('HOWDAH_CONFIG', config);
  vi.stubEnv('HOWDAH_STORE_FOLDER', state);
  vi.stubEnv('HOWDAH_SECRET', SECRET);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  session?.close();
  stranger?.close();
  await client?.end();
  opened?.database.close();
  await opened?.server.end();
  lock?.release();
  for (const each of [folder, join(state, '..')]) rmSync(each, { recursive: true, force: true });
  await sandbox?.down();
});
beforeEach(() => {
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    said += text;
    for (const each of rest) if (typeof each === 'function') (each as () => void)();
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

let acts = 0;
const actOf = (reason: string | null, action: 'switchover' | 'chain-broken' = 'switchover') => {
  acts += 1;
  const of = { id: `act ${acts}`, at: Date.now() };
  return [
    intentEntry({
      ...{ ...of, actor: byHowdah, role: null, from: null, action, cluster: null },
      ...{ decidedOn: null, reason, detail: null },
    }),
    outcomeEntry({ ...of, result: 'done', says: 'Done.', cost: null }),
  ].map(textOf);
};

/** Anchors what there is, as a Howdah does that is started for it. */
async function anchored(known = true) {
  const anchor = new ChainAnchor({
    ...{ clock: systemClock, chain, known, folder: '/howdah/audit' },
    access: () => (known ? session : stranger),
    onBegun: () => {},
    onBroken: async (head, says) => {
      await chain.beginAnew(head, actOf(says, 'chain-broken')[0] ?? '');
    },
    onState: () => {},
    onError: () => {},
  });
  anchor.note();
  await anchor.close();
  return anchor.view;
}

const verified = async (...more: string[]) => {
  said = '';
  await audit(['verify', ...more]);
  return said.trim().split('\n');
};
const foundWrong = async () => {
  said = '';
  await expect(audit(['verify'])).rejects.toThrow('Found wrong');
  return said.trim().split('\n');
};

test('an anchor that anybody may write is doubtful, and Howdah’s alone once it is known there', async () => {
  await chain.append(actOf('one'));
  expect((await anchored(false)).facts).toHaveLength(1);
  expect(await verified()).toEqual([
    expect.stringMatching(/^The audit is whole: 2 rows.*anchored up to 2/),
    expect.stringMatching(/^Anybody who reaches ZooKeeper may write \/howdah\/audit:/),
  ]);
  const { chain: name } = (await chain.head()) ?? {};
  const path = `/howdah/audit/${name}`;
  expect((await anchored()).facts).toEqual([]);
  expect(await verified()).toHaveLength(1);
  await expect(stranger.set(path, Buffer.from('x'), 'any')).rejects.toMatchObject({
    code: 'no-auth',
  });
  await expect(stranger.delete(path, 'any')).rejects.toMatchObject({ code: 'no-auth' });
  expect(await stranger.data(path, false)).not.toBeNull();
});

test('what is no anchor is a finding', async () => {
  await session.create('/howdah/audit/other', Buffer.from('mine'));
  expect(await foundWrong()).toContain(
    '/howdah/audit/other in ZooKeeper is no anchor of an audit (any more).',
  );
  await session.delete('/howdah/audit/other', 'any');
});

test('an older backup that was restored is found, and once that is acknowledged it is told and no failure', async () => {
  await chain.append(actOf('two'));
  await anchored();
  await client.query(`set session_replication_role = 'replica'`);
  await client.query('delete from howdah.audit where seq > 2');
  await client.query(`set session_replication_role = 'origin'`);
  expect((await foundWrong())[1]).toMatch(/^Rows 3 to 4 are cut off/);
  const acknowledge = () => audit(['acknowledge', '--reason', 'the backup of Monday']);
  await expect(acknowledge()).rejects.toThrow('The chain is yet to be begun anew');
  await anchored();
  expect(await foundWrong()).toEqual([
    expect.stringContaining('NOT whole'),
    expect.stringMatching(/^The chain was begun anew at row 3: Row 4 had been anchored/),
    expect.stringMatching(/^Rows 3 to 4 are cut off/),
  ]);
  expect(await chain.breaks()).toHaveLength(1);
  await acknowledge();
  expect(await chain.breaks()).toEqual([]);
  expect(await verified()).toEqual([
    expect.stringContaining('The audit is whole but for what was acknowledged'),
    expect.stringMatching(
      /begun anew at row 3.* Acknowledged by .* on the command line at .*Monday$/,
    ),
    expect.stringMatching(/cut off.* Acknowledged by/),
  ]);
  await expect(acknowledge()).rejects.toThrow('There is no break');
});

test('an export from the command line is an act, with how much it was', async () => {
  await audit(['export', '--format', 'jsonl']);
  const rows = said.trim().split('\n').length;
  const { rows: last } = await client.query(
    'select entry from howdah.audit order by seq desc limit 2',
  );
  const [end, begun] = last.map(({ entry }) => JSON.parse(entry));
  expect(begun).toMatchObject({ action: 'exported', actor: { kind: 'command' } });
  expect(end).toMatchObject({ id: begun.id, result: 'done', cost: { rows } });
});
