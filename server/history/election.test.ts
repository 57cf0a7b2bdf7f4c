import { expect, test } from 'vitest';
import { FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock } from '../fake-clock';
import { Election } from './election';

const PATH = '/howdah/recorder-x';

function rig() {
  const clock = new FakeClock();
  const zookeeper = new FakeZooKeeper();
  const turns: string[] = [];
  const stand = (id: string) => {
    const holder = { session: zookeeper.session(() => {}) };
    const election = new Election({
      ...{ clock, path: PATH, me: { id, host: `host-${id}`, pid: 7 } },
      access: () => holder.session,
      onTurn: (mine, other) => turns.push(`${id}: ${mine ? 'records' : other}`),
      onDoubt: (says) => turns.push(`${id}: ${says}`),
      onError: (error) => {
        throw error;
      },
    });
    election.start();
    return {
      election,
      /** As an expiry: the ephemerals go, and a new session stands in. */
      expire() {
        holder.session.close();
        holder.session = zookeeper.session(() => {});
      },
      lose(on: boolean) {
        holder.session.connected = !on;
      },
    };
  };
  return { clock, zookeeper, turns, stand };
}

test('one of several records, and the others know which', async () => {
  const { clock, turns, stand } = rig();
  stand('a');
  await clock.pass(10);
  stand('b');
  await clock.pass(10_000);
  expect(turns).toEqual(['a: records', 'b: Howdah on host-a (process 7)']);
});

test('when its session ends, another takes over within seconds, and it stands by', async () => {
  const { clock, turns, stand } = rig();
  const a = stand('a');
  await clock.pass(1000);
  stand('b');
  await clock.pass(500);
  a.expire();
  a.lose(true);
  await clock.pass(3000);
  expect(turns.at(-1)).toBe('b: records');
  a.lose(false);
  await clock.pass(3000);
  expect(turns.at(-1)).toBe('a: Howdah on host-b (process 7)');
});

test('who loses the connection keeps the role, and who was alone before records again', async () => {
  const { clock, turns, stand, zookeeper } = rig();
  const a = stand('a');
  await clock.pass(10);
  a.lose(true);
  await clock.pass(10_000);
  a.lose(false);
  await clock.pass(3000);
  expect(turns).toEqual(['a: records']);
  // By hand, say.
  zookeeper.delete(PATH);
  await clock.pass(3000);
  expect(zookeeper.get(PATH)).not.toBeNull();
  expect(turns).toEqual(['a: records']);
});

test('what is no Howdah’s is respected, and named', async () => {
  const { clock, turns, stand, zookeeper } = rig();
  zookeeper.put(PATH, 'mine');
  stand('a');
  await clock.pass(3000);
  expect(turns).toEqual([`a: something that is no Howdah (${PATH} in ZooKeeper)`]);
});

test('where no turn can be taken that is said, and not taken for somebody else’s', async () => {
  const { clock, turns, stand } = rig();
  const a = stand('a');
  a.lose(true);
  await clock.pass(1000);
  expect(turns).toEqual([
    `a: Which Howdah records can't be agreed on at ${PATH} in ZooKeeper: no connection`,
  ]);
  a.lose(false);
  await clock.pass(3000);
  expect(turns.at(-1)).toBe('a: records');
});
