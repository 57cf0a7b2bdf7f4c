import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkConfiguration } from './check';
import type { Document } from './document';
import { someParameters } from './facts-for-tests';
import type { CheckInput } from './judge';

const calm = { ttl: 30, loop_wait: 10, retry_timeout: 10, maximum_lag_on_failover: 1_048_576 };
const input = (part: Partial<CheckInput> = {}): CheckInput => ({
  maxSessionTimeoutMs: 40_000,
  patroniVersions: ['3.0.2'],
  parameters: someParameters,
  current: calm,
  ...part,
});

/** Each rule as "verdict code". */
function found(document: unknown, part: Partial<CheckInput> = {}): string[] {
  const { rules } = checkConfiguration(JSON.stringify(document), input(part));
  return rules.map(({ verdict, code }) => `${verdict} ${code}`);
}

const says = (document: unknown, part: Partial<CheckInput> = {}): string =>
  checkConfiguration(JSON.stringify(document), input(part))
    .rules.map((one) => one.says)
    .join('\n');

const withParameters = (parameters: Document) => ({ ...calm, postgresql: { parameters } });

describe('the document', () => {
  test('that is no object, or no JSON, is refused, and nothing else is said', () => {
    for (const text of ['', '[]', '7', 'null', '{"ttl":}']) {
      const { document, rules } = checkConfiguration(text, input());
      expect(document).toBeNull();
      expect(rules).toMatchObject([{ code: 'document', verdict: 'refuse' }]);
    }
  });

  test('that has a name twice is refused, however deep it is', () => {
    const text = '{"ttl":30,"postgresql":{"parameters":{"work_mem":"4MB","work_mem":"8MB"}}}';
    expect(checkConfiguration(text, input({ current: null })).rules).toContainEqual({
      ...{ code: 'duplicate', verdict: 'refuse' },
      says: 'postgresql.parameters.work_mem is there twice: only one of them counts',
    });
    expect(found(withParameters({ work_mem: '4MB', WORK_MEM: '8MB' }))).toEqual([
      'refuse duplicate',
    ]);
  });

  test('with an object where one value belongs is refused, whatever its names are', () => {
    expect(found({ ttl: 30, check_timeline: { toString: '' } })).toContain('refuse type');
    expect(found({ ttl: 30, synchronous_mode: { toString: '' } })).toContain('refuse type');
    expect(found(withParameters({ wal_level: { toString: '' } }))[0]).toMatch(/^refuse /);
  });

  test('that stays as it is, is never refused, whatever it says', () => {
    const value = fc.oneof(fc.constantFrom(null, -1, 0, 'x', 1.5, true, []), fc.jsonValue());
    const document = fc.record(
      {
        ...{ ttl: value, loop_wait: value, retry_timeout: value, synchronous_mode: value },
        ...{ pause: value, standby_cluster: value, watchdog: value, check_timeline: value },
        postgresql: fc.record(
          {
            use_slots: value,
            parameters: fc.oneof(fc.dictionary(fc.constantFrom('work_mem', 'x'), value), value),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(document, (one) => {
        const current = JSON.parse(JSON.stringify(one));
        expect(found(one, { current }).filter((is) => is.startsWith('refuse'))).toEqual([]);
      }),
    );
  });
});

describe('the lease', () => {
  test('is fine by default', () => {
    expect(found(calm)).toEqual([]);
    expect(found({})).toEqual([]);
  });

  test('that two retries outlast is refused where the edit does it, or makes it worse', () => {
    expect(found({ ...calm, retry_timeout: 11 })).toEqual(['refuse timing']);
    expect(says({ ...calm, retry_timeout: 11 })).toBe(
      'ttl 30 s is less than loop_wait 10 s + 2 × retry_timeout 11 s: the leader may lose its key while all it does is try again',
    );
    const broken = { ...calm, retry_timeout: 12 };
    expect(found({ ...broken, failsafe_mode: true }, { current: broken })).toEqual(['warn timing']);
    expect(found({ ...broken, retry_timeout: 11 }, { current: broken })).toEqual(['warn timing']);
    expect(found({ ...broken, retry_timeout: 13 }, { current: broken })).toEqual(['refuse timing']);
  });

  test('that ZooKeeper would not grant is refused', () => {
    expect(found({ ...calm, ttl: 41 })).toEqual(['refuse lease']);
    expect(found({ ...calm, ttl: 41 }, { current: { ...calm, ttl: 41 } })).toEqual(['warn lease']);
    expect(found({ ...calm, ttl: 40 })).toEqual([]);
    expect(found({ ...calm, ttl: 40 }, { maxSessionTimeoutMs: null })).toEqual(['unknown lease']);
  });

  test('shorter than Patroni recommends is warned of, in the words of the members’ versions', () => {
    const fast = { ttl: 5, loop_wait: 1, retry_timeout: 2 };
    expect(found(fast)).toEqual(['warn minimum', 'warn minimum']);
    expect(says(fast)).toContain(
      'ttl is 5 s, below the least of 20 s: Patroni 3.0.2 takes it all the same',
    );
    expect(says(fast, { patroniVersions: ['4.1.4'] })).toContain('Patroni takes 20 s instead');
    expect(found({ ...calm, loop_wait: 0 })).toEqual(['refuse minimum']);
  });

  test('of no number is refused: Patroni would throw everything away', () => {
    for (const ttl of [null, '30s', 30.5, true, [], {}]) {
      expect(found({ ...calm, ttl })).toEqual(['refuse type']);
    }
    expect(found({ ...calm, ttl: '30' })).toEqual([]);
    expect(found({ ...calm, maximum_lag_on_failover: -1 })).toEqual(['refuse range']);
    expect(found({ ...calm, check_timeline: 'on' })).toEqual(['refuse type']);
    expect(found({ ...calm, watchdog: { mode: 'off' } })).toEqual(['refuse type']);
  });
});

describe('what turns the cluster around', () => {
  test('is said: quorum is for Patroni 4.0, strictness changes what a commit waits for', () => {
    expect(found({ ...calm, synchronous_mode: 'quorum' })).toEqual([
      ...['refuse quorum', 'warn synchronous'],
    ]);
    expect(found({ ...calm, synchronous_mode: 'quorum' }, { patroniVersions: ['4.0.0'] })).toEqual([
      'warn synchronous',
    ]);
    expect(found({ ...calm, synchronous_mode: 'yess' })).toContain('refuse type');
    expect(found({ ...calm, synchronous_node_count: 0 })).toContain('refuse range');
  });

  test('pause is refused here, and standby_cluster warned of', () => {
    expect(found({ ...calm, pause: true })).toEqual(['refuse pause']);
    expect(found(calm, { current: { ...calm, pause: true } })).toEqual(['refuse pause']);
    expect(says({ ...calm, standby_cluster: { host: 'x' } })).toContain('makes this a standby');
    expect(says(calm, { current: { ...calm, standby_cluster: { host: 'x' } } })).toContain(
      'its leader is promoted',
    );
  });

  test('what Patroni does not know, or has elsewhere, is said', () => {
    expect(found({ ...calm, tttl: 3 })).toEqual(['warn unknown-name']);
    expect(found({ ...calm, postgresql: { listen: '*' } })).toEqual(['warn ignored']);
    const methods = { create_replica_methods: ['wal_g'], wal_g: { command: 'x' } };
    expect(found({ ...calm, postgresql: methods })).toEqual([]);
  });
});

describe('a parameter of PostgreSQL', () => {
  test('must be what PostgreSQL would take', () => {
    expect(found(withParameters({ work_mem: '64MB', autovacuum: 'on' }))).toEqual([]);
    expect(says(withParameters({ work_mem: '64 mb' }))).toBe(
      'work_mem must have one of the units B, kB, MB, GB, TB, and is "64 mb"',
    );
    expect(says(withParameters({ wal_compression: 'best' }))).toContain('must be one of');
    expect(found(withParameters({ work_mem: null }))).toEqual(['refuse parameter']);
    expect(found(withParameters({ block_size: 4096 }))).toEqual(['refuse parameter']);
    expect(found(withParameters({ work_mem: '1kB' }))).toEqual(['refuse parameter']);
  });

  test('that nobody knows is warned of, unless it is an extension’s', () => {
    expect(found(withParameters({ work_memory: '4MB' }))).toEqual(['warn unknown-parameter']);
    expect(found(withParameters({ 'auto_explain.log_min_duration': 5 }))).toEqual([]);
    expect(found(withParameters({ work_memory: '4MB' }), { parameters: null })).toEqual([]);
  });

  test('that Patroni owns is ignored, or taken above its least only', () => {
    expect(found(withParameters({ port: 5432 }))).toEqual(['warn ignored']);
    expect(found(withParameters({ port: 1 }), { current: withParameters({ port: 1 }) })).toEqual(
      [],
    );
    expect(found(withParameters({ max_connections: 24 }))).toEqual(['refuse parameter']);
    expect(found(withParameters({ primary_conninfo: 'host=x' }))).toEqual(['warn ignored']);
    expect(
      found({ ...withParameters({ synchronous_standby_names: 'a' }), synchronous_mode: true }),
    ).toEqual(['warn synchronous', 'warn ignored']);
  });

  test('that standbys are bound by says in what order members restart', () => {
    const current = withParameters({ max_connections: 200 });
    expect(says(withParameters({ max_connections: 150 }), { current })).toContain(
      'max_connections goes down from 200 to 150: the primary must restart first',
    );
    expect(says(calm, { current })).toContain('goes down from 200 to 100');
    expect(says(withParameters({ max_connections: 300 }), { current })).toContain(
      'standbys must restart first',
    );
  });

  test('that holds a mask which stands for nothing is refused', () => {
    expect(found(withParameters({ archive_command: 'push --password=…' }))).toEqual([
      'refuse masked',
    ]);
  });
});
