import { expect, it } from 'vitest';
import { buildIn, workerName } from './worker-name';

it('is another for another session: what was told to one person is not found by the next', () => {
  expect(workerName('b1', 'ann')).not.toBe(workerName('b1', 'bob'));
  expect(workerName('b1', 'ann')).not.toBe(workerName('b2', 'ann'));
});

it('says which build the worker belongs to', () => {
  expect(buildIn(workerName('b1', 'ann'))).toBe('b1');
  expect(buildIn('')).toBeNull();
});
