import { describe, expect, test } from 'vitest';
import { Howdah, ID, RECORD, SCOPE, World } from './world-for-tests';

/** A dead cluster is being removed; `then` happens once the folder of its members has gone. */
async function removed(then: (world: World) => void, stalls: boolean) {
  const world = new World();
  world.lead(null);
  world.part = { members: [] };
  for (const name of ['initialize', 'history', 'status'])
    world.zookeeper.put(`${SCOPE}/${name}`, '1');
  const howdah = new Howdah(world);
  let happened = false;
  world.zookeeper.latency = async () => {
    if (happened || world.zookeeper.get(`${SCOPE}/members`) !== null) return;
    happened = true;
    then(world);
    if (stalls) await world.clock.pass(1500);
  };
  await howdah.runs.start(world.wanted({ kind: 'removal' }));
  await howdah.goesOn();
  return { world, howdah, left: world.zookeeper.list(SCOPE)?.toSorted() ?? null };
}

const vital = ['config', 'history', 'initialize'];

describe('a removal', () => {
  test('leaves nothing where nobody comes back', async () => {
    const { howdah, left } = await removed(() => {}, true);
    expect([left, howdah.outcome]).toEqual([null, 'done']);
  });

  test('by a process that stood still meanwhile looks again before it goes on', async () => {
    const { howdah, left } = await removed((world) => world.lead('pg-a'), true);
    // What was on its way while it stood still had been decided on before.
    expect(left).toEqual(expect.arrayContaining([...vital, 'leader']));
    expect(howdah.newest?.outcome).toMatchObject({
      code: 'failed',
      says: 'It was stopped half-way: pg-a leads it. What is left has been left.',
    });
  });

  test('looks again before whatever makes it a cluster, however fast it is', async () => {
    const { howdah, left } = await removed((world) => world.lead('pg-a'), false);
    expect(left).toEqual([...vital, 'leader'].toSorted());
    expect(howdah.outcome).toBe('failed');
  });

  test('tells no more of who leads than fits a name, and no secret', async () => {
    const text = `{"password": "hunter2"}\n${'x'.repeat(5000)}`;
    const { howdah } = await removed((world) => world.lead(text), false);
    const says = howdah.newest?.outcome?.says ?? '';
    expect(says).toContain('leads it');
    expect(says).not.toContain('hunter2');
    expect(says.length).toBeLessThan(150);
  });

  test('leaves what was written after all had been read', async () => {
    const { howdah, left } = await removed(
      ({ zookeeper }) => void zookeeper.set(`${SCOPE}/initialize`, '2'),
      false,
    );
    expect(left).toContain('initialize');
    expect(howdah.newest?.outcome?.says).toContain('something of it has just been written');
  });

  test('is stopped where each look takes too long to be sure', async () => {
    const { howdah, left } = await removed(({ zookeeper, clock }) => {
      const before = zookeeper.latency;
      zookeeper.latency = async () => {
        await before?.();
        await clock.pass(400);
      };
    }, true);
    expect(left).toEqual(expect.arrayContaining(vital));
    expect(howdah.newest?.outcome?.says).toContain('too slowly');
  });

  test('is not gone on with once another process has taken the run up', async () => {
    const { howdah, left, world } = await removed(({ zookeeper }) => {
      zookeeper.remove(`${RECORD}/owner`);
      zookeeper.set(RECORD, zookeeper.get(RECORD)?.data ?? '');
    }, true);
    expect(left).toEqual(expect.arrayContaining(vital));
    // It says what is left.
    await howdah.runs.resume('main', [ID]);
    await howdah.goesOn();
    await world.clock.pass(10_000);
    expect(howdah.newest?.outcome?.says).toContain('broken off');
  });
});
