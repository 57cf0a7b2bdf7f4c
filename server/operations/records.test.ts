import { beforeEach, describe, expect, test } from 'vitest';
import type { Run } from '@/lib/operations/run';
import { aRun } from '@/lib/operations/sample-run';
import { FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { Records } from './records';
import { ID, RECORD } from './world-for-tests';

const CLAIM = `${RECORD}/owner`;
let zookeeper: FakeZooKeeper;

const recordsOf = (process: string) => {
  const session = zookeeper.session(() => {});
  return { session, records: new Records('/howdah', process, () => session) };
};

/** Another run has the cluster's turn. */
function store(id: string): void {
  const run = aRun({ kind: 'switchover', candidate: 'pg-b', at: null });
  const stored: Run = { ...run, view: { ...run.view, id, cluster: ID } };
  zookeeper.put(RECORD, JSON.stringify(stored));
}

beforeEach(() => {
  zookeeper = new FakeZooKeeper();
  store('run-1');
});

test('a record that was copied from another cluster is none of this one’s', async () => {
  const { records } = recordsOf('one');
  await expect(records.read(ID)).resolves.toMatchObject({ version: 0 });
  const run = aRun({ kind: 'switchover', candidate: 'pg-b', at: null });
  zookeeper.put(RECORD, JSON.stringify({ ...run, view: { ...run.view, cluster: `${ID}-2` } }));
  await expect(records.read(ID)).rejects.toMatchObject({ code: 'busy' });
});

describe('a claim', () => {
  test('is one process’s, of one run, and is known again where its answer was lost', async () => {
    const [one, other] = [recordsOf('one').records, recordsOf('other').records];
    expect([await one.claim(ID, 'run-1'), await one.claim(ID, 'run-1')]).toEqual([true, true]);
    expect(await other.claim(ID, 'run-1')).toBe(false);
    expect([await other.isClaimed(ID, 'run-1'), await other.isClaimed(ID, 'run-2')]).toEqual([
      true,
      false,
    ]);
  });

  test('of a run that has the turn no more keeps nobody out', async () => {
    const [one, other] = [recordsOf('one'), recordsOf('other')];
    await one.records.claim(ID, 'run-1');
    store('run-2');
    expect(await other.records.claim(ID, 'run-2')).toBe(true);
    expect(zookeeper.get(CLAIM)?.stat.ephemeralOwner).toBe(other.session.id);
  });

  test('of the run that has it is left by whoever still thinks of the one before', async () => {
    const [one, other] = [recordsOf('one'), recordsOf('other')];
    store('run-2');
    await other.records.claim(ID, 'run-2');
    expect(await one.records.claim(ID, 'run-1')).toBe(false);
    await one.records.unclaim(ID, 'run-1');
    expect(zookeeper.get(CLAIM)?.stat.ephemeralOwner).toBe(other.session.id);
    await other.records.unclaim(ID, 'run-2');
    expect(zookeeper.get(CLAIM)).toBeNull();
    await other.records.unclaim(ID, 'run-2');
  });

  test('of an earlier Howdah, which names no run, is heeded', async () => {
    const one = recordsOf('one');
    zookeeper.create(CLAIM, 'another-process', { owner: 'its session' });
    expect(await one.records.claim(ID, 'run-1')).toBe(false);
    expect(await one.records.isClaimed(ID, 'run-1')).toBe(true);
  });
});
