import { expect, test } from 'vitest';
import { conflictsOf, editsOf } from './rebase';

const base = { ttl: 30, loop_wait: 10, postgresql: { parameters: { work_mem: '4MB', 'a.b': 1 } } };

test('edits are the smallest that do the same to another document', () => {
  const mine = {
    ttl: 40,
    postgresql: { parameters: { work_mem: '4MB', 'a.b': 2, x: 1 } },
    slots: {},
  };
  expect(editsOf(base, mine)).toEqual([
    { path: ['ttl'], value: 40 },
    { path: ['postgresql', 'parameters', 'a.b'], value: 2 },
    { path: ['postgresql', 'parameters', 'x'], value: 1 },
    { path: ['slots'], value: {} },
    { path: ['loop_wait'], value: undefined },
  ]);
  expect(editsOf(base, base)).toEqual([]);
});

test('what two have edited otherwise is a conflict, and what both have edited alike is none', () => {
  const edits = editsOf(base, { ...base, ttl: 40, loop_wait: 5 });
  expect(conflictsOf(edits, base, { ...base, ttl: 50, loop_wait: 5, slots: {} })).toEqual(['ttl']);
  expect(conflictsOf(edits, base, base)).toEqual([]);
});
