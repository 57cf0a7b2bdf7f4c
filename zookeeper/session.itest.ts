import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ZooKeeperErrorCode } from '@/lib/errors';
import { ZooKeeperError } from '@/lib/errors';
import { type Sandbox, startSandbox, waitFor } from '@/sandbox';
import { parseConnect } from './addresses';
import { openSession } from './session';
import type { SessionOptions, ZooKeeperSession } from './types';

/** The contract of `ZooKeeperSession`, on a real ensemble of three. */

let sandbox: Sandbox;
const open: Told[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-session',
    profile: 'fast',
    ephemeral: true,
    clusters: [],
  });
});
afterAll(() => sandbox?.down());
afterEach(() => {
  for (const { session } of open.splice(0)) session.close();
});

/** A session with all that its listener has been told. */
class Told {
  readonly session: ZooKeeperSession;
  readonly events: string[] = [];
  readonly changed: string[] = [];

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = openSession(
      { ...parseConnect(sandbox.connectString), timeoutMs: 4000, digest: null, ...options },
      {
        connected: () => this.events.push('connected'),
        disconnected: () => this.events.push('disconnected'),
        closed: (why) => this.events.push(`closed: ${why}`),
        changed: (path) => this.changed.push(path),
      },
    );
    open.push(this);
  }

  async until(event: string, timeoutMs = 15_000): Promise<void> {
    await waitFor(() => this.events.includes(event), {
      timeoutMs,
      everyMs: 10,
      what: () => `"${event}", told: ${this.events.join(', ') || 'nothing'}`,
    });
  }

  async told(path: string): Promise<void> {
    await waitFor(() => this.changed.includes(path), {
      timeoutMs: 8000,
      everyMs: 5,
      what: `a change of ${path}`,
    });
  }
}

async function connected(options: Partial<SessionOptions> = {}): Promise<Told> {
  const told = new Told(options);
  await told.until('connected');
  return told;
}

let paths = 0;
const fresh = () => `/contract-${++paths}`;
const bytes = (text: string) => Buffer.from(text);
/** As ZooKeeper keeps a digest's password: of its user too. */
const hashOf = (credentials: string) => createHash('sha1').update(credentials).digest('base64');

async function failure(promise: Promise<unknown>): Promise<ZooKeeperErrorCode> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ZooKeeperError) return error.code;
  throw new Error(`expected a ZooKeeperError, got ${String(error)}`);
}

describe('a session', () => {
  test('has an id and a granted timeout once it is connected', async () => {
    const { session } = await connected();
    expect(session.connected).toBe(true);
    expect(session.id).toMatch(/^[0-9a-f]+$/);
    expect(session.grantedTimeoutMs).toBe(4000);
    const sessions = await sandbox.sessions();
    expect(sessions.map(({ id }) => id)).toContain(session.id);
  });

  test('is granted no more than the ensemble grants anybody', async () => {
    // 20 ticks of 500 ms.
    expect((await connected({ timeoutMs: 60_000 })).session.grantedTimeoutMs).toBe(10_000);
  });

  test('creates, reads, sets and deletes by exact version, 0 among them', async () => {
    const { session } = await connected();
    const path = fresh();
    await session.create(path, bytes('one'));
    const found = await session.data(path, false);
    expect(found?.data.toString()).toBe('one');
    expect(found?.stat).toMatchObject({ version: 0, ephemeralOwner: null });
    expect(found?.stat.czxid).toBe(found?.stat.mzxid);
    expect(Math.abs((found?.stat.ctime ?? 0) - Date.now())).toBeLessThan(60_000);

    const set = await session.set(path, bytes('two'), 0);
    expect(set.version).toBe(1);
    expect(set.mzxid).not.toBe(set.czxid);
    expect(await failure(session.set(path, bytes('three'), 0))).toBe('bad-version');
    expect(await failure(session.set(path, bytes('three'), -1))).toBe('bad-version');
    expect(await failure(session.delete(path, 0))).toBe('bad-version');
    expect((await session.data(path, false))?.data.toString()).toBe('two');
    await session.delete(path, 1);
    expect(await session.data(path, false)).toBeNull();
  });

  test('says what went wrong in a closed vocabulary', async () => {
    const { session } = await connected();
    const path = fresh();
    await session.create(path, bytes(''));
    expect(await failure(session.create(path, bytes('')))).toBe('exists');
    expect(await failure(session.create(`${path}/a/b`, bytes('')))).toBe('no-node');
    expect(await failure(session.set(fresh(), bytes(''), 0))).toBe('no-node');
    expect(await failure(session.delete(fresh(), 0))).toBe('no-node');
    await session.create(`${path}/child`, bytes(''));
    expect(await failure(session.delete(path, 0))).toBe('not-empty');
    session.close();
    expect(await failure(session.data(path, false))).toBe('closed');
  });

  test('tells of a change once for each watched read', async () => {
    const watcher = await connected();
    const { session: writer } = await connected();
    const path = fresh();
    await writer.create(path, bytes(''));
    await watcher.session.data(path, true);
    await writer.set(path, bytes('a'), 0);
    await watcher.told(path);
    await writer.set(path, bytes('b'), 1);
    await watcher.session.sync(path);
    expect((await watcher.session.data(path, true))?.data.toString()).toBe('b');
    expect(watcher.changed).toEqual([path]);
    await writer.delete(path, 2);
    await waitFor(() => watcher.changed.length === 2, { timeoutMs: 5000, what: 'the deletion' });
  });

  test('tells of nothing when it does not watch', async () => {
    const watcher = await connected();
    const path = fresh();
    await watcher.session.create(path, bytes(''));
    await watcher.session.data(path, false);
    await watcher.session.children(path, false);
    await watcher.session.set(path, bytes('a'), 0);
    await watcher.session.sync(path);
    await watcher.session.data(path, false);
    expect(watcher.changed).toEqual([]);
  });

  test('lists children and tells when there is one more or one less', async () => {
    const watcher = await connected();
    const { session: writer } = await connected();
    const path = fresh();
    await writer.create(path, bytes(''));
    await writer.create(`${path}/a`, bytes(''));
    await watcher.session.sync(path);
    expect((await watcher.session.children(path, true))?.names).toEqual(['a']);
    await writer.create(`${path}/b`, bytes(''));
    await watcher.told(path);
    expect([...((await watcher.session.children(path, true))?.names ?? [])].toSorted()).toEqual([
      'a',
      'b',
    ]);
    await writer.delete(`${path}/a`, 0);
    await waitFor(() => watcher.changed.length === 2, { timeoutMs: 5000, what: 'the deletion' });
  });

  test('waits for what is absent to appear, as data and as children', async () => {
    const one = await connected();
    const two = await connected();
    const { session: writer } = await connected();
    const path = fresh();
    expect(await one.session.data(path, true)).toBeNull();
    expect(await two.session.children(path, true)).toBeNull();
    expect(await writer.data(path, false)).toBeNull();
    await writer.create(path, bytes('here'));
    await one.told(path);
    await two.told(path);
    expect((await one.session.data(path, true))?.data.toString()).toBe('here');
    expect((await two.session.children(path, true))?.names).toEqual([]);
  });

  test('owns its ephemerals: they go with it', async () => {
    const { session: watcher } = await connected();
    const owner = await connected();
    const path = fresh();
    await owner.session.create(path, bytes(''), { ephemeral: true });
    await watcher.sync(path);
    expect((await watcher.data(path, false))?.stat.ephemeralOwner).toBe(owner.session.id);
    owner.session.close();
    await waitFor(async () => (await watcher.data(path, false)) === null, {
      timeoutMs: 5000,
      what: 'it to go',
    });
  });

  test('carries nearly a megabyte, and not more', async () => {
    const { session } = await connected();
    const path = fresh();
    const large = Buffer.alloc(1_000_000, 'x');
    await session.create(path, large);
    expect((await session.data(path, false))?.data.equals(large)).toBe(true);
    // The server hangs up on more: the call fails, the session lives on.
    const more = await failure(session.set(path, Buffer.alloc(1_200_000), 0));
    expect(['too-large', 'connection']).toContain(more);
    const back = await waitFor(() => session.data(path, false).catch(() => null), {
      timeoutMs: 10_000,
      what: 'the session to go on',
    });
    expect(back.stat.version).toBe(0);
  });

  test('reads what is protected by a digest only with that digest', async () => {
    const path = fresh();
    const user = 'howdah';
    const password = 's:e cret';
    const { session: stranger } = await connected();
    const hash = hashOf(`${user}:${password}`);
    const access = [{ perms: 31, scheme: 'digest', id: `${user}:${hash}` }];
    await stranger.create(path, bytes('secret'), { access });
    await stranger.sync('/');
    expect(await failure(stranger.data(path, false))).toBe('no-auth');
    expect(await failure(stranger.data(path, true))).toBe('no-auth');
    const { session: known } = await connected({ digest: { user, password } });
    await known.sync('/');
    expect((await known.data(path, false))?.data.toString()).toBe('secret');
  });

  test('tells an ACL whole to whoever may administer it, and says when it is masked', async () => {
    const path = fresh();
    const digest = { user: 'owner', password: 'secret' };
    const owned = { perms: 31, scheme: 'digest', id: `owner:${hashOf('owner:secret')}` };
    const readers = { perms: 1, scheme: 'world', id: 'anyone' };
    const { session: owner } = await connected({ digest });
    expect(await owner.access(path)).toBeNull();
    await owner.create(path, bytes(''), { access: [owned, readers] });
    await owner.create(`${path}/a`, bytes(''));
    const known = await owner.access(path);
    expect(known).toMatchObject({ access: [owned, readers], whole: true, children: 1 });
    expect(known?.stat).toEqual((await owner.data(path, false))?.stat);

    const { session: stranger } = await connected();
    await stranger.sync(path);
    const masked = await stranger.access(path);
    expect(masked).toMatchObject({ access: [{ ...owned, id: 'owner:x' }, readers], whole: false });
  });

  test('sets an ACL by its own exact version', async () => {
    const path = fresh();
    const { session } = await connected();
    const access = [
      { perms: 31, scheme: 'ip', id: '127.0.0.1' },
      { perms: 1, scheme: 'world', id: 'anyone' },
    ];
    await session.create(path, bytes(''));
    await session.setAccess(path, access, 0);
    expect(await session.access(path)).toMatchObject({ access, accessVersion: 1, whole: true });
    expect((await session.data(path, false))?.stat.version).toBe(0);
    expect(await failure(session.setAccess(path, access, 0))).toBe('bad-version');
    expect(await failure(session.setAccess(path, access, -1))).toBe('bad-version');
    expect(await failure(session.setAccess(fresh(), access, 0))).toBe('no-node');
    const none = [{ perms: 31, scheme: 'no-such-scheme', id: 'x' }];
    expect(await failure(session.setAccess(path, none, 1))).toBe('other');
  });

  test('keeps its id and its ephemerals when its server dies, and leaves its watches behind', async () => {
    const told = await connected();
    const { session: other } = await connected();
    const path = fresh();
    await told.session.create(path, bytes(''), { ephemeral: true });
    await told.session.data(path, true);
    const { id } = told.session;
    const mine = (await sandbox.sessions()).find((one) => one.id === id);
    const server = sandbox.zookeeper.find((one) => one.id === mine?.server);
    if (!server) throw new Error('on no server');
    await server.kill();
    await told.until('disconnected');
    await waitFor(() => told.events.filter((event) => event === 'connected').length === 2, {
      timeoutMs: 15_000,
      what: 'another server',
    });
    expect(told.session.id).toBe(id);
    await waitFor(() => other.set(path, bytes('new'), 'any').catch(() => null), {
      timeoutMs: 15_000,
      what: 'a write',
    });
    await told.session.sync(path);
    expect(told.changed).toEqual([]);
    const found = await told.session.data(path, true);
    expect(found?.data.toString()).toBe('new');
    expect(found?.stat.ephemeralOwner).toBe(id);
    await other.set(path, bytes('newer'), 'any');
    await told.told(path);
    await server.start();
    await waitFor(async () => (await server.mode()) !== null, {
      timeoutMs: 15_000,
      what: 'the quorum',
    });
  });

  test('answers a call that its server took to its grave: nobody knows what became of it', async () => {
    const told = await connected();
    await Promise.all(sandbox.zookeeper.map((server) => server.freeze()));
    const call = failure(told.session.create(fresh(), bytes('')));
    await Promise.all(sandbox.zookeeper.map((server) => server.kill()));
    expect(await call).toBe('connection');
    expect(await failure(told.session.data('/', false))).toBe('connection');
    await Promise.all(sandbox.zookeeper.map((server) => server.start()));
    await waitFor(() => told.session.connected || told.events.includes('closed: expired'), {
      timeoutMs: 20_000,
      what: 'an end of it, good or bad',
    });
  });

  test('sees the folder of its chroot as the root of everything', async () => {
    const { session } = await connected();
    const folder = fresh();
    await session.create(folder, bytes('top'));
    await session.sync(folder);
    const { connect } = { connect: `${sandbox.connectString}${folder}` };
    const inside = await connected(parseConnect(connect));
    await inside.session.sync('/');
    expect((await inside.session.data('/', true))?.data.toString()).toBe('top');
    expect(await inside.session.data('/here', true)).toBeNull();
    await session.set(folder, bytes('new'), 0);
    await inside.told('/');
    await inside.session.create('/here', bytes('in'));
    await inside.told('/here');
    expect((await session.data(`${folder}/here`, false))?.data.toString()).toBe('in');
  });

  test('ends when it expires: its calls fail, its ephemerals go, and no more is told', async () => {
    const told = await connected();
    const { session: other } = await connected();
    const path = fresh();
    await told.session.create(path, bytes(''), { ephemeral: true });
    await sandbox.expireSession(told.session.id ?? '');
    await told.until('closed: expired');
    expect(await failure(told.session.data('/', false))).toBe('closed');
    expect(told.session.connected).toBe(false);
    await other.sync(path);
    expect(await other.data(path, false)).toBeNull();
  });

  test('loses its connection when the ensemble freezes, and has it back when it thaws', async () => {
    const told = await connected();
    const { id } = told.session;
    await Promise.all(sandbox.zookeeper.map((server) => server.freeze()));
    const call = failure(told.session.data('/', false));
    await told.until('disconnected');
    expect(['connection', 'closed']).toContain(await call);
    expect(told.session.connected).toBe(false);
    await Promise.all(sandbox.zookeeper.map((server) => server.thaw()));
    await waitFor(() => told.session.connected || told.events.includes('closed: expired'), {
      timeoutMs: 20_000,
      what: 'an end of it, good or bad',
    });
    if (told.session.connected) expect(told.session.id).toBe(id);
  });
});

describe('an ensemble that is not there', () => {
  test('connects to nobody, and a session to it can be closed', async () => {
    const told = new Told(parseConnect('127.0.0.1:1'));
    expect(await failure(told.session.data('/', false))).toBe('connection');
    expect(told.session.connected).toBe(false);
    expect(told.session.id).toBeNull();
    told.session.close();
    expect(await failure(told.session.data('/', false))).toBe('closed');
    expect(told.events).toEqual([]);
  });
});

describe('a server that speaks something else', () => {
  test('is hung up on, and tried again later', async () => {
    let connections = 0;
    const other = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {});
      socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    const told = new Told({ servers: [{ host: '127.0.0.1', port }] });
    await waitFor(() => connections >= 2, { timeoutMs: 10_000, what: 'a second attempt' });
    expect(told.events).toEqual([]);
    other.close();
  });
});
