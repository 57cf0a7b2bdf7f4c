import { describe, expect, it } from 'vitest';
import { type OperationKind, operationKinds } from '@/lib/operations/kinds';
import type { OperationView, Preflight } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import { aCluster, aLeader } from '@/lib/topology/sample-cluster';
import {
  type Decision,
  decide,
  movedSince,
  obstacle,
  undecided,
  whyNot,
  withCandidate,
} from './decision';

const seen = {
  ...{ leader: 'orders-1', leaderCzxid: '1a', configVersion: 3 },
  ...{ requestVersion: null, lossBytes: null },
};

function preflight(part: Partial<Preflight> = {}): Preflight {
  return {
    ...{ cluster: 'main~.2fservice~orders', clusterName: 'orders', kind: 'switchover' },
    ...{ verb: 'Switch orders over', consequence: '', preview: [], danger: 'interrupts' },
    ...{ seen, suggested: 'orders-2', phrase: 'orders', expectedOutageMs: [1000, 3000] },
    rules: [{ code: 'leader', verdict: 'ok', says: 'orders-1 leads' }],
    members: [
      { name: 'orders-2', verdict: 'ok', says: '', rules: [] },
      { name: 'orders-3', verdict: 'refuse', says: 'orders-3 is missing', rules: [] },
    ],
    ...part,
  };
}

const first = undecided('switchover', null);
const after = (...touches: Parameters<typeof decide>[1][]): Decision =>
  touches.reduce((before, touch) => decide(before, touch, preflight()), first);
const to = (candidate: string): Wish => ({ kind: 'switchover', candidate, at: null });
const well = { connected: true, moved: false };

describe('a decision', () => {
  it('begins with whom it was opened for', () => {
    expect(undecided('switchover', 'orders-2').wish).toEqual(to('orders-2'));
    expect(undecided('restart', 'orders-2').wish).toMatchObject({ members: ['orders-2'] });
    expect(undecided('reload', null).wish).toEqual({ kind: 'reload', members: [] });
    expect(undecided('reinitialise', 'orders-2').wish).toMatchObject({ member: 'orders-2' });
    for (const kind of operationKinds) {
      expect(undecided(kind, 'orders-2')).toMatchObject({ typed: '', seen: null, phrase: null });
    }
  });

  it('freezes what was seen and suggested at the first keystroke', () => {
    const typed = after({ is: 'typed', text: 'o' });
    expect(typed).toMatchObject({ seen, phrase: 'orders', wish: to('orders-2') });
    const later = preflight({
      ...{ seen: { ...seen, leaderCzxid: '2b' }, suggested: 'orders-9', phrase: 'other' },
    });
    const second = decide(typed, { is: 'typed', text: 'or' }, later);
    expect(second).toMatchObject({ seen, phrase: 'orders', wish: to('orders-2'), typed: 'or' });
  });

  it('freezes the loss that is typed, though what else was seen is older', () => {
    const wished = after({ is: 'wished', wish: { kind: 'failover', candidate: 'orders-2' } });
    expect(wished.seen?.lossBytes).toBeNull();
    const lossy = preflight({
      ...{ seen: { ...seen, leaderCzxid: '2b', lossBytes: 1024 }, phrase: 'orders loses 1 kB' },
    });
    const typed = decide(wished, { is: 'typed', text: 'o' }, lossy);
    expect(typed).toMatchObject({
      ...{ seen: { leaderCzxid: '1a', lossBytes: 1024 }, phrase: 'orders loses 1 kB' },
    });
    const more = preflight({ seen: { ...seen, lossBytes: 4096 }, phrase: 'orders loses 4 kB' });
    expect(decide(typed, { is: 'typed', text: 'or' }, more)).toMatchObject({
      ...{ seen: { lossBytes: 1024 }, phrase: 'orders loses 1 kB' },
    });
  });

  it('freezes at a choice as well, but not at a reason; another choice is typed for anew', () => {
    const chosen = after({ is: 'wished', wish: to('orders-3') });
    expect(chosen).toMatchObject({ seen, wish: to('orders-3') });
    expect(after({ is: 'reasoned', text: 'kernel' }).seen).toBeNull();
    const typed = decide(chosen, { is: 'typed', text: 'orders' }, preflight());
    expect(decide(typed, { is: 'wished', wish: to('orders-2') }, preflight())).toMatchObject({
      ...{ seen, typed: '', phrase: null },
    });
  });

  it('starts over with nothing kept but what was chosen and the reason', () => {
    const d = after(
      { is: 'reasoned', text: 'kernel' },
      { is: 'typed', text: 'orders' },
      { is: 'started-over' },
    );
    expect(d).toEqual({ ...first, wish: to('orders-2'), reason: 'kernel' });
  });

  it('has nothing in its way when all holds', () => {
    expect(obstacle(after({ is: 'typed', text: 'orders' }), preflight(), well)).toBeNull();
    expect(obstacle(undecided('resume', null), preflight({ members: [] }), well)).toBeNull();
  });

  it('can not be carried out while disconnected, moved, unchecked, forbidden or with a candidate that is out', () => {
    const d = after({ is: 'typed', text: 'orders' });
    expect(obstacle(d, preflight(), { ...well, connected: false })).toMatch(/disconnected/);
    expect(obstacle(d, preflight(), { ...well, moved: true })).toMatch(/start over/);
    expect(obstacle(d, undefined, well)).toMatch(/not run/);
    const rules = [{ code: 'x', verdict: 'refuse', says: 'A switchover is scheduled' }] as const;
    expect(obstacle(d, preflight({ rules }), well)).toBe('A switchover is scheduled');
    expect(obstacle({ ...d, wish: to('orders-3') }, preflight(), well)).toBe('orders-3 is missing');
    expect(obstacle(first, preflight({ suggested: null }), well)).toMatch(/No new leader/);
  });
});

describe('whom nobody has chosen', () => {
  it('is who is suggested, of what moves the leadership', () => {
    expect(withCandidate(first.wish, 'orders-2')).toEqual(to('orders-2'));
    expect(withCandidate(to('orders-3'), 'orders-2')).toEqual(to('orders-3'));
    expect(withCandidate({ kind: 'resume' }, 'orders-2')).toEqual({ kind: 'resume' });
  });
});

describe('what has moved', () => {
  const moved = (part: Partial<typeof seen>, wish: Wish = to('orders-2')) =>
    movedSince({ ...first, wish, seen }, preflight({ seen: { ...seen, ...part } as typeof seen }));
  it('is said by its kind, of what the wish rests on', () => {
    expect(moved({})).toBeNull();
    expect(moved({ leader: 'b', leaderCzxid: '2' })).toBe('b leads orders now, not orders-1.');
    expect(moved({ leaderCzxid: '2' })).toMatch(/anew since you looked/);
    expect(moved({ leader: null, leaderCzxid: null } as never)).toMatch(/there is no leader now/);
    expect(moved({ configVersion: 4 })).toMatch(/configuration of orders has changed/);
    expect(moved({ requestVersion: 1 } as never)).toMatch(/Another request/);
    expect(moved({ configVersion: 4 }, { kind: 'reload', members: [] })).toBeNull();
    expect(moved({ leaderCzxid: '2' }, { kind: 'resume' })).toBeNull();
  });
  it('is nothing before anything was decided or shown', () => {
    expect(movedSince(first, preflight())).toBeNull();
    expect(movedSince({ ...first, seen }, undefined)).toBeNull();
  });
  it('is the version that was edited, where there is one', () => {
    expect(movedSince(first, preflight(), 3)).toBeNull();
    expect(movedSince(first, preflight(), 2)).toMatch(/your edit is still there/);
  });
});

describe('what can’t even be thought of', () => {
  const now = { operation: null, howdah: true, zookeeper: true };
  const paused = aCluster({ mode: { ...aCluster().mode, paused: true } });
  it('says why', () => {
    const alone = aCluster({ members: [aLeader('pg-a')] });
    expect(whyNot('switchover', aCluster(), now)).toBeNull();
    expect(whyNot('switchover', aCluster(), { ...now, howdah: false })).toMatch(/disconnected/);
    expect(whyNot('switchover', aCluster(), { ...now, zookeeper: false })).toMatch(/ZooKeeper/);
    expect(whyNot('switchover', aCluster({ leader: null }), now)).toMatch(/no leader/);
    expect(whyNot('switchover', alone, now)).toMatch(/no standby/);
    expect(whyNot('failover', alone, now)).toMatch(/no standby/);
    expect(whyNot('cancel-switchover', aCluster(), now)).toMatch(/No switchover/);
    expect([whyNot('pause', paused, now), whyNot('resume', paused, now)]).toEqual([
      'It is paused already',
      null,
    ]);
    expect(whyNot('resume', aCluster(), now)).toMatch(/not paused/);
    expect(whyNot('removal', aCluster(), now)).toMatch(/has a leader/);
    expect(whyNot('restart', aCluster({ members: [] }), now)).toMatch(/no members/);
  });
  it('is anything while a run holds the turn, and not beside one that is only followed', () => {
    const operation = { title: 'Reload', outcome: null, cause: 'howdah', holdsTurn: true };
    const beside = (kind: OperationKind, part: object = {}) =>
      whyNot(kind, paused, { ...now, operation: { ...operation, ...part } as OperationView });
    expect(beside('reload')).toBe('Reload is under way');
    // The checks say whether it yields to what can't wait.
    expect([beside('resume'), beside('failover')]).toEqual([null, null]);
    expect(beside('reload', { cause: 'automatic', holdsTurn: undefined })).toBeNull();
    // A schedule that came due is Howdah's, and holds nobody up.
    expect(beside('reload', { holdsTurn: undefined })).toBeNull();
  });
});
