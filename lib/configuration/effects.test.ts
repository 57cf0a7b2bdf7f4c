import { expect, test } from 'vitest';
import { effectsOf } from './effects';
import { someParameters } from './facts-for-tests';

const effects = (to: Readonly<Record<string, unknown>>, known = true) =>
  effectsOf({ ttl: 30 }, to, known ? someParameters : null).map(
    ({ path, effect, context }) => `${path.replace(/.*\./, '')} ${effect} ${context}`,
  );

test('what a change costs is said setting by setting', () => {
  const parameters = {
    ...{ shared_buffers: '1GB', work_mem: '8MB', port: 1, block_size: 1, none: 1 },
    max_connections: 200,
  };
  expect(effects({ ttl: 40, postgresql: { parameters, pg_hba: ['x'], listen: '*' } })).toEqual([
    'listen ignored null',
    'block_size ignored internal',
    'max_connections restart postmaster',
    'none ignored null',
    'port ignored postmaster',
    'shared_buffers restart postmaster',
    'work_mem reload user',
    'pg_hba reload null',
    'ttl patroni null',
  ]);
});

test('while PostgreSQL can not be asked, what it makes of a parameter is not known', () => {
  const postgresql = { parameters: { work_mem: '8MB', 'a.b': 1, max_connections: 200 } };
  expect(effects({ ttl: 30, postgresql }, false)).toEqual([
    'b reload null',
    'max_connections restart postmaster',
    'work_mem unknown null',
  ]);
});
