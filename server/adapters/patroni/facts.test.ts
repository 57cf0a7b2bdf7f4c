import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterFacts, Decoded, MemberFacts } from '@/lib/topology/facts';
import { readCluster } from './facts';
import { FixtureScope, fixture, hasFixture, ordersKey, treeScope, znode } from './fixture';

function ok<T>(decoded: Decoded<T> | undefined): T {
  if (decoded?.is !== 'ok') throw new Error(`expected a value, got ${JSON.stringify(decoded)}`);
  return decoded.value;
}

/** Reads a cluster that has nothing but this one znode. */
function alone(path: string, data: string | Buffer): ClusterFacts {
  return readCluster(new FixtureScope().put(path, znode(data)));
}

function memberOf(data: string | Buffer, name = 'pg-a'): Decoded<MemberFacts> {
  const found = alone(`members/${name}`, data).members.get(name);
  if (!found) throw new Error('no member');
  return found;
}

const versions = ['2.1', '3.0', '3.3', '4.0', '4.1'];

describe.each(versions)('what Patroni %s writes', (version) => {
  const facts = readCluster(treeScope([`patroni-${version}`, 'tree.json']));

  test('is understood to the last znode', () => {
    const named = Object.entries(facts).filter(([name]) => name !== 'key' && name !== 'members');
    const decoded = [
      ...named.map(([, value]) => value as Decoded<unknown>),
      ...facts.members.values(),
    ];
    expect(decoded.filter((one) => one.is === 'unreadable')).toEqual([]);
  });

  test('names leader, members, system and timeline the same in every version', () => {
    expect(ok(facts.leader).name).toBe('pg-a');
    expect(facts.leader).toMatchObject({ stat: { ephemeralOwner: '20000a1b2c30001' } });
    expect([...facts.members.keys()]).toEqual(['pg-a', 'pg-b', 'pg-c']);
    expect([...facts.members.values()].map((member) => ok(member).role)).toEqual([
      'primary',
      'replica',
      'replica',
    ]);
    expect(ok(facts.initialize)).toBe('7601122334455667788');
    expect(ok(facts.history).map((entry) => entry.timeline)).toEqual([1, 2]);
    expect(ok(facts.history).at(-1)).toMatchObject({ lsn: '134217968', leader: 'pg-a' });
    expect(ok(facts.members.get('pg-a')).timeline).toBe(3);
    expect(ok(facts.status).optime).toBe('218103808');
    expect(ok(facts.failover)).toEqual(
      version === '3.3'
        ? { leader: 'pg-a', candidate: 'pg-b', scheduledAt: '2026-03-07T01:30:00+00:00' }
        : null,
    );
  });

  test('gives addresses, positions and tags of the members', () => {
    const leader = ok(facts.members.get('pg-a'));
    expect(leader).toMatchObject({
      state: 'running',
      connUrl: 'postgres://10.20.0.11:5432/postgres',
      apiUrl: 'http://10.20.0.11:8008/patroni',
      xlogLocation: '218103808',
      tags: { nofailover: false, other: { datacenter: 'dc-a' } },
    });
  });

  test('has the fields of its time and lacks those of later ones', () => {
    const standby = ok(facts.members.get('pg-b'));
    expect(standby.replicationState).toBe(version < '3.1' ? null : 'streaming');
    const sync = hasFixture(`patroni-${version}`, 'sync.json');
    expect(facts.sync.is).toBe(sync ? 'ok' : 'absent');
    if (sync) expect(typeof ok(facts.sync)?.quorum).toBe(version < '4' ? 'object' : 'number');
    expect(facts.failsafe.is).toBe(
      hasFixture(`patroni-${version}`, 'failsafe.json') ? 'ok' : 'absent',
    );
  });
});

test('Patroni 4 commits by quorum, and says so', () => {
  const facts = readCluster(treeScope(['patroni-4.0', 'tree.json']));
  expect(ok(facts.config).synchronousMode).toBe('quorum');
  expect(ok(facts.sync)?.quorum).toBeTypeOf('number');
  expect(ok(facts.sync)?.standbys).toEqual(['pg-b', 'pg-c']);
});

describe('odd payloads that Patroni accepts', () => {
  const payloads = fixture<{ znode: string; data: string; meaning: string }[]>(
    'patroni-edge',
    'payloads.json',
  );
  const meanings: Record<string, (facts: ClusterFacts, data: string) => void> = {
    'no request pending (normal resting value; znode is never deleted)': (facts) =>
      expect(ok(facts.failover)).toBeNull(),
    'no request pending': (facts) => expect(ok(facts.failover)).toBeNull(),
    'legacy colon form: leader:candidate': (facts) =>
      expect(ok(facts.failover)).toEqual({ leader: 'pg-a', candidate: 'pg-b', scheduledAt: null }),
    'manual failover (no leader) to pg-b': (facts) =>
      expect(ok(facts.failover)).toEqual({ leader: null, candidate: 'pg-b', scheduledAt: null }),
    'switchover to any healthy candidate': (facts) =>
      expect(ok(facts.failover)).toEqual({ leader: 'pg-a', candidate: null, scheduledAt: null }),
    'synchronous mode off (was on before)': (facts) => expect(ok(facts.sync)).toBeNull(),
    '<=3.3 sync mode on, no sync standby': (facts) =>
      expect(ok(facts.sync)).toEqual({ leader: 'pg-a', standbys: [], quorum: null }),
    '>=4.0 sync mode on, no sync standby': (facts) =>
      expect(ok(facts.sync)).toEqual({ leader: 'pg-a', standbys: [], quorum: 0 }),
    'legacy bare integer, treat as optime': (facts) =>
      expect(ok(facts.status)).toEqual({ optime: '218103808', slots: {} }),
    'bootstrap in progress': (facts) => expect(ok(facts.initialize)).toBe(''),
    'timeline 1': (facts) => expect(ok(facts.history)).toEqual([]),
    '3-field entry, time and node unknown': (facts) =>
      expect(ok(facts.history)).toMatchObject([{ timeline: 1, at: null, leader: null }]),
    'ancient URL form': (facts) =>
      expect(ok(facts.members.get('pg-z'))).toMatchObject({
        connUrl: 'postgres://10.20.0.19:5432/postgres',
        apiUrl: 'http://10.20.0.19:8008/patroni',
        state: 'unknown',
      }),
    'being cloned': (facts) =>
      expect(ok(facts.members.get('pg-b'))).toMatchObject({
        state: 'creating replica',
        role: 'uninitialized',
        xlogLocation: null,
        timeline: null,
      }),
    'leader key still held; PostgreSQL down; REST /primary still answers 200': (facts) =>
      expect(ok(facts.members.get('pg-a'))).toMatchObject({ state: 'crashed', role: 'primary' }),
    'pg_ctl promote issued, not yet out of recovery': (facts) =>
      expect(ok(facts.members.get('pg-a'))).toMatchObject({ role: 'promoted' }),
    'Patroni stopped cleanly; ephemeral lingers until session timeout': (facts) =>
      expect(ok(facts.members.get('pg-c'))).toMatchObject({ state: 'stopped', role: 'replica' }),
    'old key spelling, equals primary_start_timeout': (facts) =>
      expect(ok(facts.config)).toMatchObject({ ttl: 30, loopWait: 10 }),
  };

  test('all have a meaning here', () => {
    expect(Object.keys(meanings).toSorted()).toEqual(payloads.map((one) => one.meaning).toSorted());
  });

  test.each(payloads)('$znode $data: $meaning', ({ znode: path, data, meaning }) => {
    meanings[meaning]?.(alone(path, data), data);
  });
});

describe('variants', () => {
  test('a standby cluster is told by its configuration and its leader by its role', () => {
    const config = JSON.stringify(fixture('patroni-variants', 'config_standby_cluster.json'));
    const member = JSON.stringify(fixture('patroni-variants', 'member_standby_leader_4.1.json'));
    expect(ok(alone('config', config).config).standbyCluster).toBe(true);
    expect(ok(memberOf(member)).role).toBe('standby_leader');
    expect(ok(alone('config', '{"standby_cluster":null}').config).standbyCluster).toBe(false);
  });

  test('each Citus group is a cluster of its own', () => {
    const key = { ...ordersKey, scope: 'shop' };
    const group = (n: number) =>
      readCluster(treeScope(['patroni-variants', 'citus_tree.json'], { ...key, group: n }));
    expect(ok(group(0).leader).name).toBe('coord-1');
    expect(ok(group(1).leader).name).toBe('work1-1');
    expect(group(2).leader.is).toBe('absent');
    expect(ok(group(2).members.get('work2-1')).state).toBe('starting');
  });
});

describe('garbage', () => {
  const unreadable = (decoded: Decoded<unknown> | undefined) => {
    if (decoded?.is !== 'unreadable') throw new Error(`read as ${JSON.stringify(decoded)}`);
    return decoded;
  };

  test('that is not UTF-8 is unreadable, and its bytes are shown escaped', () => {
    const { why, preview, bytes, stat } = unreadable(memberOf(Buffer.from([0xff, 0x41, 0x00])));
    expect(why).toContain('UTF-8');
    expect(preview).toBe('\\xffA\\x00');
    expect(bytes).toBe(3);
    expect(stat).not.toBeNull();
  });

  test.each([
    ['members/pg-a', '[]', 'it has another shape'],
    ['members/pg-a', '{"state":7}', '"state" in it'],
    ['members/pg-a', '{"timeline":"x"}', '"timeline" in it'],
    ['members/pg-a', 'postgres://[', 'does not parse'],
    ['members/pg-a', '', 'not valid JSON'],
    ['config', '"on"', 'it has another shape'],
    ['config', '{"ttl":"soon"}', '"ttl" in it'],
    ['sync', '{"sync_standby":["pg-b"]}', '"sync_standby" in it'],
    ['failover', 'a:b:c', 'neither an object nor'],
    ['failover', '[1]', 'neither an object nor'],
    ['history', '[[1]]', '"0.1" in it'],
    ['history', '{}', 'it has another shape'],
    ['status', '{"optime":-0.5}', '"optime" in it'],
    ['status', 'NaN', 'not valid JSON'],
    ['leader', '', 'names no leader'],
    ['failsafe', '{"pg-a":1}', '"pg-a" in it'],
  ])('%s = %s says what is wrong with it', (path, data, why) => {
    const facts = alone(path, data);
    const decoded = path.startsWith('members/')
      ? facts.members.get('pg-a')
      : (facts[path as 'config'] as Decoded<unknown>);
    expect(unreadable(decoded).why).toContain(why);
  });

  const MB = 1_000_000;
  const every = [
    'leader',
    'failover',
    'config',
    'sync',
    'history',
    'initialize',
    'status',
    'failsafe',
    'members/pg-a',
  ];
  const deep = '['.repeat(MB / 2) + ']'.repeat(MB / 2);
  test.each([
    ['brackets', '['.repeat(MB)],
    ['balanced brackets', deep],
    ['deep objects', `${'{"a":'.repeat(MB / 6)}1${'}'.repeat(MB / 6)}`],
    ['a deep tag', `{"tags":{"x":${deep}}}`],
    ['a deep priority', `{"tags":{"failover_priority":${deep}}}`],
    ['one huge string', `"${'a'.repeat(MB)}"`],
    ['an unterminated string', `"${'a'.repeat(MB)}`],
    ['unterminated escapes', `{"a":"${'\\"'.repeat(MB / 2)}`],
    ['a trailing backslash', `"${'a'.repeat(MB)}\\`],
    ['digits', '1'.repeat(MB)],
    ['digits and a dot', `${'1'.repeat(MB)}.`],
    ['minus signs', '-'.repeat(MB)],
    ['quotes', '"'.repeat(MB)],
    ['a huge name', `{"state":"${'x'.repeat(MB)}"}`],
    ['zeroes', '\0'.repeat(MB)],
  ])('of a megabyte (%s) neither crashes nor hangs', (_, text) => {
    const startedAt = performance.now();
    for (const path of every) readCluster(new FixtureScope().put(path, znode(text)));
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test('shows no more than the head of what it can’t read', () => {
    expect(unreadable(memberOf('['.repeat(MB))).preview.length).toBeLessThan(300);
  });

  test('in a znode that could not be read at all is the reason for that', () => {
    const scope = new FixtureScope().put('config', { failed: 'no access' });
    expect(unreadable(readCluster(scope).config)).toMatchObject({ why: 'no access', bytes: 0 });
  });

  test('of any bytes anywhere gives absent, ok or unreadable, and plain JSON', () => {
    const nasty = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record(
          {
            state: fc.string(),
            role: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')),
            tags: fc.dictionary(fc.string(), fc.jsonValue()),
            timeline: fc.oneof(fc.integer(), fc.double()),
            optime: fc.bigInt().map(String),
            pending_restart_reason: fc.dictionary(fc.string(), fc.jsonValue()),
          },
          { requiredKeys: [] },
        )
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(fc.constantFrom(...every), nasty, (path, data) => {
        const facts = alone(path, data);
        const { key: _, members, ...named } = facts;
        const all = [...Object.values(named), ...members.values()];
        for (const one of all) expect(['absent', 'ok', 'unreadable']).toContain(one.is);
        expect(JSON.parse(JSON.stringify(all))).toEqual(all);
      }),
      { numRuns: 800 },
    );
  });
});

describe('what is not garbage', () => {
  test.each(['constructor', 'toString', '__proto__', 'arbiter', ''])(
    'the unknown role "%s" is another role, not an error',
    (role) =>
      expect(ok(memberOf(JSON.stringify({ role, state: 'pondering' })))).toMatchObject({
        role: 'other',
        state: 'pondering',
      }),
  );

  test('a name with markup is a name', () => {
    const name = '<img src=x onerror=alert(1)>';
    expect(ok(memberOf('{"role":"replica"}', name)).name).toBe(name);
    expect(ok(alone('leader', name).leader).name).toBe(name);
  });

  test.each(['9007199254740993', '18446744073709551615', '123456789012345678901234567890'])(
    'the position %s stays exact to the last digit',
    (digits) => {
      expect(ok(memberOf(`{"xlog_location":${digits}}`)).xlogLocation).toBe(digits);
      expect(ok(alone('status', `{"optime":${digits},"slots":{"a":${digits}}}`).status)).toEqual({
        optime: digits,
        slots: { a: digits },
      });
      expect(ok(alone('status', digits).status).optime).toBe(digits);
      expect(ok(alone('history', `[[1,${digits},"no"]]`).history)[0]?.lsn).toBe(digits);
    },
  );

  test('long digits within texts and fractions are left alone', () => {
    const data =
      '{"state":"at 12345678901234567890","tags":{"x":0.12345678901234567890,"y":"\\"99999999999999999999"}}';
    expect(ok(memberOf(data))).toMatchObject({
      state: 'at 12345678901234567890',
      tags: { other: { x: '0.12345678901234568', y: '"99999999999999999999' } },
    });
  });

  test.each([
    [{}, false],
    [{ nofailover: true }, true],
    [{ nofailover: 'true' }, true],
    [{ failover_priority: 0 }, true],
    [{ failover_priority: '0' }, true],
    [{ failover_priority: 2 }, false],
    [{ nofailover: false, failover_priority: 0 }, false],
  ])('tags %j forbid failover: %s', (tags, forbidden) => {
    expect(ok(memberOf(JSON.stringify({ tags }))).tags.nofailover).toBe(forbidden);
  });

  test.each([
    [true, 'on'],
    ['on', 'on'],
    ['true', 'on'],
    ['quorum', 'quorum'],
    [false, 'off'],
    [null, 'off'],
    ['off', 'off'],
  ])('synchronous_mode %j is %s', (value, mode) => {
    const config = JSON.stringify({ synchronous_mode: value });
    expect(ok(alone('config', config).config).synchronousMode).toBe(mode);
  });
});
