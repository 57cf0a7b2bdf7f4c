import { describe, expect, test } from 'vitest';
import { type Budget, overBudget } from './budget';
import type { Table } from './catalog';

const DAY = 86_400_000;
const now = 100 * DAY;
const all: Budget['made'] = { '10s': now, '1m': now, '1h': now };

/** A table of a MB a partition, each so many days long, the newest of them still being filled. */
function divided(root: string, partitions: number, days = 1): Table[] {
  const common = { root, moment: 'at', divided: null, bound: '' };
  const parts = Array.from({ length: partitions }, (_, n) => {
    const until = now + DAY / 2 - n * days * DAY;
    const name = `${root}-${n}`;
    return { ...common, name, parent: root, bytes: 1e6, from: until - days * DAY, until };
  });
  const above = { name: root, parent: null, divided: 'RANGE (at)', bytes: 0 };
  return [{ ...common, ...above, from: null, until: null }, ...parts];
}
const plain = (name: string, bytes: number): Table => ({
  ...{ name, root: name, parent: null, bound: null, divided: null, moment: null, bytes },
  ...{ from: null, until: null },
});

const tables = [
  plain('cluster', 5e5),
  ...divided('event', 3, 30),
  ...divided('lag_chunk_1h', 2),
  ...divided('lag_chunk_1m', 3),
  ...divided('lag_chunk_10s', 3),
  ...divided('lag_chunk_samples', 3),
  ...divided('znode', 2, 20),
];
const dropped = (part: Partial<Budget>) =>
  overBudget(tables, { budgetBytes: 0, made: all, now, ...part }).map(({ name }) => name);

describe('for want of room', () => {
  test('nothing goes while there is enough', () => {
    expect(dropped({ budgetBytes: 16.5e6 })).toEqual([]);
  });

  test('the oldest of the finest lag goes first, and no more than has to', () => {
    expect(dropped({ budgetBytes: 16.4e6 })).toEqual(['lag_chunk_samples-2']);
    expect(dropped({ budgetBytes: 13.5e6 })).toEqual([
      'lag_chunk_samples-2',
      'lag_chunk_samples-1',
      'lag_chunk_10s-2',
    ]);
  });

  test('events and all else go last, the oldest first, and the newest of each kind never', () => {
    expect(dropped({})).toEqual([
      ...['lag_chunk_samples-2', 'lag_chunk_samples-1', 'lag_chunk_10s-2', 'lag_chunk_10s-1'],
      ...['lag_chunk_1m-2', 'lag_chunk_1m-1', 'lag_chunk_1h-1'],
      ...['event-2', 'event-1', 'znode-1'],
    ]);
  });

  test('what rollups are still to be made of stays', () => {
    const made = { '10s': now - 1.5 * DAY, '1m': now - 0.5 * DAY, '1h': 0 };
    expect(dropped({ made })).toEqual([
      ...['lag_chunk_samples-2', 'lag_chunk_10s-2', 'lag_chunk_10s-1', 'lag_chunk_1h-1'],
      ...['event-2', 'event-1', 'znode-1'],
    ]);
  });

  test('what is not over yet stays, though a clock that was ahead has made a newer one', () => {
    const ahead = divided('event', 1).map((one) => ({ ...one, until: one.until && now + 9 * DAY }));
    const both = [...divided('event', 1), ...ahead.slice(1)];
    expect(overBudget(both, { budgetBytes: 0, made: all, now })).toEqual([]);
  });
});
