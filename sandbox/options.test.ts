import { expect, test } from 'vitest';
import { checkCluster, checkRoot, rootOf } from './options';

test('quorum commit is refused with its reason', () => {
  expect(() => checkCluster({ scope: 'a', syncMode: 'quorum' })).toThrow(/Patroni 4\.0/);
});

test('a name that leads out of the folder is refused', () => {
  for (const name of ['..', 'a/b', '', 'A b']) expect(() => rootOf(name)).toThrow(/name a sandbox/);
});

test('a root without a folder of its own or too long for sockets is refused', () => {
  expect(() => checkRoot('/tmp')).toThrow(/its own/);
  expect(() => checkRoot('relative/path')).toThrow(/its own/);
  expect(() => checkRoot(`/tmp/${'x'.repeat(90)}`)).toThrow(/too long/);
  expect(() => checkRoot('/tmp/howdah-sandbox/demo')).not.toThrow();
});
