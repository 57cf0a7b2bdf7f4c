import { describe, expect, it } from 'vitest';
import type { OperationView, Preflight } from '@/lib/operations/types';
import { aCluster } from '@/lib/topology/sample-cluster';
import { type Decision, decide, movedSince, obstacle, undecided, whyNot } from './decision';

const seen = {
  ...{ leader: 'orders-1', leaderCzxid: '1a', configVersion: 3 },
  ...{ requestVersion: null, lossBytes: null },
};

function preflight(part: Partial<Preflight> = {}): Preflight {
  return {
    ...{ cluster: 'main~.2fservice~orders', clusterName: 'orders', kind: 'switchover', seen },
    ...{ verb: '', consequence: '', preview: [], danger: 'interrupts', phrase: 'orders' },
    rules: [{ code: 'leader', verdict: 'ok', says: 'orders-1 leads' }],
    members: [
      { name: 'orders-2', verdict: 'ok', says: '', rules: [] },
      { name: 'orders-3', verdict: 'refuse', says: 'orders-3 is missing', rules: [] },
    ],
    suggested: 'orders-2',
    expectedOutageMs: [1000, 3000],
    ...part,
  };
}

type Touch = Parameters<typeof decide>[1];
const first = undecided('switchover', null);
const after = (...touches: Touch[]): Decision =>
  touches.reduce((before, touch) => decide(before, touch, preflight()), first);
const typed = (text: string): Touch => ({ is: 'typed', text });
const picked = (candidate: string): Touch => ({
  is: 'wished',
  wish: { kind: 'switchover', candidate, at: null },
});
const still = { connected: true, moved: false };

describe('a decision', () => {
  it('freezes what was seen, suggested and to be typed at the first keystroke', () => {
    const one = after(typed('o'));
    expect(one).toMatchObject({ seen, phrase: 'orders', wish: { candidate: 'orders-2' } });
    const later = preflight({ seen: { ...seen, leaderCzxid: '2b' }, suggested: 'orders-9' });
    const two = decide(one, typed('or'), later);
    expect(two).toMatchObject({ seen, typed: 'or', wish: { candidate: 'orders-2' } });
  });

  it('freezes what was seen at a choice as well, but not at a reason', () => {
    expect(after(picked('orders-3'))).toMatchObject({ seen, wish: { candidate: 'orders-3' } });
    expect(after({ is: 'reasoned', text: 'kernel' }).seen).toBeNull();
  });

  it('takes what was typed for one choice for no other', () => {
    expect(after(typed('orders'), picked('orders-2'))).toMatchObject({ typed: '', phrase: null });
  });

  it('names the loss as it stood when it was typed, though the choice was made before', () => {
    const chosen = decide(first, picked('orders-2'), preflight());
    const shown = preflight({
      phrase: 'orders loses 1 MB',
      seen: { ...seen, lossBytes: 1_048_576 },
    });
    expect(decide(chosen, typed('o'), shown)).toMatchObject({
      phrase: 'orders loses 1 MB',
      seen: { ...seen, lossBytes: 1_048_576 },
    });
  });

  it('starts over with nothing but the choice and the reason kept', () => {
    const d = after({ is: 'reasoned', text: 'kernel' }, typed('orders'), { is: 'started-over' });
    expect(d).toMatchObject({ reason: 'kernel', typed: '', seen: null, phrase: null });
  });

  it('has nothing in its way when all holds', () => {
    expect(obstacle(after(typed('orders')), preflight(), still)).toBeNull();
  });

  it('can not be carried out on what has moved', () => {
    const d = after(typed('orders'));
    const now = preflight({ seen: { ...seen, configVersion: 4 } });
    expect(movedSince(d, now)).toMatch(/configuration of orders has changed/);
    expect(obstacle(d, now, { ...still, moved: true })).toMatch(/start over/);
    expect(movedSince(d, preflight())).toBeNull();
    const anew = preflight({ seen: { ...seen, leaderCzxid: '2b' } });
    expect(movedSince(d, anew)).toMatch(/orders-1 has taken the leadership anew/);
  });

  it('of an edit is about the version that was edited, from the start', () => {
    expect(movedSince(undecided('configuration', null), preflight(), 2)).toMatch(/your edit/);
    expect(movedSince(undecided('configuration', null), preflight(), 3)).toBeNull();
  });

  it('says what is in its way, the first thing first', () => {
    expect(obstacle(first, preflight(), { ...still, connected: false })).toMatch(/disconnected/);
    expect(obstacle(first, undefined, still)).toMatch(/not run yet/);
    const refused = preflight({ rules: [{ code: 'x', verdict: 'refuse', says: 'No.' }] });
    expect(obstacle(first, refused, still)).toBe('No.');
    expect(obstacle(after(picked('orders-3')), preflight(), still)).toBe('orders-3 is missing');
    expect(obstacle(first, preflight({ suggested: null }), still)).toMatch(/No new leader/);
  });
});

describe('what can not even be thought of', () => {
  const heard = { operation: null, howdah: true, zookeeper: true };
  const ended = { outcome: null, cause: 'howdah', title: 'Reload of orders-1' } as OperationView;

  it('says why', () => {
    const leaderless = aCluster({ leader: null });
    expect(whyNot('switchover', aCluster(), heard)).toBeNull();
    expect(whyNot('switchover', leaderless, heard)).toMatch(/no leader/);
    expect(whyNot('failover', leaderless, heard)).toBeNull();
    expect(whyNot('resume', aCluster(), heard)).toBe('It is not paused');
    expect(whyNot('cancel-restart', aCluster(), heard)).toBe('No restart is scheduled');
    expect(whyNot('cancel-switchover', aCluster(), heard)).toBe('No switchover is scheduled');
    expect(whyNot('removal', aCluster(), heard)).toBe('It has a leader');
    expect(whyNot('reload', aCluster(), { ...heard, howdah: false })).toMatch(/disconnected/);
    expect(whyNot('reload', aCluster(), { ...heard, zookeeper: false })).toMatch(/ZooKeeper/);
    expect(whyNot('reload', aCluster(), { ...heard, operation: ended })).toMatch(/under way/);
  });

  it('leaves what nobody asked Howdah for in nobody’s way: a failover is when one acts', () => {
    const unasked = { ...ended, cause: 'automatic' } as OperationView;
    expect(whyNot('failover', aCluster(), { ...heard, operation: unasked })).toBeNull();
  });
});
