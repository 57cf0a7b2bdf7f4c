import { expect, test } from 'vitest';
import { FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock } from '../fake-clock';
import { MarkedZnodes } from './marked';

test('marked znodes are read again and again, and one that can’t be holds up no other', async () => {
  const clock = new FakeClock();
  const zookeeper = new FakeZooKeeper();
  const session = zookeeper.session(() => {});
  const seen: string[] = [];
  const marked = new MarkedZnodes({
    clock,
    marked: ['/secret', '/app/routing'].map((path) => ({ ensemble: 'main', path })),
    read: ({ path }) => session.data(path, false),
    onRead: ({ path }, znode) => seen.push(`${path} ${znode?.data ?? 'is not there'}`),
    onError: (error) => {
      throw error;
    },
  });
  zookeeper.forbid('/secret');
  marked.start();
  await clock.pass(1000);
  zookeeper.put('/app/routing', 'a=1');
  await clock.pass(10_000);
  session.loses = () => 'call';
  await clock.pass(10_000);
  session.loses = null;
  zookeeper.put('/app/routing', 'a=2');
  await clock.pass(10_000);
  expect(seen).toEqual(['is not there', 'a=1', 'a=2'].map((text) => `/app/routing ${text}`));
  marked.close();
  await clock.pass(60_000);
  expect(seen).toHaveLength(3);
});
