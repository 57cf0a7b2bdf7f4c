import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import type { Failover } from '@/lib/history/failover';
import { type HistoryRecord, room } from '@/lib/history/record';
import { Player } from '@/lib/history/replay';
import { type StructureChange, StructureFollower } from '@/lib/history/structure';
import { aCluster, aLeader, aStandby, withMember } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { PostgresReplayStore } from './replay-store';
import { PostgresStore } from './store';
import { makeFolder, openStore, servers } from './store-for-tests';

const ID = aCluster().id;
const START = Date.UTC(2026, 2, 31, 23, 0);
const MINUTE = 60_000;

/** What one process records of the cluster, minute by minute from a moment on. */
function records(began: number, views: readonly (ClusterView | null)[]): HistoryRecord[] {
  const follower = new StructureFollower();
  let after: number | null = null;
  return [
    { record: 'watch', seq: began * 1000, at: began },
    ...views.map((view, n): StructureChange => {
      const at = began + n * MINUTE;
      const seq = at * 1000 + 1;
      const change = {
        ...{
          record: 'structure' as const,
          seq,
          at,
          cluster: ID,
          after,
          run: began,
          first: n === 0,
        },
      };
      after = view && seq;
      return { ...change, parts: view && follower.take(view) };
    }),
  ];
}

const led = (name: string, czxid: string) =>
  aCluster({
    leader: { name, czxid, session: null, since: 1 },
    members: ['pg-a', 'pg-b', 'pg-c'].map((one) => (one === name ? aLeader : aStandby)(one)),
  });

describe.each(servers)('structures in $name', ({ programs }) => {
  let folder: string;
  let opened: ReturnType<typeof openStore>;
  let store: PostgresStore;
  let replays: PostgresReplayStore;

  beforeAll(async () => {
    folder = makeFolder();
    opened = openStore(folder, programs, systemClock);
    store = new PostgresStore(opened.database);
    replays = new PostgresReplayStore(opened.database);
    await waitFor(() => opened.database.health.state === 'ready', {
      timeoutMs: 30_000,
      what: () => `the store: ${opened.database.health.says}`,
    });
  }, 60_000);

  afterAll(() => {
    opened.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  const moment = async (at: number) => {
    const replay = await replays.replay({ cluster: ID, from: at, until: at + 1 });
    return new Player({ ...replay, lag: [] }).moment(at);
  };
  const told = async () =>
    (await store.events({ limit: 100 }, seesAll)).events
      .toReversed()
      .map(({ says, cause }) => [says, cause]);

  test('are what they were at any moment, over the end of a month, however often they are written', async () => {
    const first = records(START, [
      led('pg-a', '10'),
      withMember(led('pg-a', '10'), 'pg-b', { state: 'stopped' }),
      led('pg-c', '20'),
    ]);
    await store.write(first);
    await store.write(first.slice(1));
    expect((await moment(START - 1)).is).toBe('unknown');
    expect((await moment(START)).view?.leader?.name).toBe('pg-a');
    const stopped = await moment(START + 1.5 * MINUTE);
    expect(stopped).toMatchObject({ is: 'known', lastKnown: null });
    expect(stopped.view?.members.map(({ state }) => state)).toEqual([
      'running',
      'stopped',
      'running',
    ]);
    expect((await moment(START + 2 * MINUTE)).view?.leader?.name).toBe('pg-c');
    // Of a cluster that nobody knew there is nothing to compare with.
    expect(await told()).toEqual([['orders seen with 3 members, led by pg-a', null]]);
  });

  test('say until when somebody watched', async () => {
    await store.noteWatching(START, START + 20 * MINUTE);
    expect((await moment(START + 20 * MINUTE)).is).toBe('known');
    const later = await moment(START + 40 * MINUTE);
    expect(later).toMatchObject({ is: 'unwatched', lastKnown: START + 20 * MINUTE });
    expect(later.view?.leader?.name).toBe('pg-c');
  });

  test('that changed while nobody watched become events, once', async () => {
    const began = START + 120 * MINUTE;
    const withoutA = led('pg-b', '30');
    const second = records(began, [
      { ...withoutA, members: withoutA.members.filter(({ name }) => name !== 'pg-a') },
    ]);
    await store.write(second);
    await store.write(second);
    expect((await told()).slice(1)).toEqual([
      ['pg-b is the leader now', 'unwatched'],
      ['pg-b went from replica to primary', 'unwatched'],
      ['pg-c went from primary to replica', 'unwatched'],
      ['pg-a is gone from ZooKeeper', 'unwatched'],
    ]);
    const [event] = (await store.events({ limit: 1 }, seesAll)).events;
    expect(event).toMatchObject({ at: began, cluster: ID });
    expect((await moment(began - 1)).is).toBe('unwatched');
    expect((await moment(began)).is).toBe('known');
    expect(await store.events({ limit: 9, causes: ['automatic'] }, seesAll)).toMatchObject({
      events: [],
    });
    expect((await store.events({ limit: 9, causes: ['unwatched'] }, seesAll)).events).toHaveLength(
      4,
    );
  });

  test('end where a cluster is missing when the roll is called, and begin anew when it returns', async () => {
    const at = START + 180 * MINUTE;
    const roll = { ensemble: 'main', namespaces: ['/service'], clusters: [] };
    const call: HistoryRecord = { record: 'roll-call', seq: at * 1000, at, ...roll };
    await store.write([call]);
    await store.write([call]);
    expect((await told()).slice(5)).toEqual([['orders is gone from ZooKeeper', 'unwatched']]);
    expect((await moment(at)).is).toBe('absent');
    const again = at + MINUTE;
    expect(again * 1000 - call.seq).toBeGreaterThan(room.rollCall);
    await store.write(records(again, [led('pg-b', '40')]));
    expect((await told()).slice(6)).toEqual([['orders seen with 3 members, led by pg-b', null]]);
    expect((await moment(again)).view?.leader?.name).toBe('pg-b');
  });

  test('have their changes of leadership beside them, each with the last that was known of it', async () => {
    const at = START + 200 * MINUTE;
    const known: Omit<Failover, 'seq' | 'at'> = {
      ...{ record: 'failover' as const, cluster: ID, czxid: '40', kind: 'failover' as const },
      cause: 'automatic',
      ...{ from: 'pg-a', to: 'pg-b', began: at, led: at + 1500, recovered: null, outageMs: null },
      ...{ predictedMs: null, timelineBefore: 3, timelineAfter: null, lostBytes: null },
    };
    const first = { ...known, seq: at * 1000, at };
    const later = { ...first, seq: at * 1000 + 1, outageMs: 4200, timelineAfter: 4, lostBytes: 7 };
    await store.write([first, later]);
    await store.write([first]);
    const rows = await opened.sql('select * from howdah.failovers');
    expect(rows).toEqual([
      expect.objectContaining({
        ...{ scope: 'orders', kind: 'failover', from_member: 'pg-a', to_member: 'pg-b' },
        ...{ leaderless_ms: '1500', outage_ms: '4200', timeline_after: 4, lost_bytes: '7' },
      }),
    ]);
  });

  test('of another ensemble, or of a namespace no longer watched, do not end', async () => {
    const at = START + 240 * MINUTE;
    const call = { record: 'roll-call', seq: at * 1000, at, clusters: [] } as const;
    await store.write([
      { ...call, ensemble: 'other', namespaces: ['/service'] },
      { ...call, ensemble: 'main', namespaces: ['/elsewhere'] },
    ]);
    expect((await moment(at)).view).not.toBeNull();
  });
});
