import pino from 'pino';
import { expect, test } from 'vitest';
import { FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock } from '../fake-clock';
import { RecordingTurn } from './recording-turn';

const PATH = '/howdah/recorder-x';

function rig() {
  const clock = new FakeClock();
  const zookeeper = new FakeZooKeeper();
  const told: string[] = [];
  const note = (what: string) => () => void told.push(what);
  const turnOf = (id: string, shared = true) => {
    const session = zookeeper.session(() => {});
    const turn = new RecordingTurn({
      clock,
      election: shared
        ? { path: PATH, me: { id, host: `host-${id}`, pid: 7 }, access: () => session }
        : null,
      log: pino({ level: 'silent' }),
      begin: note(`${id} begins`),
      end: note(`${id} ends`),
      onMoved: note(`${id} moved`),
      onDoubt: note(`${id} doubts`),
      onError: (error) => {
        throw error;
      },
    });
    return { turn, session };
  };
  return { clock, zookeeper, told, turnOf };
}

test('who has a store alone records from the start on, and asks nobody', () => {
  const { told, turnOf } = rig();
  const { turn } = turnOf('a', false);
  expect(turn).toMatchObject({ isMine: true, hasBegun: false, undecided: null });
  turn.start();
  expect(turn).toMatchObject({ isMine: true, hasBegun: true, standby: null });
  expect(told).toEqual(['a begins']);
});

test('of two who share a store the second stands by, and says who records', async () => {
  const { clock, told, turnOf } = rig();
  const a = turnOf('a').turn;
  const b = turnOf('b').turn;
  expect(a.undecided?.says).toBe('Which Howdah records is being agreed on.');
  a.start();
  await clock.pass(10);
  b.start();
  await clock.pass(10);
  expect(a).toMatchObject({ hasBegun: true, standby: null, undecided: null });
  expect(b).toMatchObject({ isMine: false, standby: 'Howdah on host-a (process 7)' });
  expect(b.undecided).toBeNull();
  expect(told).toEqual(['a begins', 'a moved']);
});

test('a turn that is lost ends what had begun', async () => {
  const { clock, zookeeper, told, turnOf } = rig();
  const { turn } = turnOf('a');
  turn.start();
  await clock.pass(10);
  zookeeper.delete(PATH);
  const b = turnOf('b').turn;
  b.start();
  await clock.pass(3000);
  expect(turn).toMatchObject({ isMine: false, hasBegun: false });
  expect(b.hasBegun).toBe(true);
  expect(told.filter((line) => line.startsWith('a'))).toEqual([
    'a begins',
    'a moved',
    'a ends',
    'a moved',
  ]);
});

test('why nobody knows who records is said, since when it first was so', async () => {
  const { clock, told, turnOf } = rig();
  const { turn, session } = turnOf('a');
  session.connected = false;
  const { since } = turn.undecided ?? {};
  turn.start();
  await clock.pass(5000);
  expect(turn).toMatchObject({ isMine: false, standby: null });
  expect(turn.undecided).toMatchObject({ since });
  expect(turn.undecided?.says).toMatch(/^Which Howdah records can't be agreed on at \/howdah/);
  expect(told).toContain('a doubts');
});
