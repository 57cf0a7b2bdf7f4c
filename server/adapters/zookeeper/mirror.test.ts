import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ZooKeeperError } from '@/lib/errors';
import type { MirrorBatch, ScopeSnapshot } from '@/server/ports';
import { type FakeSession, FakeZooKeeper } from './fake-zookeeper';
import { Mirror, type MirrorLane } from './mirror';

const NAMES = [
  'leader',
  'failover',
  'config',
  'sync',
  'history',
  'status',
  'initialize',
  'failsafe',
];

/** A mirror over the fake, with the marks it makes kept until the test has them read. */
class Rig {
  readonly zookeeper = new FakeZooKeeper();
  readonly marked = new Map<string, MirrorLane>();
  readonly batches: MirrorBatch[] = [];
  readonly sessions = new Map<number, FakeSession | null>([
    [-1, null],
    [0, null],
    [1, null],
  ]);
  readonly mirror: Mirror;
  readonly #reading = new Set<Promise<void>>();
  behind = false;
  #turn = 0;
  #placed = 0;

  constructor(namespaces: readonly string[] = ['/service']) {
    this.mirror = new Mirror({
      ensemble: 'main',
      namespaces,
      sessions: {
        session: (shard) => {
          const session = this.sessions.get(shard);
          if (!session?.connected) throw new ZooKeeperError('connection', 'not connected');
          return session;
        },
        place: (_, leadership) => (leadership ? -1 : this.#placed++ % 2),
        release: () => {},
      },
      mark: (path, lane) => this.marked.set(path, lane),
      forget: (path) => this.marked.delete(path),
      isBehind: () => this.behind,
      onEvent: () => {},
      onChanges: () => {},
      onBatch: (batch) => this.batches.push(batch),
    });
  }

  connect(shard: number): void {
    const before = this.sessions.get(shard);
    if (before?.connected) return;
    this.sessions.set(
      shard,
      this.zookeeper.session((path) => this.mirror.notice(path)),
    );
    this.mirror.resync(shard);
  }

  /** The connection is cut; its watches are lost. */
  cut(shard: number): void {
    this.sessions.get(shard)?.close();
  }

  connectAll(): this {
    for (const shard of this.sessions.keys()) this.connect(shard);
    return this;
  }

  /** Reads up to so many of what is marked. */
  async readSome(count = Number.POSITIVE_INFINITY): Promise<void> {
    const paths = [...this.marked.keys()].slice(0, count);
    for (const path of paths) this.marked.delete(path);
    const reading = this.mirror.read(paths, 'changes').finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
    await reading;
  }

  /** Until nothing more comes of it. */
  async quiet(): Promise<void> {
    for (let round = 0; this.marked.size + this.#reading.size > 0; round += 1) {
      await Promise.all(this.#reading);
      if (round > 50) throw new Error(`it never gets quiet: ${[...this.marked.keys()]}`);
      await this.readSome();
    }
  }

  async polled(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) this.mirror.poll(this.#turn++, 10);
    await this.quiet();
  }

  ids(): string[] {
    const known = new Set<string>();
    for (const { changed, removed } of this.batches) {
      for (const id of changed) known.add(id);
      for (const id of removed) known.delete(id);
    }
    return [...known].toSorted();
  }

  content(id: string): Record<string, string> | null {
    const scope = this.mirror.scope(id);
    return scope && contentOf(scope);
  }
}

function contentOf(scope: ScopeSnapshot): Record<string, string> {
  const content: Record<string, string> = {};
  const put = (path: string, value: ReturnType<ScopeSnapshot['znode']> | undefined) => {
    if (value)
      content[path] = 'failed' in value ? `failed: ${value.failed}` : value.data.toString();
  };
  for (const name of NAMES) put(name, scope.znode(name));
  for (const [name, value] of scope.members) put(`members/${name}`, value);
  return content;
}

function put(zookeeper: FakeZooKeeper, path: string, content: Record<string, string>): void {
  for (const [name, data] of Object.entries(content)) zookeeper.put(`${path}/${name}`, data);
}

const orders = { leader: 'a', config: '{}', 'members/a': 'A', 'members/b': 'B', status: '1' };
const ID = 'main~.2Fservice~orders';

describe('a mirror', () => {
  test('finds the clusters that are there and tells of each once all of it is read', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    rig.zookeeper.put('/service/not-a-cluster/whatever', 'x');
    while (rig.marked.size > 0) {
      await rig.readSome(1);
      if (rig.ids().length > 0) break;
    }
    expect(rig.content(ID)).toEqual(orders);
    await rig.quiet();
    expect(rig.ids()).toEqual([ID]);
    expect(rig.mirror.synced).toBe(true);
  });

  test('follows what changes, reading only that', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    const { reads } = rig.zookeeper;
    rig.zookeeper.set('/service/orders/config', '{"ttl":20}');
    rig.zookeeper.set('/service/orders/members/b', 'B2');
    rig.zookeeper.set('/service/orders/status', '2');
    await rig.quiet();
    expect(rig.content(ID)).toEqual({
      ...orders,
      config: '{"ttl":20}',
      'members/b': 'B2',
    });
    expect(rig.zookeeper.reads - reads).toBe(2);
    expect(rig.batches.at(-1)).toEqual({ urgent: false, changed: [ID], removed: [] });
  });

  test('reads what it does not watch in its turn', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    rig.zookeeper.set('/service/orders/status', '2');
    await rig.quiet();
    expect(rig.content(ID)?.status).toBe('1');
    await rig.polled();
    expect(rig.content(ID)?.status).toBe('2');
  });

  test('asks for nothing that a listing has shown to be absent, and finds it when it comes', async () => {
    const rig = new Rig();
    put(rig.zookeeper, '/service/orders', orders);
    rig.connectAll();
    await rig.quiet();
    // The namespace, the folder, its members, and seven znodes of which `failover` is not there.
    expect(rig.zookeeper.reads).toBe(3 + 2 + 5 - 1);
    rig.zookeeper.put('/service/orders/sync', '{}');
    rig.zookeeper.put('/service/orders/initialize', '1');
    await rig.quiet();
    expect(rig.content(ID)).toEqual({ ...orders, sync: '{}', initialize: '1' });
    rig.zookeeper.remove('/service/orders/sync');
    await rig.quiet();
    rig.zookeeper.put('/service/orders/sync', 'back');
    await rig.quiet();
    expect(rig.content(ID)?.sync).toBe('back');
  });

  test('marks a change of leadership in the lane of its own', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    rig.zookeeper.delete('/service/orders/leader');
    rig.zookeeper.set('/service/orders/config', '{"x":1}');
    expect(rig.marked.get('/service/orders/leader')).toBe('leadership');
    expect(rig.marked.get('/service/orders/config')).toBe('changes');
    await rig.quiet();
    rig.zookeeper.create('/service/orders/failover', '{"leader":"a"}');
    expect(rig.marked.get('/service/orders/failover')).toBe('leadership');
  });

  test('reads a path once, however often it has changed since it was marked', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    const { reads } = rig.zookeeper;
    for (let i = 0; i < 100; i += 1) rig.zookeeper.set('/service/orders/config', `${i}`);
    await rig.quiet();
    expect(rig.zookeeper.reads - reads).toBe(1);
    expect(rig.content(ID)?.config).toBe('99');
  });

  test('reads what changes all the time in turn, without a watch, while it can’t keep up', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    const path = '/service/orders/members/a';
    const change = async (data: string) => {
      rig.zookeeper.set(path, data);
      await rig.readSome();
    };
    await change('1');
    expect([...rig.marked.keys()]).toEqual([]);
    rig.behind = true;
    await change('2');
    // No watch is left, so that it is to be read again whether or not it changes.
    expect([...rig.marked.keys()]).toEqual([path]);
    await change('3');
    await change('4');
    expect(rig.content(ID)?.['members/a']).toBe('4');
    await rig.quiet();
    await change('5');
    expect(rig.content(ID)?.['members/a']).toBe('5');
    rig.behind = false;
    await rig.quiet();
    await change('6');
    expect(rig.content(ID)?.['members/a']).toBe('6');
    expect(rig.marked.size).toBe(0);
  });

  test('says nothing when nothing has changed', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    const told = rig.batches.length;
    rig.mirror.resync(0);
    rig.mirror.resync(-1);
    await rig.polled();
    expect(rig.batches.length).toBe(told);
  });

  test('waits for a namespace that is not there yet', async () => {
    const rig = new Rig(['/service', '/postgresql-common']).connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    expect([...rig.mirror.namespaces]).toEqual([
      ['/service', true],
      ['/postgresql-common', false],
    ]);
    expect(rig.mirror.synced).toBe(true);
    put(rig.zookeeper, '/postgresql-common/15-main', orders);
    await rig.quiet();
    expect(rig.mirror.namespaces.get('/postgresql-common')).toBe(true);
    expect(rig.ids()).toEqual(['main~.2Fpostgresql-common~15-main', ID]);
  });

  test('may have the root itself for a namespace', async () => {
    const rig = new Rig(['/']).connectAll();
    put(rig.zookeeper, '/zookeeper', { config: 'not ours' });
    put(rig.zookeeper, '/orders', orders);
    await rig.quiet();
    expect(rig.ids()).toEqual(['main~.2F~orders']);
  });

  test('drops a cluster that goes and finds it anew when it returns', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    rig.zookeeper.remove('/service/orders');
    await rig.quiet();
    expect(rig.ids()).toEqual([]);
    expect(rig.mirror.scope(ID)).toBeNull();
    put(rig.zookeeper, '/service/orders', { ...orders, leader: 'b' });
    await rig.quiet();
    expect(rig.content(ID)?.leader).toBe('b');
  });

  test('sees a cluster that is removed and built again between two looks', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    rig.zookeeper.remove('/service/orders');
    put(rig.zookeeper, '/service/orders', { leader: 'c', 'members/c': 'C' });
    await rig.quiet();
    await rig.polled();
    expect(rig.content(ID)).toEqual({ leader: 'c', 'members/c': 'C' });
  });

  test('takes a scope with numbered children for Citus: a cluster for each group', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/shop/0', { leader: 'c1', 'members/c1': 'x' });
    put(rig.zookeeper, '/service/shop/1', { leader: 'w1', 'members/w1': 'y' });
    rig.zookeeper.put('/service/shop/01/leader', 'not a group');
    await rig.quiet();
    expect(rig.ids()).toEqual(['main~.2Fservice~shop~0', 'main~.2Fservice~shop~1']);
    put(rig.zookeeper, '/service/shop/12', { leader: 'w12' });
    rig.zookeeper.remove('/service/shop/0');
    await rig.quiet();
    expect(rig.ids()).toEqual(['main~.2Fservice~shop~1', 'main~.2Fservice~shop~12']);
    expect(rig.content('main~.2Fservice~shop~12')).toEqual({ leader: 'w12' });
  });

  test('follows members that are deleted and created again, at any pace', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    rig.zookeeper.delete('/service/orders/members/b');
    rig.zookeeper.create('/service/orders/members/b', 'B2');
    await rig.quiet();
    expect(rig.content(ID)?.['members/b']).toBe('B2');
    rig.zookeeper.delete('/service/orders/members/b');
    await rig.readSome(1);
    rig.zookeeper.create('/service/orders/members/b', 'B3');
    await rig.quiet();
    expect(rig.content(ID)?.['members/b']).toBe('B3');
    rig.zookeeper.delete('/service/orders/members/b');
    await rig.quiet();
    expect(rig.content(ID)).not.toHaveProperty('members/b');
    rig.zookeeper.create('/service/orders/members/b', 'B4');
    await rig.quiet();
    expect(rig.content(ID)?.['members/b']).toBe('B4');
    rig.zookeeper.set('/service/orders/members/b', 'B5');
    await rig.quiet();
    expect(rig.content(ID)?.['members/b']).toBe('B5');
  });

  test('shows what it may not read as failed, and reads it again by itself', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    rig.zookeeper.forbid('/service/orders/config');
    rig.zookeeper.forbid('/service/orders/members/a');
    await rig.quiet();
    expect(rig.content(ID)?.config).toMatch(/^failed: .*ACL/);
    expect(rig.content(ID)?.['members/a']).toMatch(/^failed/);
    expect(rig.mirror.synced).toBe(true);
    rig.zookeeper.forbid('/service/orders/config', false);
    rig.zookeeper.forbid('/service/orders/members/a', false);
    await rig.polled();
    expect(rig.content(ID)).toEqual(orders);
  });

  test('names a folder it may not list, until it may', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    rig.zookeeper.forbid('/service');
    await rig.quiet();
    expect([...rig.mirror.failures.keys()]).toEqual(['/service']);
    rig.zookeeper.forbid('/service', false);
    await rig.polled();
    expect([...rig.mirror.failures]).toEqual([]);
    expect(rig.ids()).toEqual([ID]);
  });

  test('is not synced from a reconnection until all of it has been read again', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    rig.cut(0);
    rig.zookeeper.set('/service/orders/config', 'changed unseen');
    await rig.quiet();
    expect(rig.content(ID)?.config).toBe('{}');
    rig.connect(0);
    expect(rig.mirror.synced).toBe(false);
    await rig.readSome(2);
    expect(rig.mirror.synced).toBe(false);
    await rig.quiet();
    expect(rig.mirror.synced).toBe(true);
    expect(rig.content(ID)?.config).toBe('changed unseen');
  });

  test('reads again by itself what failed though the connection stands', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    rig.zookeeper.set('/service/orders/config', 'new');
    rig.sessions.get(0)?.failNext();
    rig.sessions.get(1)?.failNext();
    await rig.quiet();
    expect(rig.content(ID)?.config).toBe('new');
  });

  test('leaves no watch on what it does not follow any more', async () => {
    const rig = new Rig().connectAll();
    put(rig.zookeeper, '/service/orders', orders);
    await rig.quiet();
    rig.zookeeper.remove('/service/orders');
    await rig.quiet();
    const told = rig.batches.length;
    rig.zookeeper.put('/service/orders', '');
    await rig.quiet();
    expect(rig.batches.length).toBe(told);
  });
});

type Action =
  | { readonly do: 'put' | 'remove'; readonly path: string; readonly data: string }
  | { readonly do: 'recreate'; readonly path: string; readonly data: string }
  | { readonly do: 'cut' | 'connect'; readonly shard: number }
  | { readonly do: 'behind'; readonly on: boolean }
  | { readonly do: 'read'; readonly count: number };

const path = fc
  .tuple(
    fc.constantFrom('/service', '/service', '/service', '/other'),
    fc.constantFrom('x', 'x', 'y'),
    fc.constantFrom('', '', '/0', '/1'),
    fc.constantFrom('leader', 'config', 'status', 'members/a', 'members/b', 'members', 'stray'),
  )
  .map(([namespace, scope, group, name]) => `${namespace}/${scope}${group}/${name}`);
const target = fc.oneof(
  { weight: 6, arbitrary: path },
  { weight: 1, arbitrary: path.map((one) => one.split('/').slice(0, 3).join('/')) },
  { weight: 1, arbitrary: fc.constantFrom('/service', '/other') },
);
const data = fc.string({ maxLength: 3 });
const shard = fc.constantFrom(-1, 0, 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), path, data }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), path: target, data }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('recreate' as const), path: target, data }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), shard }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('connect' as const), shard }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('behind' as const), on: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  },
);

async function perform(rig: Rig, step: Action): Promise<void> {
  const { zookeeper } = rig;
  switch (step.do) {
    case 'put':
      return zookeeper.put(step.path, step.data);
    case 'remove':
      return zookeeper.remove(step.path);
    case 'recreate':
      zookeeper.remove(step.path);
      return zookeeper.put(step.path, step.data);
    case 'cut':
      return rig.cut(step.shard);
    case 'connect':
      return rig.connect(step.shard);
    case 'behind':
      rig.behind = step.on;
      return;
    case 'read':
      return rig.readSome(step.count);
  }
}

/** What there is, and what the mirror told of. */
function both(rig: Rig, fresh: Rig) {
  const show = (one: Rig) => one.ids().map((id) => [id, one.content(id)]);
  return { kept: show(rig), read: show(fresh) };
}

test('quiet for once, it equals a fresh read, whatever has happened and whenever it was read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 120, size: 'max' }), async (steps) => {
      const rig = new Rig(['/service', '/other']).connectAll();
      for (const step of steps) {
        // Reads and what happens meanwhile overlap.
        const done = perform(rig, step);
        if (step.do !== 'read' || step.count % 2 === 0) await done;
      }
      rig.connectAll();
      await rig.quiet();
      await rig.polled();
      expect(rig.mirror.synced).toBe(true);

      const fresh = new Rig(['/service', '/other']);
      for (const namespace of ['/service', '/other'])
        copy(rig.zookeeper, fresh.zookeeper, namespace);
      fresh.connectAll();
      await fresh.quiet();
      for (const { changed, removed } of rig.batches) {
        expect(changed.filter((id) => removed.includes(id))).toEqual([]);
      }
      const { kept, read } = both(rig, fresh);
      expect(kept).toEqual(read);
      expect([...rig.mirror.namespaces]).toEqual([...fresh.mirror.namespaces]);
    }),
    { numRuns: 500 },
  );
});

function copy(from: FakeZooKeeper, to: FakeZooKeeper, path: string): void {
  const found = from.get(path);
  if (!found) return;
  to.put(path, found.data);
  for (const name of from.list(path) ?? []) copy(from, to, `${path}/${name}`);
}
