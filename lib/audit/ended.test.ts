import { expect, test } from 'vitest';
import { Failure } from '../errors';
import { endedBy } from './ended';

const act = { id: 'a', at: 1 };

test('what was refused says why, and what failed is not called refused', () => {
  expect(endedBy(new Failure('moved', 'pg-c leads now.'), act)).toEqual({
    ...{ id: 'a', at: 1, result: 'refused', says: 'pg-c leads now.', cost: null },
  });
  expect(endedBy(new Failure('unavailable', 'ZooKeeper is away.'), act).result).toBe('failed');
});

test('words that nobody chose for people stay in the log', () => {
  expect(endedBy(new Error('password=hunter2'), act).says).not.toContain('hunter2');
});
