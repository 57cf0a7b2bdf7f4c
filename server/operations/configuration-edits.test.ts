import { beforeEach, describe, expect, test } from 'vitest';
import { ZooKeeperError } from '@/lib/errors';
import type { OperationRequest } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import { aCluster } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { act, Howdah, ID, KEPT, RECORD, refusal, rest, SCOPE, World } from './world-for-tests';

let world: World;
let howdah: Howdah;
beforeEach(() => {
  world = new World();
  howdah = new Howdah(world);
});

const restore: Wish = { kind: 'configuration', text: null, seq: 7 };
const edit = (text: string): Wish => ({ kind: 'configuration', text, seq: null });
const recordText = () => world.zookeeper.get(RECORD)?.data.toString() ?? '';

async function done(wish: Wish, part: Partial<OperationRequest> = {}) {
  await howdah.runs.start(world.wanted(wish, part), act);
  await howdah.goesOn();
  return howdah.newest;
}

describe('an earlier configuration', () => {
  test('is written byte for byte, over the version that was seen, and that is told', async () => {
    const view = await done(restore);
    expect(world.config).toMatchObject({ text: KEPT, version: 1 });
    expect(view?.outcome).toMatchObject({
      code: 'done',
      says: 'Written as version 1; every member runs it.',
    });
    expect(howdah.said).toEqual([
      'Restoration of an earlier configuration asked for by ann@example.org. Reason: test',
      'Written as version 1; every member runs it.',
    ]);
    // Once more, over its own doing: the record of the last one is in nobody's way.
    await done(edit('{"ttl":40}'));
    expect(world.config).toMatchObject({ text: '{"ttl":40}', version: 2 });
  });

  test('by somebody, which its record and the audit have, and its write is known for Howdah’s', async () => {
    await done(restore);
    expect(JSON.parse(recordText())).toMatchObject({ act: act.id, view: { by: act.by } });
    const { zxid } = world.config;
    expect(world.audited).toMatchObject([{ id: act.id, result: 'done', cost: { zxid } }]);
    expect([howdah.runs.known.isOurs(ID, zxid), howdah.runs.known.isOurs(ID, 'ff')]).toEqual([
      true,
      false,
    ]);
    // The audit's word of it may have been lost with this process: the next one says the same.
    howdah.end();
    await new Howdah(world).runs.resume('main', [ID]);
    expect(world.audited).toEqual([world.audited[0], world.audited[0]]);
  });

  test('is of a version that is kept', async () => {
    const wanted = world.wanted({ ...restore, seq: 8 } as Wish);
    expect((await refusal(howdah.runs.start(wanted))).code).toBe('not-found');
  });
});

describe('a configuration', () => {
  test('is not written over another version than the one that was seen', async () => {
    const wanted = world.wanted(restore);
    world.zookeeper.set(`${SCOPE}/config`, '{"ttl":25}');
    expect((await refusal(howdah.runs.start(wanted))).code).toBe('moved');
    expect(world.config.text).toBe('{"ttl":25}');
    expect(recordText()).toBe('');
  });

  test('nor over one that comes between its record and the act', async () => {
    await howdah.runs.start(world.wanted(restore), act);
    world.zookeeper.set(`${SCOPE}/config`, '{"ttl":25}');
    await howdah.goesOn();
    expect(howdah.outcome).toBe('refused');
    expect(world.config).toMatchObject({ text: '{"ttl":25}', version: 1 });
  });

  test('that another has been written over since is not said to have been taken up', async () => {
    // Its answer is lost, and the connection with it.
    const set = howdah.session.set.bind(howdah.session);
    howdah.session.set = async (path, data, version) => {
      const stat = await set(path, data, version);
      if (!path.endsWith('/config')) return stat;
      howdah.connected = false;
      throw new ZooKeeperError('connection', 'lost');
    };
    await howdah.runs.start(world.wanted(restore), act);
    await howdah.goesOn();
    expect([world.config.text, howdah.newest?.state]).toEqual([KEPT, 'requested']);
    world.zookeeper.set(`${SCOPE}/config`, '{"ttl":33}');
    howdah.connected = true;
    await howdah.goesOn();
    expect(howdah.newest?.outcome).toMatchObject({
      code: 'unknown',
      says: expect.stringContaining('another configuration has been written since'),
    });
  });

  test.each([
    ['{"ttl":40,"loop_wait":5}', 'done', 'Written as version 1; every member runs it.'],
    ['{"ttl":41}', 'unknown', 'another that changes some of it again has been written over it'],
    ['{}', 'unknown', 'another that changes some of it again'],
    ['[1]', 'unknown', 'another that changes some of it again'],
  ])('that %s is written over at once is %s', async (another, code, says) => {
    const set = howdah.session.set.bind(howdah.session);
    howdah.session.set = async (path, data, version) => {
      const stat = await set(path, data, version);
      if (path.endsWith('/config')) world.zookeeper.set(path, another);
      return stat;
    };
    const view = await done(edit('{"ttl":40}'));
    expect(world.config).toMatchObject({ text: another, version: 2 });
    expect(view?.outcome).toMatchObject({ code, says: expect.stringContaining(says) });
  });

  test.each([
    ['refused', edit('{"ttl":30}'), {}, 'the same as the configuration now'],
    ['refused', edit('no json'), {}, 'read as JSON'],
    ['refused', edit('[1]'), {}, 'object'],
    ['refused', edit('{"ttl":41}'), {}, '40 s'],
    ['bad-input', edit('{"ttl":20}'), { confirm: 'order' }, 'Type the cluster'],
  ] satisfies [string, Wish, Partial<OperationRequest>, string][])(
    'is %s for %j with %j',
    async (...[code, wish, part, says]) => {
      const failure = await refusal(howdah.runs.start(world.wanted(wish, part)));
      expect(failure.code).toBe(code);
      expect(failure.message).toContain(says);
      expect(world.config.version).toBe(0);
      expect(recordText()).toBe('');
    },
  );

  test('keeps the secrets that were masked, and its record has none of its text', async () => {
    world.zookeeper.set(
      `${SCOPE}/config`,
      '{"ttl":30,"postgresql":{"authentication":{"replication":{"password":"hunter2"}}}}',
    );
    await done(edit('{"ttl":35,"postgresql":{"authentication":{"replication":{"password":"…"}}}}'));
    expect(JSON.parse(world.config.text)).toEqual({
      ttl: 35,
      postgresql: { authentication: { replication: { password: 'hunter2' } } },
    });
    expect(recordText()).not.toContain('hunter2');
  });

  test('that makes it a standby cluster, or ends that, is warned of', async () => {
    const wish = edit('{"ttl":30,"standby_cluster":{"host":"x"}}');
    const { rules } = await howdah.runs.preflight(ID, wish);
    expect(
      rules.filter(({ verdict }) => verdict === 'warn').map(({ says }) => says),
    ).toContainEqual(expect.stringContaining('standby cluster'));
  });

  test('what it would change is said setting by setting', async () => {
    expect((await howdah.runs.preflight(ID, restore)).changes).toMatchObject([
      { path: 'postgresql.parameters.work_mem', from: null, to: '"8MB"', effect: 'unknown' },
      { path: 'ttl', from: '30', to: '40', effect: 'patroni' },
    ]);
  });
});

describe('a pause', () => {
  const until = 5_000_000;
  const note = () => world.zookeeper.get(`/howdah/pauses/${ID}`)?.data.toString() ?? null;

  test('says who and why, for every Howdah, until it ends', async () => {
    await done({ kind: 'pause', until });
    expect(howdah.outcome).toBe('done');
    expect(JSON.parse(world.config.text)).toEqual({ ttl: 30, pause: true });
    const { view } = world;
    if (!view) throw new Error('it is there');
    const other = new Howdah(world);
    other.pauses.observe(view);
    await rest();
    expect(other.paused).toEqual([
      { by: act.by, reason: 'test', since: expect.any(Number), until },
    ]);
    await done({ kind: 'resume' });
    expect(JSON.parse(world.config.text).pause).toBeFalsy();
    if (world.view) other.pauses.observe(world.view);
    await rest();
    expect(other.paused.at(-1)).toBeNull();
    expect(world.zookeeper.get(`/howdah/pauses/${ID}`)).toBeNull();
  });

  const lookingAt = (other: Howdah) => async () => {
    if (world.view) other.pauses.observe(world.view);
    await rest();
  };
  const known = (other: Howdah) => other.paused.at(-1) ?? null;

  test('is noted before it is written, so that nobody who sees it looks in vain', async () => {
    const set = howdah.session.set.bind(howdah.session);
    howdah.session.set = async (path, data, version) => {
      if (path.endsWith('/config')) expect(note()).not.toBeNull();
      return set(path, data, version);
    };
    await done({ kind: 'pause', until });
    expect(howdah.outcome).toBe('done');
    expect(JSON.parse(note() ?? '')).toMatchObject({ by: act.by, version: 1 });
  });

  test('is known on though another setting is written under it', async () => {
    await done({ kind: 'pause', until });
    const first = new Howdah(world);
    await lookingAt(first)();
    world.zookeeper.set(`${SCOPE}/config`, '{"ttl":40,"pause":true}');
    await lookingAt(first)();
    const later = new Howdah(world);
    await lookingAt(later)();
    expect([known(first)?.by, known(later)?.by]).toEqual([act.by, act.by]);
  });

  test('that is not the one it was noted of is nobody’s, whoever looked in between', async () => {
    await done({ kind: 'pause', until });
    const first = new Howdah(world);
    await lookingAt(first)();
    // Resumed and paused again between two looks.
    world.zookeeper.set(`${SCOPE}/config`, '{"ttl":30}');
    world.zookeeper.set(`${SCOPE}/config`, '{"ttl":30,"pause":true}');
    await lookingAt(first)();
    const later = new Howdah(world);
    await lookingAt(later)();
    expect([known(first), known(later)]).toEqual([null, null]);
  });

  test('is not forgotten by a Howdah that sees the time before it', async () => {
    await done({ kind: 'pause', until });
    const before = { ...aCluster(), config: { ...aCluster().config, version: 0 } } as ClusterView;
    const slow = new Howdah(world);
    slow.pauses.observe(before);
    await rest();
    expect(note()).not.toBeNull();
  });

  test('is forgotten with its cluster', async () => {
    await done({ kind: 'pause', until });
    howdah.pauses.gone(ID);
    await rest();
    expect(note()).not.toBeNull();
    for (const name of ['config', 'leader', 'members']) world.zookeeper.delete(`${SCOPE}/${name}`);
    world.zookeeper.delete(SCOPE);
    howdah.pauses.gone(ID);
    await rest();
    expect(note()).toBeNull();
  });

  test('by other means is nobody’s, though Howdah had paused it once', async () => {
    await done({ kind: 'pause', until });
    howdah.end();
    // Resumed and paused again while no Howdah looked.
    world.zookeeper.set(`${SCOPE}/config`, '{"ttl":30}');
    const other = new Howdah(world);
    const look = () => {
      if (world.view) other.pauses.observe(world.view);
      return rest();
    };
    await other.runs.resume('main', [ID]);
    await look();
    world.zookeeper.set(`${SCOPE}/config`, '{"ttl":30,"pause":true}');
    await look();
    await world.clock.pass(10_000);
    expect(other.paused.filter((one) => one !== null)).toEqual([]);
  });
});
