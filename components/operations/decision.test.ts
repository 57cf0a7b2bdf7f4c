import { describe, expect, it } from 'vitest';
import type { SwitchoverPreflight } from '@/lib/operations/types';
import { type Decision, decide, movedSince, obstacle, undecided } from './decision';

const seen = { leader: 'orders-1', leaderCzxid: '1a', configVersion: 3 };

function preflight(part: Partial<SwitchoverPreflight> = {}): SwitchoverPreflight {
  return {
    cluster: 'main~.2fservice~orders',
    clusterName: 'orders',
    seen,
    rules: [{ code: 'leader', verdict: 'ok', says: 'orders-1 leads' }],
    candidates: [
      { name: 'orders-2', verdict: 'ok', says: '', rules: [] },
      { name: 'orders-3', verdict: 'refuse', says: 'orders-3 is missing', rules: [] },
    ],
    suggested: 'orders-2',
    preview: [],
    expectedOutageMs: [1000, 3000],
    ...part,
  };
}

const after = (...touches: Parameters<typeof decide>[1][]): Decision =>
  touches.reduce((before, touch) => decide(before, touch, preflight()), undecided);

describe('a decision', () => {
  it('freezes what was seen and suggested at the first keystroke', () => {
    const first = after({ is: 'typed', text: 'o' });
    expect(first).toMatchObject({ seen, candidate: 'orders-2' });
    const later = preflight({ seen: { ...seen, leaderCzxid: '2b' }, suggested: 'orders-9' });
    const second = decide(first, { is: 'typed', text: 'or' }, later);
    expect(second).toMatchObject({ seen, candidate: 'orders-2', typed: 'or' });
  });

  it('freezes at a pick as well, but not at a reason', () => {
    expect(after({ is: 'picked', candidate: 'orders-3' })).toMatchObject({
      seen,
      candidate: 'orders-3',
    });
    expect(after({ is: 'reasoned', text: 'kernel' }).seen).toBeNull();
  });

  it('starts over with nothing but the reason kept', () => {
    const d = after(
      { is: 'reasoned', text: 'kernel' },
      { is: 'typed', text: 'orders' },
      { is: 'started-over' },
    );
    expect(d).toEqual({ ...undecided, reason: 'kernel' });
  });

  it('has nothing in its way when all holds', () => {
    expect(obstacle(after({ is: 'typed', text: 'orders' }), preflight(), true)).toBeNull();
  });

  it('can not be carried out on what has moved', () => {
    const d = after({ is: 'typed', text: 'orders' });
    const now = preflight({ seen: { ...seen, configVersion: 4 } });
    expect(obstacle(d, now, true)).toMatch(/start over/);
    expect(obstacle(d, preflight({ seen: null }), true)).toMatch(/start over/);
  });

  it('can not be carried out while disconnected, unchecked, forbidden or with a candidate that is out', () => {
    const d = after({ is: 'typed', text: 'orders' });
    expect(obstacle(d, preflight(), false)).toMatch(/disconnected/);
    expect(obstacle(d, undefined, true)).toMatch(/not run/);
    const rules = [{ code: 'x', verdict: 'refuse', says: 'A switchover is scheduled' }] as const;
    expect(obstacle(d, preflight({ rules }), true)).toBe('A switchover is scheduled');
    expect(obstacle({ ...d, candidate: 'orders-3' }, preflight(), true)).toBe(
      'orders-3 is missing',
    );
  });
});

describe('what has moved', () => {
  it('is said by its kind', () => {
    expect(movedSince(seen, seen)).toEqual([]);
    expect(movedSince(seen, { ...seen, leader: 'b', leaderCzxid: '2' })).toEqual([
      'The leader is now b; it was orders-1.',
    ]);
    expect(movedSince(seen, { ...seen, leaderCzxid: '2' })[0]).toMatch(/took it again/);
    expect(movedSince(seen, { ...seen, configVersion: null })[0]).toMatch(
      /version unknown, it was 3/,
    );
    expect(movedSince(seen, null)[0]).toMatch(/no leader any more/);
  });
});
