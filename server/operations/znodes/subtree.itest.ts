import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Access } from '@/lib/znodes/access';
import { type Sandbox, startSandbox } from '@/sandbox';
import { type OpenTree, openTree } from '@/server/adapters/zookeeper/tree';
import { readLines, writeLines } from '@/server/cli/subtree-file';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';
import { applyImport } from './import-apply';
import { type ImportPlan, planImport } from './import-plan';
import { exportSubtree } from './subtree-export';

/** Export and import on a real ensemble of three. */

const ZNODES = 10_000;
const OWNER = { user: 'owner', password: 'se:cret' };
const rules = { namespaces: ['/service'], root: '/howdah' };
const folder = mkdtempSync(join(tmpdir(), 'howdah-znodes-'));
const trees: OpenTree[] = [];
let sandbox: Sandbox;
/** Reads and writes what is compared, by no code that is tested here. */
let owner: ZooKeeperSession;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-znodes',
    profile: 'fast',
    ephemeral: true,
    clusters: [],
  });
  owner = await openConnected({
    connect: sandbox.connectString,
    timeoutMs: 10_000,
    patienceMs: 10_000,
    digest: OWNER,
  });
});
afterAll(async () => {
  owner?.close();
  rmSync(folder, { recursive: true });
  await sandbox?.down();
});
afterEach(() => {
  for (const tree of trees.splice(0)) tree.close();
});

async function open(digest: typeof OWNER | null = OWNER): Promise<OpenTree> {
  const { connectString: connect } = sandbox;
  const tree = await openTree({ connect, digest, timeoutMs: 10_000, patienceMs: 30_000 });
  trees.push(tree);
  return tree;
}

const idOf = (user: string, password: string) =>
  `${user}:${createHash('sha1').update(`${user}:${password}`).digest('base64')}`;
const owns: Access = { perms: 31, scheme: 'digest', id: idOf(OWNER.user, OWNER.password) };
const stranger: Access = { perms: 31, scheme: 'digest', id: idOf('stranger', 'x') };
const everybody = (perms: number): Access => ({ perms, scheme: 'world', id: 'anyone' });
const here: Access = { perms: 31, scheme: 'ip', id: '127.0.0.1' };

const ACLS: readonly (readonly Access[])[] = [
  [everybody(31)],
  [owns],
  [owns, everybody(1)],
  [here, { ...owns, perms: 16 + 1 }],
  [{ perms: 1, scheme: 'ip', id: '10.0.0.0/8' }, stranger, owns],
  // The owner may do anything but write to it.
  [stranger, { ...owns, perms: 31 - 2 }],
];

function bytesFor(n: number): Buffer {
  if (n % 1000 === 7) return randomBytes(100_000);
  switch (n % 5) {
    case 0:
      return Buffer.alloc(0);
    case 1:
      return Buffer.alloc(n % 40);
    case 2:
      return randomBytes(n % 300);
    case 3:
      return Buffer.from(`{"name":"znode ${n}","ü":"\u2028\n"}`);
    default:
      return Buffer.from([0xff, 0xfe, 0, 0x0a, 0x0d, n % 256]);
  }
}

/** The last that fits into a call that sets it: with its ACL it fits into none that creates it. */
const largest = (path: string) => randomBytes(1_048_575 - 20 - Buffer.byteLength(path));

async function inTurns<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: 64 }, lane));
}

/** `count` znodes: a root, folders of a hundred in it, and folders in those now and then. */
async function grow(root: string, count: number): Promise<void> {
  const folders = [root];
  for (let n = 1; n < count / 100; n += 1) {
    folders.push(n % 7 === 0 ? `${folders[n - 1]}/in ${n}` : `${root}/folder-${n}`);
  }
  for (const [n, path] of folders.entries()) {
    await owner.create(path, bytesFor(n), { access: ACLS[n % ACLS.length] ?? [] });
  }
  const leaves = Array.from({ length: count - folders.length }, (_, n) => n);
  await inTurns(leaves, async (n) => {
    const path = `${folders[n % folders.length]}/ü-${n}`;
    await owner.create(path, bytesFor(n), { access: ACLS[n % ACLS.length] ?? [] });
  });
  const path = `${root}/ü-0`;
  await owner.set(path, largest(path), 0);
}

/** What comes back: of each znode its bytes, by their hash, and its ACL. */
async function whatIs(root: string): Promise<Map<string, string>> {
  await owner.sync(root);
  const found = new Map<string, string>();
  let level = [root];
  while (level.length > 0) {
    const below: string[] = [];
    await inTurns(level, async (path) => {
      const [znode, told, listed] = await Promise.all([
        owner.data(path, false),
        owner.access(path),
        owner.children(path, false),
      ]);
      if (!znode || !told || !listed) throw new Error(`${path} is gone`);
      const hash = createHash('sha256').update(znode.data).digest('hex');
      found.set(path, `${znode.data.length} ${hash} ${JSON.stringify(told.access)}`);
      below.push(...listed.names.map((name) => `${path}/${name}`));
    });
    level = below;
  }
  return found;
}

async function remove(root: string): Promise<void> {
  const byDepth = new Map<number, string[]>();
  for (const path of (await whatIs(root)).keys()) {
    const depth = path.split('/').length;
    const beside = byDepth.get(depth);
    if (beside) beside.push(path);
    else byDepth.set(depth, [path]);
  }
  for (const depth of [...byDepth.keys()].toSorted((a, b) => b - a)) {
    await inTurns(byDepth.get(depth) ?? [], (path) => owner.delete(path, 'any'));
  }
}

async function exported(tree: OpenTree, root: string) {
  const file = join(folder, `${root.slice(1)}-${trees.length}.znodes`);
  const told = await writeLines(file, { replace: true }, (write) =>
    exportSubtree({ tree, root, ensemble: 'main', now: Date.now(), write }),
  );
  return { lines: () => readLines(file), told };
}

const sorts = ({ verdicts }: ImportPlan) => {
  const counts: Record<string, number> = {};
  for (const { is } of verdicts.values()) counts[is] = (counts[is] ?? 0) + 1;
  return counts;
};

const apply = { overwrite: false, skipRefused: false };

test('ten thousand znodes with their ACLs come back as they went', async () => {
  await grow('/all', ZNODES);
  const before = await whatIs('/all');
  expect(before.size).toBe(ZNODES);
  const tree = await open();
  let began = performance.now();
  const took = () => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    began = performance.now();
    return seconds;
  };
  const { lines, told } = await exported(tree, '/all');
  const exporting = took();
  expect(told).toEqual({ count: ZNODES, vanished: 0, ephemeral: 0, masked: 0 });
  await remove('/all');
  expect(await owner.data('/all', false)).toBeNull();

  await tree.sync('/');
  took();
  const plan = await planImport({ tree, lines, rules });
  const planning = took();
  expect(sorts(plan)).toEqual({ create: ZNODES });
  const applied = await applyImport({ tree, plan, lines, ...apply });
  const importing = took();
  expect(applied).toMatchObject({ created: ZNODES, moved: [], failed: [] });
  expect(await whatIs('/all')).toEqual(before);
  took();
  expect(sorts(await planImport({ tree, lines, rules }))).toEqual({ same: ZNODES });
  process.stdout.write(
    `exported in ${exporting} s, planned in ${planning} s, imported in ${importing} s, compared in ${took()} s\n`,
  );
});

test('an import whose session expires in the middle is gone on with by another', async () => {
  await grow('/expiring', 4000);
  const before = await whatIs('/expiring');
  const first = await open();
  const { lines } = await exported(first, '/expiring');
  await remove('/expiring');
  let expiring: Promise<void> | null = null;
  const onProgress = (done: number) => {
    if (done === 500) expiring = sandbox.expireSession(first.sessionId);
  };
  const plan = await planImport({ tree: first, lines, rules });
  const stopped = applyImport({ tree: first, plan, lines, ...apply, onProgress });
  await expect(stopped).rejects.toThrow(/has ended/);
  await expiring;

  const second = await open();
  const rest = await planImport({ tree: second, lines, rules });
  const left = sorts(rest);
  expect(left.create).toBeGreaterThan(0);
  expect(left.same).toBeGreaterThan(400);
  expect(left.differs ?? left.refused).toBeUndefined();
  const applied = await applyImport({ tree: second, plan: rest, lines, ...apply });
  expect(applied).toMatchObject({ moved: [], failed: [], created: left.create });
  expect(await whatIs('/expiring')).toEqual(before);
});

test('a znode that was created and not written to is completed by the next import', async () => {
  await owner.create('/half', Buffer.from('old'), { access: [owns] });
  const tree = await open();
  const { lines } = await exported(tree, '/half');
  await owner.delete('/half', 0);
  await owner.create('/half', Buffer.alloc(0), { access: [owns] });
  await tree.sync('/half');
  const plan = await planImport({ tree, lines, rules });
  expect(sorts(plan)).toEqual({ complete: 1 });
  expect(await applyImport({ tree, plan, lines, ...apply })).toMatchObject({ completed: 1 });
  await owner.sync('/half');
  expect((await owner.data('/half', false))?.data.toString()).toBe('old');
});

test('an import outlives the server it is connected to', async () => {
  await grow('/moving', 4000);
  const before = await whatIs('/moving');
  const tree = await open();
  const { lines } = await exported(tree, '/moving');
  await remove('/moving');
  await tree.sync('/');
  const plan = await planImport({ tree, lines, rules });
  const mine = (await sandbox.sessions()).find(({ id }) => id === tree.sessionId);
  const server = sandbox.zookeeper.find(({ id }) => id === mine?.server);
  let killing: Promise<void> | undefined;
  let [at, killedAt] = [0, 0];
  const onProgress = (done: number) => {
    at = done;
    if (done !== 500) return;
    killing = server?.kill().then(() => {
      killedAt = at;
    });
  };
  const applied = await applyImport({ tree, plan, lines, ...apply, onProgress });
  await killing;
  await server?.start();
  expect(killedAt).toBeGreaterThan(0);
  expect(killedAt).toBeLessThan(4000);
  expect(applied).toMatchObject({ created: 4000, moved: [], failed: [] });
  expect(await whatIs('/moving')).toEqual(before);
});

test('an ACL that was exported without ADMIN is refused, and everything with it', async () => {
  await owner.create('/masked', Buffer.from('a'), { access: [everybody(31)] });
  await owner.create('/masked/mine', Buffer.from('b'), { access: [owns, everybody(1)] });
  const anybody = await open(null);
  await anybody.sync('/masked');
  const { lines, told } = await exported(anybody, '/masked');
  expect(told).toMatchObject({ count: 2, masked: 1 });
  await remove('/masked');
  const tree = await open();
  const plan = await planImport({ tree, lines, rules });
  expect(sorts(plan)).toEqual({ create: 1, refused: 1 });
  await expect(applyImport({ tree, plan, lines, ...apply })).rejects.toThrow(
    'its ACL was exported by somebody who may not see it whole: export it again with ADMIN.',
  );
  await owner.sync('/masked');
  expect(await owner.data('/masked', false)).toBeNull();
});

test('what may not be read can not be exported', async () => {
  await owner.create('/closed', Buffer.from('a'), { access: [owns] });
  await expect(exported(await open(null), '/closed')).rejects.toThrow(
    '/closed may not be read by Howdah',
  );
});

test('a znode that is too large to be created at once fails by itself', async () => {
  await owner.create('/large', Buffer.alloc(0), { access: [everybody(31)] });
  await owner.create('/large/a', Buffer.alloc(0));
  await owner.set('/large/a', largest('/large/a'), 0);
  await owner.setAccess('/large/a', [{ ...owns, perms: 31 - 2 }], 0);
  await owner.create('/large/b', Buffer.from('b'));
  const tree = await open();
  const { lines } = await exported(tree, '/large');
  await remove('/large');
  const plan = await planImport({ tree, lines, rules });
  const applied = await applyImport({ tree, plan, lines, ...apply });
  expect(applied).toMatchObject({ created: 2, moved: [] });
  expect(applied.failed.map(({ path }) => path)).toEqual(['/large/a']);
  expect(applied.failed[0]?.why).toContain('jute.maxbuffer');
});

test('what was written to after the plan is not written over', async () => {
  await owner.create('/kept', Buffer.from('old'), { access: [owns] });
  await owner.create('/kept/access', Buffer.from('old'), { access: [owns] });
  const tree = await open();
  const { lines } = await exported(tree, '/kept');
  await owner.set('/kept', Buffer.from('new'), 0);
  await owner.setAccess('/kept/access', [owns, everybody(1)], 0);
  await tree.sync('/kept');
  const plan = await planImport({ tree, lines, rules });
  expect(sorts(plan)).toEqual({ differs: 2 });
  await owner.set('/kept', Buffer.from('newer'), 1);
  await owner.setAccess('/kept/access', [owns, everybody(3)], 1);
  const options = { tree, lines, overwrite: true, skipRefused: false };
  const applied = await applyImport({ ...options, plan });
  expect(applied.moved.toSorted()).toEqual(['/kept', '/kept/access']);
  expect((await owner.data('/kept', false))?.data.toString()).toBe('newer');

  const again = await planImport({ tree, lines, rules });
  expect(await applyImport({ ...options, plan: again })).toMatchObject({ overwritten: 2 });
  expect(sorts(await planImport({ tree, lines, rules }))).toEqual({ same: 2 });
});
