import { expect, test } from 'vitest';
import { aCluster, withMember } from '@/lib/topology/sample-cluster';
import { judgeEdit } from './judge-edit';
import { takenUpBy } from './taken-up';

const fact = (name: string, context: string) => ({
  ...{ name, unit: null, context, vartype: 'integer' as const, min: '1', max: '1000' },
  ...{ enumvals: null, bootVal: '100', shortDesc: '' },
});
const parameters = {
  max_connections: fact('max_connections', 'postmaster'),
  log_rotation_age: fact('log_rotation_age', 'sighup'),
};
const known = { maxSessionTimeoutMs: 40_000, parameters };
const document = (of: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ ttl: 30, postgresql: { parameters: of } });

test('an edit names who must be restarted before it takes effect, and that nobody is', () => {
  const gone = withMember(aCluster(), 'pg-c', { presence: { is: 'missing', since: 1 } });
  const texts = {
    current: document({ max_connections: 100 }),
    wanted: document({ max_connections: 200, log_rotation_age: 5 }),
  };
  const { rules, changes } = judgeEdit(gone, texts, known);
  expect(changes.map(({ path, effect }) => [path.split('.').at(-1), effect])).toEqual([
    ['log_rotation_age', 'reload'],
    ['max_connections', 'restart'],
  ]);
  expect(rules.find(({ code }) => code === 'restart')?.says).toBe(
    'pg-a and pg-b must be restarted before max_connections takes effect: writing it restarts nobody',
  );
});

test('of what is reloaded nothing is said of restarts', () => {
  const texts = { current: document({}), wanted: document({ log_rotation_age: 5 }) };
  const { rules } = judgeEdit(aCluster(), texts, known);
  expect(rules.filter(({ code }) => code === 'restart')).toEqual([]);
});

const running = (setting: string, pendingRestart = false) => ({
  ...{ setting, resetVal: setting, source: 'configuration file', pendingRestart },
});
const member = (name: string, settings: Record<string, ReturnType<typeof running>>) => ({
  ...{ name, is: 'ok' as const, at: 1, settings },
});

test('who has taken a configuration up is told of what it changes alone, and of who is there', () => {
  const cluster = withMember(aCluster(), 'pg-c', { presence: { is: 'missing', since: 1 } });
  const settings = {
    parameters,
    members: [
      member('pg-a', { max_connections: running('200'), log_rotation_age: running('9') }),
      member('pg-b', { max_connections: running('100', true), log_rotation_age: running('9') }),
      member('pg-c', {}),
    ],
  };
  const text = document({ max_connections: 200, log_rotation_age: 5 });
  const of = (changed: readonly string[] | null) => takenUpBy(cluster, text, { settings, changed });
  expect(of(['postgresql.parameters.max_connections'])).toEqual([
    { member: 'pg-a', state: 'runs' },
    { member: 'pg-b', state: 'pending-restart' },
  ]);
  // What is Patroni's own no server tells.
  expect(of(['ttl'])).toEqual([
    { member: 'pg-a', state: 'reads' },
    { member: 'pg-b', state: 'reads' },
  ]);
  expect(of(['ttl', 'postgresql.parameters.max_connections']).map(({ state }) => state)).toEqual([
    ...['reads', 'pending-restart'],
  ]);
  expect(of(null)).toEqual([
    { member: 'pg-a', state: 'differs' },
    { member: 'pg-b', state: 'differs' },
  ]);
});

test('what is not set any more is back, or waits for a restart, or is not known', () => {
  const from = (setting: string, source: string, pendingRestart = false) => ({
    ...{ setting, resetVal: setting, source, pendingRestart },
  });
  const states = (
    key: 'max_connections' | 'log_rotation_age',
    setting: ReturnType<typeof from>,
    part: Parameters<typeof withMember>[2] = {},
  ) =>
    takenUpBy(withMember(aCluster(), 'pg-a', part), document({}), {
      settings: { parameters, members: [member('pg-a', { [key]: setting })] },
      changed: [`postgresql.parameters.${key}`],
    }).map(({ state }) => state);
  expect(states('log_rotation_age', from('5', 'configuration file'))).toEqual(['unknown']);
  expect(states('log_rotation_age', from('7', 'default'))).toEqual(['runs']);
  expect(states('max_connections', from('200', 'command line'))).toEqual(['unknown']);
  const pending = { pendingRestart: true };
  expect(states('max_connections', from('200', 'command line'), pending)).toEqual([
    'pending-restart',
  ]);
  expect(states('max_connections', from('100', 'command line'))).toEqual(['runs']);
});
