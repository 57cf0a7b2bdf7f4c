import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZooKeeperError } from '@/lib/errors';
import type { Access } from '@/lib/znodes/access';
import { FakeZooKeeper } from '@/server/adapters/zookeeper/fake-zookeeper';
import type { TreeAccess } from '../../ports';
import { applyImport } from './import-apply';
import { planImport } from './import-plan';
import { exportSubtree } from './subtree-export';

const rules = { namespaces: ['/service'], root: '/howdah' };
const everybody = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const readers = [{ perms: 1, scheme: 'world', id: 'anyone' }];

/** A tree whose calls may be lost as the test says. */
function rig() {
  const zookeeper = new FakeZooKeeper();
  const session = zookeeper.session(() => {});
  const inFlight = { now: 0, most: 0 };
  const counted = async <T>(call: Promise<T>): Promise<T> => {
    inFlight.now += 1;
    inFlight.most = Math.max(inFlight.most, inFlight.now);
    return call.finally(() => {
      inFlight.now -= 1;
    });
  };
  const tree: TreeAccess = {
    digest: null,
    data: (path) => counted(session.data(path, false)),
    access: (path) => counted(session.access(path)),
    children: (path) => counted(session.children(path, false)),
    create: (path, data, options) => counted(session.create(path, data, options)),
    set: (path, data, version) => counted(session.set(path, data, version)),
    setAccess: (path, access, version) => counted(session.setAccess(path, access, version)),
    sync: (path) => counted(session.sync(path)),
    connected: async () => {},
  };
  return { zookeeper, session, tree, inFlight };
}

async function exported(tree: TreeAccess, root: string) {
  const lines: string[] = [];
  const write = async (line: string) => void lines.push(line);
  const told = await exportSubtree({ tree, root, ensemble: 'main', now: 0, write });
  return { lines, told };
}

async function* each(lines: readonly string[]) {
  yield* lines;
}

const plan = (tree: TreeAccess, lines: readonly string[]) =>
  planImport({ tree, lines: () => each(lines), rules });

async function imported(
  tree: TreeAccess,
  lines: readonly string[],
  options: { overwrite?: boolean; skipRefused?: boolean } = {},
) {
  const { overwrite = false, skipRefused = false } = options;
  const made = await plan(tree, lines);
  return applyImport({ tree, plan: made, lines: () => each(lines), overwrite, skipRefused });
}

/** Every znode with what an import brings back of it. */
function whatIs(zookeeper: FakeZooKeeper, path: string): unknown[] {
  const found = zookeeper.get(path);
  if (!found) return [];
  const here = [path, found.data.toString('hex'), zookeeper.guarded(path)?.access];
  const names = zookeeper.list(path)?.toSorted() ?? [];
  return [here, ...names.flatMap((name) => whatIs(zookeeper, `${path}/${name}`))];
}

/** Where each znode hangs, by its number, and what it holds. */
interface Leaf {
  readonly parent: number;
  readonly data: Uint8Array;
  readonly access: readonly Access[];
}
const trees = fc.array(
  fc.record<Leaf>({
    parent: fc.nat(),
    data: fc.uint8Array({ maxLength: 5 }),
    access: fc.constantFrom(everybody, readers),
  }),
  { maxLength: 40 },
);

function grow(zookeeper: FakeZooKeeper, znodes: readonly Leaf[]) {
  zookeeper.put('/app');
  const paths = ['/app'];
  for (const { parent, data, access } of znodes) {
    const path = `${paths[parent % paths.length]}/n${paths.length}`;
    zookeeper.create(path, Buffer.from(data), { access });
    paths.push(path);
  }
}

test('what was exported comes back, whichever calls and answers are lost, and nothing is assumed', async () => {
  // Four at most: whichever they hit, no call is given up.
  const losses = fc.dictionary(fc.nat(250).map(String), fc.constantFrom('call', 'answer'), {
    maxKeys: 4,
  });
  await fc.assert(
    fc.asyncProperty(trees, losses, async (znodes, lost) => {
      const { zookeeper, session, tree } = rig();
      grow(zookeeper, znodes);
      const before = whatIs(zookeeper, '/app');
      let calls = 0;
      session.loses = () => lost[calls++] ?? 'nothing';
      const { lines, told } = await exported(tree, '/app');
      expect(told).toEqual({ count: znodes.length + 1, vanished: 0, ephemeral: 0, masked: 0 });
      zookeeper.remove('/app');
      const applied = await imported(tree, lines);
      expect(applied).toMatchObject({ created: znodes.length + 1, moved: [], failed: [] });
      expect(whatIs(zookeeper, '/app')).toEqual(before);
    }),
    { numRuns: 200 },
  );
});

test('an import that stops after any call goes on from there', async () => {
  await fc.assert(
    fc.asyncProperty(trees, fc.nat(120), async (znodes, after) => {
      const { zookeeper, session, tree } = rig();
      grow(zookeeper, znodes);
      const before = whatIs(zookeeper, '/app');
      const { lines } = await exported(tree, '/app');
      zookeeper.remove('/app');
      let calls = 0;
      session.loses = () => (++calls > after ? 'call' : 'nothing');
      await imported(tree, lines).catch(() => {});
      session.loses = null;
      const { moved, failed } = await imported(tree, lines);
      expect({ moved, failed }).toEqual({ moved: [], failed: [] });
      expect(whatIs(zookeeper, '/app')).toEqual(before);
      const again = await plan(tree, lines);
      expect([...again.verdicts.values()].every(({ is }) => is === 'same')).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('no more than 64 calls are in flight, out and back', async () => {
  const { zookeeper, tree, inFlight } = rig();
  zookeeper.put('/app');
  for (let n = 0; n < 500; n += 1) zookeeper.create(`/app/${n}`, `${n}`);
  const { lines } = await exported(tree, '/app');
  expect(inFlight.most).toBe(64);
  zookeeper.remove('/app');
  await imported(tree, lines);
  expect(inFlight.most).toBe(64);
});

test('a znode that vanishes while the tree is read is left out and counted', async () => {
  const { zookeeper, tree } = rig();
  zookeeper.put('/app/a');
  zookeeper.put('/app/b/c');
  const children = tree.children;
  const losing: TreeAccess = {
    ...tree,
    children: async (path, watch) => {
      const found = await children(path, watch);
      if (path === '/app') zookeeper.remove('/app/b');
      return found;
    },
  };
  const { lines, told } = await exported(losing, '/app');
  expect(told).toEqual({ count: 2, vanished: 1, ephemeral: 0, masked: 0 });
  expect((await plan(tree, lines)).verdicts.size).toBe(2);
});

test('the bytes of one znode never go with the ACL of the one that replaced it', async () => {
  const { zookeeper, tree } = rig();
  zookeeper.create('/app', 'secret', { access: readers });
  let replaced = false;
  let read: Promise<unknown> = Promise.resolve();
  const replacing: TreeAccess = {
    ...tree,
    data: (path, watch) => {
      const found = tree.data(path, watch);
      read = found;
      return found;
    },
    access: async (path) => {
      await read;
      if (!replaced) {
        replaced = true;
        zookeeper.delete('/app');
        zookeeper.create('/app', 'open');
      }
      return tree.access(path);
    },
  };
  const { lines } = await exported(replacing, '/app');
  const znode = JSON.parse(lines[1] ?? '') as { data: string; acl: unknown };
  expect([Buffer.from(znode.data, 'base64').toString(), znode.acl]).toEqual(['open', everybody]);
});

test('a subtree that is not there, or may not be read, says so', async () => {
  const { zookeeper, tree } = rig();
  await expect(exported(tree, '/app')).rejects.toThrow('There is no /app in ZooKeeper.');
  zookeeper.put('/app/a');
  zookeeper.forbid('/app/a');
  await expect(exported(tree, '/app')).rejects.toThrow('/app/a may not be read by Howdah');
});

test('one refused znode refuses the whole, unless those are to be skipped', async () => {
  const { zookeeper, session, tree } = rig();
  zookeeper.put('/service/main/config', '{}');
  zookeeper.put('/service/main/failover', '{"leader":"a"}');
  zookeeper.put('/service/main/members/a', '{}');
  zookeeper.create('/service/main/leader', 'a', { owner: session.id });
  const { lines, told } = await exported(tree, '/service/main');
  expect(told.ephemeral).toBe(1);
  zookeeper.remove('/service/main');
  await expect(imported(tree, lines)).rejects.toThrow(
    'Nothing was imported, since 3 znodes are refused. The first: /service/main/failover belongs to Patroni',
  );
  expect(zookeeper.get('/service/main')).toBeNull();
  const applied = await imported(tree, lines, { skipRefused: true });
  expect(applied).toMatchObject({ created: 2, left: 4, moved: [], failed: [] });
  expect(whatIs(zookeeper, '/service/main').map((one) => (one as string[])[0])).toEqual([
    '/service/main',
    '/service/main/config',
  ]);
});

test('what differs is left as it is, and written over only when asked for', async () => {
  const { zookeeper, tree } = rig();
  zookeeper.put('/app/bytes', 'old');
  zookeeper.create('/app/access', 'old', { access: readers });
  zookeeper.put('/app/both', 'old');
  const before = whatIs(zookeeper, '/app');
  const { lines } = await exported(tree, '/app');
  zookeeper.set('/app/bytes', 'new');
  zookeeper.setAccess('/app/access', everybody, 0);
  zookeeper.set('/app/both', 'new');
  zookeeper.setAccess('/app/both', readers, 0);
  zookeeper.put('/app/more', 'theirs');
  const changed = whatIs(zookeeper, '/app');
  expect(await imported(tree, lines)).toMatchObject({ overwritten: 0, left: 4 });
  expect(whatIs(zookeeper, '/app')).toEqual(changed);
  expect(await imported(tree, lines, { overwrite: true })).toMatchObject({ overwritten: 3 });
  expect(zookeeper.get('/app/more')?.data.toString()).toBe('theirs');
  zookeeper.delete('/app/more');
  expect(whatIs(zookeeper, '/app')).toEqual(before);
});

test('what somebody else has written since the plan was made is theirs', async () => {
  const { zookeeper, tree } = rig();
  for (const name of ['bytes', 'access', 'gone', 'made', 'half']) {
    zookeeper.put(`/app/${name}`, 'old');
  }
  const { lines } = await exported(tree, '/app');
  for (const name of ['bytes', 'access', 'gone']) zookeeper.set(`/app/${name}`, 'new');
  zookeeper.setAccess('/app/access', readers, 0);
  zookeeper.delete('/app/made');
  zookeeper.delete('/app/half');
  zookeeper.create('/app/half');
  const made = await plan(tree, lines);
  expect(made.verdicts.get('/app/half')).toEqual({ is: 'complete' });
  zookeeper.set('/app/bytes', 'newer');
  zookeeper.setAccess('/app/access', [...readers, ...everybody], 1);
  zookeeper.delete('/app/gone');
  zookeeper.create('/app/made', 'theirs');
  zookeeper.set('/app/half', 'theirs');
  const lost = { overwrite: true, skipRefused: false, lines: () => each(lines) };
  const applied = await applyImport({ tree, plan: made, ...lost });
  expect(applied).toMatchObject({ created: 0, completed: 0, overwritten: 0, failed: [] });
  expect(applied.moved.toSorted()).toEqual([
    '/app/access',
    '/app/bytes',
    '/app/gone',
    '/app/half',
    '/app/made',
  ]);
  expect(zookeeper.get('/app/bytes')?.data.toString()).toBe('newer');
  expect(zookeeper.get('/app/made')?.data.toString()).toBe('theirs');
});

test('nothing is imported where nothing stands above, nor of a file that was edited', async () => {
  const { zookeeper, tree } = rig();
  zookeeper.put('/app/a', 'x');
  const { lines } = await exported(tree, '/app/a');
  const edited = lines.map((line) => line.replace('"eA=="', '"eQ=="'));
  await expect(plan(tree, edited)).rejects.toThrow('its hash is another');
  await expect(plan(tree, lines.slice(0, -1))).rejects.toThrow('it is cut off');
  zookeeper.remove('/app');
  await expect(plan(tree, lines)).rejects.toThrow('There is no /app in ZooKeeper');
});

test('what ZooKeeper refuses of one znode is said of it, and the others are imported', async () => {
  const { zookeeper, tree } = rig();
  zookeeper.put('/app/a/b', 'x');
  zookeeper.put('/app/c', 'x');
  const { lines } = await exported(tree, '/app');
  zookeeper.remove('/app');
  const create = tree.create;
  const refusing: TreeAccess = {
    ...tree,
    create: async (path, data, options) => {
      if (path === '/app/a') throw new ZooKeeperError('other', 'it takes no such ACL');
      return create(path, data, options);
    },
  };
  const applied = await imported(refusing, lines);
  expect(applied.created).toBe(2);
  expect(applied.failed.map(({ path }) => path)).toEqual(['/app/a', '/app/a/b']);
});
