import { expect, test } from 'vitest';
import { Failure } from '../errors';
import { endedBy } from './ended';

const act = { id: 'a', at: 1, followed: false };
const followed = { ...act, followed: true };

test('what was refused says why, whoever refused it', () => {
  expect(endedBy(new Failure('moved', 'pg-c leads now.'), act)).toEqual({
    ...{ id: 'a', at: 1, result: 'refused', says: 'pg-c leads now.', cost: null },
  });
  for (const code of ['forbidden', 'limited', 'signed-out'] as const) {
    expect(endedBy(new Failure(code, 'No.'), act).result).toBe('refused');
  }
});

test('where an answer was lost it is not known whether it was done, unless somebody follows it', () => {
  expect(endedBy(new Failure('unavailable', 'Try again.'), act)).toMatchObject({
    result: 'unknown',
    says: 'The answer was lost: whether it was done has to be looked at.',
  });
  expect(endedBy(new Failure('unavailable', 'ZooKeeper is away.'), followed)).toMatchObject({
    result: 'failed',
    says: 'ZooKeeper is away.',
  });
  expect(endedBy(new Error('no'), followed).result).toBe('unknown');
});

test('words that nobody chose for people stay in the log', () => {
  expect(endedBy(new Error('password=hunter2'), act).says).not.toContain('hunter2');
});
