import { expect, test } from 'vitest';
import { settingChanges } from './settings';

test('a password that changes is said to change, and never shown', () => {
  const of = (password: string) => ({
    ttl: 30,
    authentication: { replication: { username: 'r', password } },
    postgresql: { parameters: { primary_conninfo: `host=h password='${password}'` } },
  });
  expect(settingChanges(of('hunter2'), of('hunter3'))).toEqual([
    { path: 'authentication.replication.password', from: '"…"', to: '"…"' },
    {
      path: 'postgresql.parameters.primary_conninfo',
      from: '"host=h password=\'…\'"',
      to: '"host=h password=\'…\'"',
    },
  ]);
});
