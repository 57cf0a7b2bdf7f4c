import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { anchorOf } from '@/lib/audit/anchor';
import { type ChainRow, type Head, linked } from '@/lib/audit/chain';
import { Failure } from '@/lib/errors';
import { FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock } from '../fake-clock';
import { ChainAnchor } from './anchor';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** A store with a chain, for any number of Howdahs. */
class Store {
  rows: ChainRow[] = [];
  chain = 'a';
  removedUpto = 0;
  away = false;

  add(count = 1, word = 'row'): void {
    const entries = Array.from({ length: count }, (_, n) => `${word} ${this.rows.length + n}`);
    const { chain } = this;
    this.rows.push(...linked(this.rows.at(-1) ?? null, entries, { chain, hashOf }));
  }
  async head(): Promise<Head | null> {
    if (this.away) throw new Failure('unavailable', 'The store is away.');
    return this.rows.at(-1) ?? null;
  }
  async storeId(): Promise<string> {
    return 'here';
  }
  async at(seq: number): Promise<Head | 'removed' | null> {
    if (seq <= this.removedUpto) return 'removed';
    return this.rows.find((row) => row.seq === seq) ?? null;
  }
}

function rig(
  world: { zookeeper: FakeZooKeeper; clock: FakeClock; store: Store },
  { known = true } = {},
) {
  const { zookeeper, clock, store } = world;
  const session = zookeeper.session(() => {});
  const said: string[] = [];
  const begun: (string | null)[] = [];
  const anchor = new ChainAnchor({
    ...{ clock, chain: store, folder: '/howdah/audit', known, onState: () => {} },
    access: () => session,
    onBegun: (_, lost) => begun.push(lost),
    onBroken: async () => {
      store.chain = `${store.chain}'`;
      store.add();
    },
    onError: (error) => said.push(error instanceof Error ? error.message : String(error)),
  });
  return { anchor, session, said, begun };
}

const FOLDER = '/howdah/audit';
const anchored = (zookeeper: FakeZooKeeper, chain = 'a') =>
  anchorOf(zookeeper.get(`${FOLDER}/${chain}`)?.data.toString() ?? '');

let world: { zookeeper: FakeZooKeeper; clock: FakeClock; store: Store };
beforeEach(() => {
  world = { zookeeper: new FakeZooKeeper(), clock: new FakeClock(), store: new Store() };
});

test('the head is anchored after rows were appended, once a second at most, and at the end', async () => {
  const { zookeeper, clock, store } = world;
  const { anchor, begun } = rig(world);
  anchor.note();
  await clock.pass(2000);
  expect(zookeeper.list('/howdah')).toBeNull();
  store.add(2);
  anchor.note();
  await clock.pass(1000);
  expect(anchored(zookeeper)).toMatchObject({ seq: 2, hash: store.rows[1]?.hash, store: 'here' });
  expect(begun).toEqual([null]);
  for (let n = 0; n < 30; n += 1) {
    store.add();
    anchor.note();
    await clock.pass(100);
  }
  await clock.pass(1000);
  expect(anchored(zookeeper)?.seq).toBe(32);
  expect(zookeeper.get(`${FOLDER}/a`)?.stat.version).toBeLessThanOrEqual(5);
  expect(anchor.view).toMatchObject({ anchored: { seq: 32 }, unanchoredSince: null, trouble: [] });
  store.add();
  anchor.note();
  await anchor.close();
  expect(anchored(zookeeper)?.seq).toBe(33);
});

test('rows that somebody else has added, such as a command, are anchored though nobody tells of them', async () => {
  const { zookeeper, clock, store } = world;
  const { anchor } = rig(world);
  store.add();
  anchor.note();
  await clock.pass(1000);
  store.add(2);
  await clock.pass(11_000);
  expect(anchored(zookeeper)?.seq).toBe(3);
  expect(anchor.view.unanchoredSince).toBeNull();
  await anchor.close();
});

test('while ZooKeeper is away it is said since when, and it is caught up with', async () => {
  const { zookeeper, clock, store } = world;
  const { anchor, session, said } = rig(world);
  session.connected = false;
  store.add();
  const since = clock.now();
  anchor.note();
  await clock.pass(30_000);
  expect(anchor.view).toEqual({
    ...{ anchored: null, unanchoredSince: since },
    facts: [],
    trouble: [{ severity: 'note', says: 'The audit is not anchored in ZooKeeper: no connection.' }],
  });
  session.connected = true;
  await clock.pass(5000);
  expect(anchored(zookeeper)?.seq).toBe(1);
  expect(anchor.view).toMatchObject({ unanchoredSince: null, trouble: [] });
  store.away = true;
  store.add();
  anchor.note();
  await clock.pass(5000);
  expect(anchor.view.trouble).toEqual([]);
  store.away = false;
  await clock.pass(5000);
  expect(anchored(zookeeper)?.seq).toBe(2);
  expect(said).toEqual([]);
});

test('several Howdahs over one store share an anchor, which never goes back', async () => {
  const { zookeeper, clock, store } = world;
  const all = [rig(world), rig(world), rig(world)];
  let highest = 0;
  for (let n = 0; n < 50; n += 1) {
    store.add();
    for (const { anchor } of all) anchor.note();
    await clock.pass(137);
    const { seq = 0 } = anchored(zookeeper) ?? {};
    expect(seq).toBeGreaterThanOrEqual(highest);
    highest = seq;
  }
  await clock.pass(3000);
  expect(anchored(zookeeper)?.seq).toBe(50);
  expect(all.flatMap(({ said, begun }) => [...said, ...begun])).toEqual([null]);
});

test('what was removed by age is not missed', async () => {
  const { zookeeper, clock, store } = world;
  const { anchor, said } = rig(world);
  store.add(3);
  anchor.note();
  await clock.pass(1000);
  store.add(2);
  store.rows = store.rows.slice(4);
  store.removedUpto = 4;
  anchor.note();
  await clock.pass(1000);
  expect([anchored(zookeeper)?.seq, said]).toEqual([5, []]);
});

test.each([
  ['cut off', (store: Store) => store.rows.splice(2)],
  [
    'written anew',
    (store: Store) => {
      store.rows.splice(1);
      store.add(9, 'another');
    },
  ],
])(
  'rows that were anchored and are %s are missed, and another chain is begun',
  async (_, tamper) => {
    const { zookeeper, clock, store } = world;
    const { anchor } = rig(world);
    store.add(5);
    anchor.note();
    await clock.pass(1000);
    const before = anchored(zookeeper);
    await anchor.close();

    tamper(store);
    store.add();
    const next = rig(world);
    next.anchor.note();
    await clock.pass(10_000);
    expect(next.said).toEqual([
      expect.stringMatching(/^The audit is broken\. Row 5 had been anchored/),
    ]);
    // What was anchored stays what it was, and what comes is anchored beside it.
    expect(anchored(zookeeper)).toEqual(before);
    expect(anchored(zookeeper, "a'")?.seq).toBe(store.rows.at(-1)?.seq);
  },
);

test('a chain that is another from its first row on is told with what is gone', async () => {
  const { zookeeper, clock, store } = world;
  zookeeper.put(
    `${FOLDER}/other`,
    JSON.stringify({ ...{ chain: 'other', seq: 9, hash: 'x' }, at: 1, store: 'elsewhere' }),
  );
  const first = rig(world);
  store.add(5);
  first.anchor.note();
  await clock.pass(1000);
  store.rows = [];
  store.chain = 'b';
  store.add();
  const second = rig(world);
  second.anchor.note();
  await clock.pass(1000);
  expect([first.begun, second.begun]).toEqual([
    [null],
    ['An audit that had been anchored up to row 5 is gone: a.'],
  ]);
});

test('what is no anchor is left as it is, and an anchor that was removed is made anew and told', async () => {
  const { zookeeper, clock, store } = world;
  const { anchor, said, begun } = rig(world);
  store.add();
  zookeeper.put(`${FOLDER}/a`, 'mine');
  anchor.note();
  await clock.pass(1000);
  expect(zookeeper.get(`${FOLDER}/a`)?.data.toString()).toBe('mine');
  expect(said).toEqual([expect.stringContaining('holds something that is no anchor')]);
  zookeeper.remove(`${FOLDER}/a`);
  anchor.note();
  await clock.pass(2000);
  zookeeper.remove(`${FOLDER}/a`);
  anchor.note();
  await clock.pass(2000);
  expect(said.at(-1)).toContain('was removed, and is made anew');
  expect(begun).toHaveLength(2);
});

const open = [{ perms: 31, scheme: 'world', id: 'anyone' }];
const ours = [
  { perms: 31, scheme: 'auth', id: '' },
  { perms: 1, scheme: 'world', id: 'anyone' },
];
const accessOf = (zookeeper: FakeZooKeeper, path: string) => zookeeper.guarded(path)?.access;

test('who is known to ZooKeeper lets nobody else write the anchor, or remove it', async () => {
  const { zookeeper, clock, store } = world;
  store.add();
  const { anchor } = rig(world);
  anchor.note();
  await clock.pass(1000);
  expect([FOLDER, `${FOLDER}/a`].map((path) => accessOf(zookeeper, path))).toEqual([ours, ours]);
  expect(anchor.view.facts).toEqual([]);
});

test('an anchor that anybody may write is closed to others, and that of an operator left as it is', async () => {
  const { zookeeper, clock, store } = world;
  store.add();
  const first = rig(world, { known: false });
  first.anchor.note();
  await clock.pass(1000);
  expect(accessOf(zookeeper, `${FOLDER}/a`)).toEqual(open);
  const says = expect.stringMatching(/^Anybody who reaches ZooKeeper may write the audit's anchor/);
  expect(first.anchor.view).toMatchObject({ facts: [says], trouble: [] });
  const operators = [{ perms: 31, scheme: 'ip', id: '10.0.0.1' }];
  zookeeper.setAccess(FOLDER, operators, 0);
  await first.anchor.close();
  const second = rig(world);
  second.anchor.note();
  await clock.pass(1000);
  expect([FOLDER, `${FOLDER}/a`].map((path) => accessOf(zookeeper, path))).toEqual([
    operators,
    ours,
  ]);
});
