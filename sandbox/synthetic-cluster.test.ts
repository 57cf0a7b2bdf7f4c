import { expect, test } from 'vitest';
import { randomFrom } from './random';
import { SyntheticCluster } from './synthetic-cluster';

const cluster = (seed: number) =>
  new SyntheticCluster({ namespace: '/service/', index: 0, members: 3, random: randomFrom(seed) });

test('the same seed gives the same cluster, another seed another', () => {
  expect(cluster(1).znodes()).toEqual(cluster(1).znodes());
  expect(cluster(1).znodes()).not.toEqual(cluster(2).znodes());
});

test('parents come before children, and only leader and members are ephemeral', () => {
  const seen = new Set(['/service']);
  for (const { path, ephemeral } of cluster(1).znodes()) {
    expect(seen.has(path.slice(0, path.lastIndexOf('/')))).toBe(true);
    seen.add(path);
    expect(ephemeral).toBe(/\/(leader|members\/.+)$/.test(path));
  }
});

test('a change of leader raises the timeline and writes the history', () => {
  const it = cluster(1);
  const { leader, after } = it.switchLeader(new Date(0));
  expect(leader.data).toBe('synthetic-0001-2');
  const history = after.find(({ path }) => path.endsWith('/history'));
  expect(JSON.parse(history?.data ?? '')).toMatchObject([
    [1, expect.any(Number), expect.any(String), expect.any(String), 'synthetic-0001-2'],
  ]);
  const heir = after.find(({ path }) => path.endsWith('/members/synthetic-0001-2'));
  expect(JSON.parse(heir?.data ?? '')).toMatchObject({ role: 'primary', timeline: 2 });
});
