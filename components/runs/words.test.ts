import { describe, expect, test } from 'vitest';
import type { OperationView } from '@/lib/operations/types';
import { formatRunsQuery, parseRunsQuery, runHref, runOfPath } from './query';
import { costsOf, kindWord, resultOf, runKinds, titleOf, withLive } from './words';

const run = (id: string, startedAt: number, part: Partial<OperationView> = {}): OperationView => ({
  ...{ id, kind: 'switchover', cluster: 'main~.2Fservice~orders', clusterName: 'orders' },
  ...{
    title: '',
    cause: 'howdah',
    from: 'pg-a',
    to: 'pg-b',
    reason: '',
    by: 'ann',
    state: 'observing',
    startedAt,
  },
  ...{ steps: [], waiting: null, leaderlessMs: null, outageMs: null, outcome: null },
  ...{ title: '', cause: 'howdah' },
  ...part,
});

describe('the address of a list of runs', () => {
  test('holds its filter, and nothing that is no filter', () => {
    for (const kind of [null, ...runKinds]) {
      expect(parseRunsQuery(formatRunsQuery({ kind }))).toEqual({ kind });
    }
    expect(parseRunsQuery(new URLSearchParams('kind=party'))).toEqual({ kind: null });
    expect(formatRunsQuery({ kind: null }).toString()).toBe('');
    expect(runHref('main~.2Fservice~orders', 'a/b')).toBe(
      '/cluster/main~.2Fservice~orders/runs/a%2Fb',
    );
    expect([runOfPath('a%2Fb'), runOfPath('%'), runOfPath('x')]).toEqual(['a/b', '%', 'x']);
  });
});

describe('a run in words', () => {
  test('is called by what it did to whom', () => {
    expect(titleOf(run('1', 0))).toBe('Switchover from pg-a to pg-b');
    expect(titleOf({ kind: 'switchover', from: null, to: 'pg-b' })).toBe('Switchover to pg-b');
    expect(titleOf({ kind: 'switchover', from: 'pg-a', to: null })).toBe('Switchover of pg-a');
    expect(titleOf({ kind: 'switchover', from: null, to: null, title: 'Own words' })).toBe(
      'Own words',
    );
    expect(kindWord('from-the-future')).toBe('from-the-future');
  });

  test('ended as it did, or has not yet', () => {
    expect(resultOf(run('1', 0))).toEqual({ state: 'unknown', word: 'Under way' });
    expect(resultOf({ outcome: { code: 'failed' } })).toEqual({
      state: 'critical',
      word: 'Failed',
    });
    expect(resultOf({ outcome: { code: 'new' } })).toEqual({ state: 'unknown', word: 'new' });
  });

  test('cost what was measured, and nothing is made up', () => {
    expect(costsOf(run('1', 0))).toEqual([]);
    const outcome = { code: 'done', says: '', at: 4000 } as const;
    expect(costsOf(run('1', 1000, { outcome, outageMs: 1500, leaderlessMs: 0 }))).toEqual([
      'no writes for at most 1.5 s',
      'no leader for 0 ms',
      'took 3 s',
    ]);
    const says = { ...outcome, says: 'pg-b leads; nobody accepted writes for at most 1.5 s.' };
    expect(costsOf(run('1', 1000, { outcome: says, outageMs: 1500 }))).toEqual(['took 3 s']);
  });
});

describe('what is kept beside what is live', () => {
  const [old, newer] = [run('old', 1000), run('newer', 2000)];

  test('a run that goes on is shown as it is now, once', () => {
    const live = run('newer', 2000, { reason: 'as it is now' });
    expect(withLive([newer, old], live, null)).toEqual([live, old]);
    expect(withLive([newer, old], run('old', 1000, { reason: 'x' }), null)[1]?.reason).toBe('x');
  });

  test('one that is not kept yet comes first; one that is older than the list does not', () => {
    const live = run('live', 3000);
    expect(withLive([newer, old], live, null)).toEqual([live, newer, old]);
    expect(withLive([], live, null)).toEqual([live]);
    expect(withLive([newer], run('lost', 500), null)).toEqual([newer]);
    expect(withLive([newer], null, null)).toEqual([newer]);
  });

  test('is narrowed alike', () => {
    expect(withLive([], run('live', 3000), 'restart')).toEqual([]);
    expect(withLive([], run('live', 3000), 'switchover')).toHaveLength(1);
  });
});
