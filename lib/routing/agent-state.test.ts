import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer, type Order, parseQuestion, question } from './agent-check';
import { AgentState } from './agent-state';
import type { Lease, LeasedOrder } from './lease';

const NOW = 1_000_000;
const all: Order = { is: 'share', percent: 100 };
const orders = (of: Readonly<Record<string, LeasedOrder>>): Lease['orders'] => ({ orders: of });
const lease = (part: Partial<Lease> = {}): Lease => ({
  ...{ v: 1, holder: 'h1', name: 'Howdah on one', number: 1, ttlMs: 10_000, orders: {} },
  released: false,
  ...part,
});
const of = (member: string) => ({ cluster: 'orders', member, server: `reads/${member}` });
const share = (percent: number): LeasedOrder => ({ is: 'share', percent });

describe('the words of the agent-check', () => {
  test.each([
    [{ is: 'share', percent: 37.4 }, 'up ready 37%'],
    [{ is: 'share', percent: 0 }, 'up ready 0%'],
    [{ is: 'drain' }, 'up drain'],
    [
      { is: 'cut', why: 'at most 20 s behind\nup ready 100%' },
      'down #at most 20 s behind?up ready 100%',
    ],
  ] as const)('%j is %s', (order, line) => {
    expect(answer(order)).toBe(line);
  });

  test('a question comes back as it was asked, whatever the member is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (member) => {
        const asked = { cluster: 'main~.2Fservice~orders', member, server: null };
        expect(parseQuestion(`${question(asked)}\n`)).toEqual(asked);
        expect(question(asked)).toMatch(/^[\x21-\x7e]+ [\x21-\x7e]+$/);
      }),
    );
    expect(['', 'a', 'a b c d', 'a %'].map(parseQuestion)).toEqual([null, null, null, null]);
  });
});

describe('an agent', () => {
  test('says all of every server while nobody has told it anything', () => {
    expect(new AgentState().ask(of('a'), NOW)).toEqual(all);
  });

  test('says what its lease says, and all of it once that has ended', () => {
    const state = new AgentState();
    state.ask(of('b'), NOW);
    expect(state.take(lease({ orders: orders({ a: share(20) }) }), NOW)).toBe(true);
    expect(state.ask(of('a'), NOW + 9999)).toEqual(share(20));
    expect(state.ask(of('b'), NOW + 9999)).toEqual(all);
    expect(state.ask(of('a'), NOW + 10_000)).toEqual(all);
  });

  test('is told by one Howdah at a time', () => {
    const state = new AgentState();
    state.take(lease(), NOW);
    const other = lease({ holder: 'h2', orders: orders({ a: share(1) }) });
    expect(state.take(other, NOW + 9999)).toBe(false);
    expect(state.holder(NOW + 9999)).toEqual({ id: 'h1', name: 'Howdah on one', leftMs: 1 });
    expect(state.take(other, NOW + 10_000)).toBe(true);
    expect(state.holder(NOW + 10_000)?.id).toBe('h2');
  });

  test('takes no lease that comes late', () => {
    const state = new AgentState();
    state.take(lease({ number: 2, orders: orders({ a: share(50) }) }), NOW);
    expect(state.take(lease({ number: 1 }), NOW + 1)).toBe(false);
    expect(state.take(lease({ number: 2 }), NOW + 1)).toBe(false);
    expect(state.ask(of('a'), NOW + 1)).toEqual(share(50));
  });

  test('whose holder stops says on what it was told, and any other may speak', () => {
    const state = new AgentState();
    state.take(lease({ orders: orders({ a: share(20) }) }), NOW);
    state.take(lease({ number: 2, released: true, orders: orders({ a: share(30) }) }), NOW + 1);
    expect(state.holder(NOW + 2)).toBeNull();
    expect(state.ask(of('a'), NOW + 2)).toEqual(share(30));
    expect(state.take(lease({ holder: 'h2', orders: orders({ a: share(40) }) }), NOW + 3)).toBe(
      true,
    );
    expect(state.ask(of('a'), NOW + 3)).toEqual(share(40));
    expect(state.take(lease({ number: 3 }), NOW + 4)).toBe(false);
  });

  test('keeps the end of a drain as it was, though it is told as a time to go', () => {
    const state = new AgentState();
    const told = (forMs: number): Lease['orders'] => orders({ a: { is: 'drain', forMs } });
    state.take(lease({ orders: told(60_000) }), NOW);
    const kept = state.drains;
    state.take(lease({ number: 2, orders: told(58_990) }), NOW + 1000);
    expect(state.drains).toEqual(kept);
    state.take(lease({ number: 3, orders: told(5000) }), NOW + 1000);
    expect(state.drains).toEqual([{ cluster: 'orders', member: 'a', until: NOW + 6000 }]);
  });

  test('is let go by its holder at once', () => {
    const state = new AgentState();
    state.take(lease({ orders: orders({ a: share(0) }) }), NOW);
    state.take(lease({ number: 2, ttlMs: 0 }), NOW + 1);
    expect(state.holder(NOW + 1)).toBeNull();
    expect(state.take(lease({ holder: 'h2' }), NOW + 1)).toBe(true);
  });

  test('keeps a drain beyond its lease and its own restart, until it ends or is lifted', () => {
    const state = new AgentState();
    for (const name of ['a', 'b', 'c']) state.ask(of(name), NOW);
    const drains = { a: { is: 'drain', forMs: null }, b: { is: 'drain', forMs: 60_000 } } as const;
    state.take(lease({ orders: orders(drains) }), NOW);
    expect(state.ask(of('a'), NOW + 1)).toEqual({ is: 'drain' });
    const again = new AgentState(state.drains);
    for (const name of ['a', 'b', 'c']) again.ask(of(name), NOW + 59_999);
    expect(again.ask(of('a'), NOW + 59_999)).toEqual({ is: 'drain' });
    expect(again.ask(of('b'), NOW + 59_999)).toEqual({ is: 'drain' });
    expect(again.ask(of('c'), NOW + 59_999)).toEqual(all);
    expect(again.ask(of('b'), NOW + 60_000)).toEqual(all);
    // Whoever says nothing of the cluster doesn't lift it either.
    again.take(lease({ holder: 'h3' }), NOW + 60_000);
    expect(again.ask(of('a'), NOW + 60_001)).toEqual({ is: 'drain' });
    again.take(lease({ holder: 'h3', number: 2, orders: orders({}) }), NOW + 61_000);
    expect(again.ask(of('a'), NOW + 61_001)).toEqual(all);
    expect(again.drains).toEqual([]);
  });

  test('lets a drain end within its lease', () => {
    const state = new AgentState();
    state.ask(of('b'), NOW);
    state.take(lease({ orders: orders({ a: { is: 'drain', forMs: 500 } }) }), NOW);
    expect(state.ask(of('a'), NOW + 499)).toEqual({ is: 'drain' });
    expect(state.ask(of('a'), NOW + 500)).toEqual(all);
  });
});

describe('somebody always serves', () => {
  test('where a lease leaves nobody', () => {
    const state = new AgentState();
    for (const name of ['a', 'b']) state.ask(of(name), NOW);
    const drained = { a: share(0), b: { is: 'drain', forMs: null } } as const;
    state.take(lease({ orders: orders(drained) }), NOW);
    expect(state.ask(of('a'), NOW)).toEqual(share(1));
    expect(state.ask(of('b'), NOW)).toEqual({ is: 'drain' });
    const both = { a: { is: 'drain', forMs: null }, b: { is: 'drain', forMs: null } } as const;
    state.take(lease({ number: 2, orders: orders(both) }), NOW);
    expect([state.ask(of('a'), NOW), state.ask(of('b'), NOW)]).toEqual([share(1), share(1)]);
  });

  test('where whoever was to serve fails Patroni’s check', () => {
    const state = new AgentState();
    for (const name of ['a', 'b']) state.ask(of(name), NOW);
    state.take(lease({ orders: orders({ a: share(100), b: { is: 'cut', why: 'late' } }) }), NOW);
    expect(state.ask(of('b'), NOW)).toEqual({ is: 'cut', why: 'late' });
    state.know(new Set(['reads/a']));
    expect(state.ask(of('b'), NOW)).toEqual(share(1));
    state.know(null);
    expect(state.ask(of('b'), NOW)).toEqual({ is: 'cut', why: 'late' });
  });

  test('whatever the lease says, whoever fails, and whenever it is asked', () => {
    const names = ['a', 'b', 'c', 'd'];
    const order: fc.Arbitrary<LeasedOrder> = fc.oneof(
      fc.record({ is: fc.constant('share' as const), percent: fc.constantFrom(0, 0, 1, 100) }),
      fc.record({ is: fc.constant('drain' as const), forMs: fc.constantFrom(null, 0, 5000) }),
      fc.record({ is: fc.constant('cut' as const), why: fc.string() }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), order),
        fc.option(fc.subarray(names, { maxLength: 3 })),
        fc.integer({ min: 0, max: 20_000 }),
        (told, failing, later) => {
          const state = new AgentState();
          for (const name of names) state.ask(of(name), NOW);
          state.take(lease({ orders: orders(told) }), NOW);
          state.know(failing && new Set(failing.map((name) => `reads/${name}`)));
          for (const name of names) state.ask(of(name), NOW + later);
          const there = names.filter((name) => !failing?.includes(name));
          const said = there.map((name) => state.order(of(name), NOW + later));
          expect(said.some((one) => one.is === 'share' && one.percent > 0)).toBe(true);
        },
      ),
    );
  });
});
