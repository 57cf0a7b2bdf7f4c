import { expect, test } from 'vitest';
import { DirtySet } from './dirty-set';

test('takes what has waited longest first, and its whole group with it', () => {
  const dirty = new DirtySet();
  dirty.add('/a/1', 'a', 1);
  dirty.add('/b/1', 'b', 2);
  dirty.add('/a/2', 'a', 3);
  expect(dirty.oldest).toEqual({ path: '/a/1', since: 1 });
  expect(dirty.take(2)).toEqual(['/a/1', '/a/2']);
  expect(dirty.take(9)).toEqual(['/b/1']);
  expect(dirty.size).toBe(0);
});

test('noticing a path again does not make it younger', () => {
  const dirty = new DirtySet();
  dirty.add('/a', 'a', 1);
  dirty.add('/b', 'b', 2);
  dirty.add('/a', 'a', 3);
  expect(dirty.take(1)).toEqual(['/a']);
  expect(dirty.size).toBe(1);
});

test('a large group that never rests does not hold up the others', () => {
  const dirty = new DirtySet();
  const rouse = () => {
    for (let i = 0; i < 100; i += 1) dirty.add(`/large/${i}`, 'large', 1);
  };
  rouse();
  dirty.add('/small', 'small', 2);
  expect(dirty.take(10)).not.toContain('/small');
  rouse();
  expect(dirty.take(10)).toContain('/small');
});

test('what somebody looks at is taken first once it is overdue, up to half of what is taken', () => {
  const dirty = new DirtySet();
  dirty.attend(new Set(['seen', 'also-seen']));
  for (let i = 0; i < 10; i += 1) dirty.add(`/other/${i}`, `other-${i}`, i);
  for (let i = 0; i < 3; i += 1) dirty.add(`/seen/${i}`, 'seen', 10);
  dirty.add('/also-seen', 'also-seen', 11);
  expect(dirty.take(1, 9)).toEqual(['/other/0']);
  expect(dirty.take(4, 10)).toEqual(['/seen/0', '/seen/1', '/other/1', '/other/2']);
  expect(dirty.take(4, 11)).toEqual(['/also-seen', '/seen/2', '/other/3', '/other/4']);
  expect(dirty.oldest).toEqual({ path: '/other/5', since: 5 });
  expect(dirty.take(99, 99)).toHaveLength(5);
});

test('what somebody looks at and is not overdue waits in the order of age', () => {
  const dirty = new DirtySet();
  dirty.attend(new Set(['seen']));
  dirty.add('/a', 'a', 1);
  dirty.add('/seen', 'seen', 2);
  dirty.add('/b', 'b', 3);
  expect(dirty.take(9, 1)).toEqual(['/a', '/seen', '/b']);
});

test('a group that somebody looks at from now on waits with them from its next turn', () => {
  const dirty = new DirtySet();
  dirty.add('/a', 'a', 1);
  dirty.add('/b', 'b', 2);
  dirty.attend(new Set(['b']));
  dirty.add('/b2', 'b', 3);
  expect(dirty.take(3, 99)).toEqual(['/a', '/b', '/b2']);
  dirty.add('/a', 'a', 4);
  dirty.add('/b', 'b', 5);
  expect(dirty.take(2, 99)).toEqual(['/b', '/a']);
  expect(dirty.size).toBe(0);
});

test('what is deleted is not taken', () => {
  const dirty = new DirtySet();
  dirty.add('/a', 'a', 1);
  dirty.delete('/a');
  dirty.delete('/never-there');
  expect(dirty.oldest).toBeNull();
  expect(dirty.take(1)).toEqual([]);
});
