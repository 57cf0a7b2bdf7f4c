import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '@/lib/errors';
import type { PolicyChange, SeenPolicy } from '@/lib/routing/change';
import { aPolicy } from '@/lib/routing/sample-candidates';
import { aCluster } from '@/lib/topology/sample-cluster';
import { type FakeSession, FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock } from '../fake-clock';
import { PolicyEdits } from './policy-edits';

const ID = 'main~.2Fservice~orders';
const PATH = `/howdah/routing/${ID}`;
const { drains: _, ...settings } = aPolicy();
const policy: PolicyChange = { kind: 'policy', policy: settings };

let clock: FakeClock;
let zookeeper: FakeZooKeeper;
let session: FakeSession;
let notes: string[];
let edits: PolicyEdits;

beforeEach(() => {
  clock = new FakeClock();
  zookeeper = new FakeZooKeeper();
  session = zookeeper.session(() => {});
  notes = [];
  edits = new PolicyEdits({
    ...{ clock, root: '/howdah', askedEveryMs: 1000 },
    view: (id) => (id === ID ? aCluster({ id: ID }) : null),
    access: () => session,
    note: (_, says) => notes.push(says),
  });
});

const change = (wanted: PolicyChange, seen: SeenPolicy | null, by: string | null = 'ann') =>
  edits.change(ID, { change: wanted, seen, by });
const refusal = async (task: Promise<unknown>): Promise<Failure> => {
  const error = await task.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw error ?? new Error('it was not refused');
};
const standing = () => JSON.parse(zookeeper.get(PATH)?.data.toString() ?? 'null');
const seenNow = (): SeenPolicy => {
  const stat = zookeeper.get(PATH)?.stat;
  if (!stat) throw new Error('there is no policy');
  return { version: stat.version, mzxid: stat.mzxid };
};

describe('a policy', () => {
  test('is created, written over and taken away, each noted with who did it', async () => {
    expect(await change(policy, null)).toMatchObject({ is: 'ok', version: 0, policy: settings });
    const drain: PolicyChange = { kind: 'drain', member: 'pg-b', reason: 'disk', until: null };
    expect(await change(drain, seenNow())).toMatchObject({ is: 'ok', version: 1 });
    expect(standing().drains).toEqual({
      'pg-b': { by: 'ann', reason: 'disk', since: clock.now(), until: null },
    });
    await change({ kind: 'drain-ended', member: 'pg-b' }, seenNow(), null);
    expect(await change({ kind: 'removed' }, seenNow())).toEqual({ is: 'none' });
    expect(zookeeper.get(PATH)).toBeNull();
    expect(notes).toEqual([
      'Routing policy changed by ann',
      'pg-b drained of reads by ann. Reason: disk',
      'Drain of pg-b ended',
      'Routing policy removed by ann: reads are spread as Patroni alone has it',
    ]);
  });

  test('is not written over another than the one that was seen', async () => {
    await change(policy, null);
    const seen = seenNow();
    expect((await refusal(change(policy, null))).code).toBe('moved');
    await change({ ...policy, policy: { ...settings, slowStartMs: 1 } }, seen);
    expect((await refusal(change(policy, seen))).code).toBe('moved');
    expect(standing().slowStartMs).toBe(1);
    // Deleted and made anew: the version is as it was, and it is another.
    const later = seenNow();
    zookeeper.delete(PATH);
    await change(policy, null);
    await change(policy, seenNow());
    expect(seenNow().version).toBe(later.version);
    expect((await refusal(change(policy, later))).code).toBe('moved');
  });

  test('is refused to whoever comes second in the same moment', async () => {
    await change(policy, null);
    const seen = seenNow();
    const both = await Promise.allSettled([change(policy, seen), change(policy, seen)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('that can not be read may be written over or taken away, and nothing else', async () => {
    zookeeper.put(PATH, 'no json');
    const drain: PolicyChange = { kind: 'drain', member: 'pg-b', reason: '', until: null };
    expect((await refusal(change(drain, seenNow()))).message).toContain("can't be read");
    await change(policy, seenNow());
    expect(standing()).toMatchObject(settings);
    // Of a Howdah to come: who is drained stays so.
    const drains = { 'pg-b': { by: null, reason: '', since: 1, until: null } };
    zookeeper.put(PATH, JSON.stringify({ ...settings, drains, later: true }));
    await change(policy, seenNow());
    expect(standing().drains).toEqual(drains);
  });

  test('is of a cluster that there is', async () => {
    const task = edits.change('main~x~y', { change: policy, seen: null, by: null });
    expect((await refusal(task)).code).toBe('not-found');
  });
});

describe('where the connection is lost', () => {
  /** At the first call that writes: what becomes of it. */
  const losing = (what: 'call' | 'answer') => {
    let lost = false;
    const { set } = session;
    session.set = (...args) => {
      if (!lost) session.loses = () => (lost ? 'nothing' : what);
      const writes = set.apply(session, args);
      return writes.finally(() => {
        lost = true;
        session.loses = null;
      });
    };
  };

  test('before anything is written, nothing is', async () => {
    session.connected = false;
    session.failNext();
    const failure = await refusal(change(policy, null));
    expect([failure.code, failure.message]).toEqual([
      'refused',
      expect.stringContaining('Nothing was written'),
    ]);
  });

  test('on its way there, it is found out that nothing was', async () => {
    await change(policy, null);
    losing('call');
    const task = refusal(change({ ...policy, policy: { ...settings, slowStartMs: 1 } }, seenNow()));
    await clock.pass(20_000);
    expect((await task).message).toContain('Nothing was written');
    expect(standing().slowStartMs).toBe(10_000);
  });

  test('on its way back, it is found out that it was, and it is not written twice', async () => {
    await change(policy, null);
    losing('answer');
    const task = change({ ...policy, policy: { ...settings, slowStartMs: 1 } }, seenNow());
    await clock.pass(20_000);
    expect(await task).toMatchObject({ is: 'ok', version: 1, policy: { slowStartMs: 1 } });
  });

  test('and does not come back, it is not known', async () => {
    await change(policy, null);
    const { set } = session;
    session.set = (...args) => {
      session.loses = () => 'call';
      return set.apply(session, args);
    };
    const task = refusal(change(policy, seenNow()));
    await clock.pass(60_000);
    expect(await task).toMatchObject({ code: 'unavailable' });
  });
});
