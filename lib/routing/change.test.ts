import { describe, expect, test } from 'vitest';
import { Failure } from '../errors';
import { aCluster, withMember } from '../topology/sample-cluster';
import { changed, type PolicyChange } from './change';
import { aPolicy } from './sample-candidates';

const NOW = 1_000_000;
const at = { view: aCluster(), by: 'ann@example.org', now: NOW, askedEveryMs: 1000 };
const { drains: _, ...settings } = aPolicy();
const drain = (member: string, until: number | null = null): PolicyChange => ({
  ...{ kind: 'drain', member, until },
  reason: ' new disk ',
});
const refusal = (task: () => unknown): Failure => {
  try {
    task();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

test('a policy is taken with the drains that stand', () => {
  const before = changed(aPolicy(), drain('pg-b'), at);
  const policy = { ...settings, slowStartMs: 5000 };
  expect(changed(before, { kind: 'policy', policy }, at)).toEqual({
    ...policy,
    drains: { 'pg-b': { by: 'ann@example.org', reason: 'new disk', since: NOW, until: null } },
  });
  expect(changed(before, { kind: 'removed' }, at)).toBeNull();
});

test('a drain is ended by whoever may, and only once', () => {
  const before = changed(aPolicy(), drain('pg-b'), at);
  const after = changed(before, { kind: 'drain-ended', member: 'pg-b' }, at);
  expect(after).toEqual(aPolicy());
  const again = () => changed(after, { kind: 'drain-ended', member: 'pg-b' }, at);
  expect(refusal(again).message).toBe('pg-b is not drained.');
});

describe('it is refused', () => {
  test.each([
    ['a drain before there is a policy', () => changed(null, drain('pg-b'), at), 'save one first'],
    [
      'a member that is none',
      () => changed(aPolicy(), drain('pg-x'), at),
      'orders has no member "pg-x": it has pg-a, pg-b, pg-c.',
    ],
    [
      'a weight of a member that is none',
      () => changed(null, { kind: 'policy', policy: { ...settings, weights: { nobody: 1 } } }, at),
      'has no member "nobody"',
    ],
    [
      'an end that has passed',
      () => changed(aPolicy(), drain('pg-b', NOW), at),
      'would have ended before it begins',
    ],
    [
      'a limit that the age of a sample breaks',
      () => changed(null, { kind: 'policy', policy: settings }, { ...at, askedEveryMs: 6000 }),
      'Members are asked every 6 s, so a limit in time is 12 s at least.',
    ],
    [
      'a drain that leaves too few',
      () => changed(changed(aPolicy(), drain('pg-b'), at), drain('pg-c'), at),
      'That would leave 0 standbys for reads, and the policy wants 1 at least.',
    ],
    [
      'to want more standbys than drains leave',
      () =>
        changed(
          changed(aPolicy(), drain('pg-b'), at),
          { kind: 'policy', policy: { ...settings, leastStandbys: 2 } },
          at,
        ),
      'That would leave 1 standby for reads, and the policy wants 2 at least.',
    ],
  ])('%s', (_, task, says) => {
    expect(refusal(task).message).toContain(says);
  });
});

test('a member that has gone may keep what the policy says of it', () => {
  const before = aPolicy({ weights: { 'pg-old': 10 } });
  const policy = { ...settings, weights: { 'pg-old': 10 } };
  expect(changed(before, { kind: 'policy', policy }, at)?.weights).toEqual({ 'pg-old': 10 });
});

test('the leader may be drained, and whoever carries no reads', () => {
  const view = withMember(aCluster(), 'pg-b', {
    tags: { ...aCluster().members[1]?.tags, noloadbalance: true } as never,
  });
  expect(changed(aPolicy(), drain('pg-a'), at)?.drains).toHaveProperty('pg-a');
  expect(changed(aPolicy(), drain('pg-b'), { ...at, view })?.drains).toHaveProperty('pg-b');
});
