import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeClock } from '../../fake-clock';
import { type FakeSession, FakeZooKeeper } from './fake-zookeeper';
import { WatchedFolder } from './watched-folder';

const PATH = '/howdah/routing';

/** A folder that is watched, and what is known of it. */
class Stage {
  readonly clock = new FakeClock();
  readonly zookeeper = new FakeZooKeeper();
  readonly known = new Map<string, string>();
  readonly failed = new Map<string, string>();
  whole = 0;
  #session: FakeSession;
  readonly #folder: WatchedFolder;

  constructor() {
    this.zookeeper.put('/howdah');
    this.#session = this.#open();
    this.#folder = new WatchedFolder({
      clock: this.clock,
      path: PATH,
      session: () => this.#session,
      onRead: (name, znode) => {
        if (znode === null) this.known.delete(name);
        else this.known.set(name, znode.data.toString());
      },
      onFailed: (name, why) => this.failed.set(name, why),
      onBegin: () => {},
      onWhole: () => {
        this.whole += 1;
      },
      onError: (error) => {
        throw error;
      },
    });
    this.#folder.connected();
  }

  #open(): FakeSession {
    const session = this.zookeeper.session((path) => {
      if (session === this.#session) this.#folder.changed(path);
    });
    return session;
  }

  /** Its watches are lost with it, and so is what changes meanwhile. */
  disconnect(): void {
    this.#session.connected = false;
  }

  reconnect(): void {
    this.#session = this.#open();
    this.#folder.connected();
  }

  failNext(): void {
    this.#session.failNext();
  }

  get truth(): Map<string, string> {
    const names = this.zookeeper.list(PATH) ?? [];
    return new Map(
      names.map((name) => [name, this.zookeeper.get(`${PATH}/${name}`)?.data.toString() ?? '']),
    );
  }
}

test('a folder that is not there yet is read once it is', async () => {
  const stage = new Stage();
  await stage.clock.pass(100);
  expect(stage.whole).toBe(1);
  stage.zookeeper.put(PATH);
  stage.zookeeper.put(`${PATH}/a`, 'one');
  await stage.clock.pass(1000);
  expect(stage.known).toEqual(new Map([['a', 'one']]));
});

test('a child that can not be read keeps nobody from the others, and is tried again', async () => {
  const stage = new Stage();
  stage.zookeeper.put(PATH);
  stage.zookeeper.put(`${PATH}/a`, 'one');
  stage.zookeeper.put(`${PATH}/b`, 'two');
  stage.zookeeper.forbid(`${PATH}/a`);
  stage.reconnect();
  await stage.clock.pass(1000);
  expect(stage.known).toEqual(new Map([['b', 'two']]));
  expect(stage.failed.get('a')).toMatch(/does not let Howdah read it/);
  expect(stage.whole).toBe(1);
  stage.zookeeper.forbid(`${PATH}/a`, false);
  await stage.clock.pass(6000);
  expect(stage.known.get('a')).toBe('one');
});

const act = fc.oneof(
  fc.record({
    is: fc.constant('put' as const),
    name: fc.constantFrom('a', 'b', 'c'),
    text: fc.string(),
  }),
  fc.record({ is: fc.constant('delete' as const), name: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ is: fc.constantFrom('disconnect' as const, 'reconnect', 'fail') }),
  fc.record({ is: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 200 }) }),
);

test('quiet for a while, what is known of it is what is there, whatever has happened', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const stage = new Stage();
      stage.zookeeper.put(PATH);
      for (const one of acts) {
        const path = 'name' in one ? `${PATH}/${one.name}` : PATH;
        if (one.is === 'put') stage.zookeeper.put(path, one.text);
        else if (one.is === 'delete' && stage.zookeeper.get(path)) stage.zookeeper.delete(path);
        else if (one.is === 'disconnect') stage.disconnect();
        else if (one.is === 'reconnect') stage.reconnect();
        else if (one.is === 'fail') stage.failNext();
        else if (one.is === 'wait') await stage.clock.pass(one.ms);
      }
      stage.reconnect();
      await stage.clock.pass(20_000);
      expect(stage.known).toEqual(stage.truth);
    }),
  );
});
