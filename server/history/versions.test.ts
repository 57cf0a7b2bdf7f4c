import { expect, test } from 'vitest';
import type { HistoryRecord } from '@/lib/history/record';
import type { ZnodeVersion } from '@/lib/history/znode-version';
import { FakeClock } from '../fake-clock';
import type { MirroredZnode, ReadAccess, ScopeSnapshot } from '../ports';
import { Versions } from './versions';

const ID = 'main~.2Fservice~orders';
const open = [{ perms: 31, scheme: 'world', id: 'anyone' }];

function znode(mzxid: string, data: string) {
  const stat = { czxid: '1', mzxid, version: 0, ephemeralOwner: null, ctime: 1, mtime: 2 };
  return { data: Buffer.from(data), stat };
}

function rig() {
  const clock = new FakeClock(1000);
  const records: ZnodeVersion[] = [];
  const znodes = new Map<string, MirroredZnode>();
  const scope = { znode: (name: string) => znodes.get(name) ?? null } as ScopeSnapshot;
  const access = { fails: false, asked: 0 };
  let seq = 0;
  const versions = new Versions({
    clock,
    next: () => ++seq,
    record: (record: HistoryRecord) => records.push(record as ZnodeVersion),
    access: async (_, name): Promise<ReadAccess | null> => {
      access.asked += 1;
      if (access.fails) throw new Error('the connection was lost');
      const now = znodes.get(name);
      if (!now || 'failed' in now) return null;
      return { access: open, whole: true, accessVersion: 0, children: 0, stat: now.stat };
    },
  });
  return { clock, records, znodes, access, versions, note: () => versions.note(ID, scope) };
}
const of = (records: readonly ZnodeVersion[], name: string) =>
  records.filter((one) => one.name === name);

test('each version that is read is kept once, with its ACL', async () => {
  const { clock, records, znodes, versions, note } = rig();
  znodes.set('config', znode('5', '{"ttl":30}'));
  versions.start();
  note();
  note();
  await clock.pass(1000);
  znodes.set('config', znode('6', '{"ttl":20}'));
  note();
  await clock.pass(1000);
  const kept = of(records, 'config').map((one) => one.znode);
  expect(kept.map((one) => Buffer.from(one?.data ?? '', 'base64').toString())).toEqual([
    '{"ttl":30}',
    '{"ttl":20}',
  ]);
  expect(kept.map((one) => one?.access)).toEqual([open, open]);
  expect(of(records, 'config').map(({ at }) => at)).toEqual([1000, 2000]);
});

test('a znode that is gone is kept as gone; one that could not be read says nothing', async () => {
  const { clock, records, znodes, versions, note } = rig();
  versions.start();
  znodes.set('failover', znode('5', 'a:b'));
  note();
  znodes.set('failover', { failed: 'no permission' });
  note();
  znodes.set('failover', null);
  note();
  await clock.pass(1000);
  const kept = of(records, 'failover').toSorted((one, other) => one.seq - other.seq);
  expect(kept.map((one) => one.znode !== null)).toEqual([true, false]);
});

test('an ACL that can’t be read, or a storm, costs the ACL and not the version', async () => {
  const { clock, records, znodes, access, versions, note } = rig();
  versions.start();
  access.fails = true;
  for (let n = 0; n < 500; n += 1) {
    znodes.set('leader', znode(String(n), 'pg-a'));
    note();
  }
  await clock.pass(60_000);
  expect(of(records, 'leader')).toHaveLength(500);
  expect(of(records, 'leader').every(({ znode: one }) => one?.access === null)).toBe(true);
  expect(access.asked).toBeLessThan(110);
});

test('what waits for its ACL at the end is kept without', () => {
  const { records, znodes, versions, note } = rig();
  versions.start();
  znodes.set('config', znode('1', 'a'));
  note();
  znodes.set('config', znode('2', 'b'));
  note();
  znodes.set('config', znode('3', 'c'));
  note();
  versions.stop();
  expect(of(records, 'config').map(({ znode: one }) => one?.stat.mzxid)).toEqual(['2', '3']);
});
