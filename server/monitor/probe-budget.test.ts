import { describe, expect, test } from 'vitest';
import { ConnectionBudget, NEVER } from './probe-budget';

interface One {
  readonly name: string;
  readonly host: string;
  readonly cluster: string;
}

const one = (name: string, host = `on-${name}`, cluster = `of-${name}`): One => ({
  name,
  host,
  cluster,
});
const free = () => 0;

function budget(total: number, perHost = 9, perCluster = 9) {
  return new ConnectionBudget<One>({ total, perHost, perCluster });
}

describe('room for one more', () => {
  test('costs nothing below the limits, nor for one that has a connection', () => {
    const some = budget(1);
    const [a, b] = [one('a'), one('b')];
    expect(some.room(a, false, free)).toEqual({ from: [] });
    some.take(a, false);
    expect(some.room(a, false, free)).toEqual({ from: [] });
    expect(some.room(b, false, () => NEVER)).toEqual({ full: 'total' });
  });

  test('is made by whoever was asked last among the cheapest: it is needed again last', () => {
    const some = budget(3);
    const [a, b, c] = [one('a'), one('b'), one('c')];
    for (const each of [a, b, c]) some.take(each, false);
    some.take(a, false);
    const cost = ({ name }: One) => (name === 'b' ? 2 : 1);
    expect(some.room(one('d'), false, cost)).toEqual({ from: [a] });
  });

  test('on a full host is made on that host, and serves the limit on all as well', () => {
    const some = budget(3, 1);
    const [a, b, c] = [one('a'), one('b', 'here'), one('c')];
    for (const each of [a, b, c]) some.take(each, false);
    expect(some.room(one('d', 'here'), false, free)).toEqual({ from: [b] });
    expect(some.room(one('d', 'here'), false, (holder) => (holder === b ? NEVER : 0))).toEqual({
      full: 'narrow',
    });
  });

  test('takes two where two limits are in the way', () => {
    const some = budget(9, 1, 1);
    const [a, b] = [one('a', 'here', 'x'), one('b', 'there', 'y')];
    for (const each of [a, b]) some.take(each, false);
    expect(some.room(one('c', 'here', 'y'), false, free)).toEqual({ from: [b, a] });
  });

  test('is given back', () => {
    const some = budget(1);
    const a = one('a');
    some.take(a, true);
    some.release(a);
    expect(some.size).toBe(0);
    expect(some.room(one('b'), true, free)).toEqual({ from: [] });
  });
});

test('those that failed last time get a quarter, and at least one, however much room there is', () => {
  const some = budget(8, 2);
  some.take(one('a', 'here'), true);
  expect(some.room(one('b', 'here'), true, free)).toEqual({ full: 'narrow' });
  const c = one('c');
  some.take(c, true);
  expect(some.room(one('d'), true, free)).toEqual({ full: 'total' });
  expect(some.room(one('d'), false, free)).toEqual({ from: [] });
  some.clear(c);
  expect(some.room(one('d'), true, free)).toEqual({ from: [] });
});
