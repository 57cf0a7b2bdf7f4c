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

test('what is deleted is not taken', () => {
  const dirty = new DirtySet();
  dirty.add('/a', 'a', 1);
  dirty.delete('/a');
  dirty.delete('/never-there');
  expect(dirty.oldest).toBeNull();
  expect(dirty.take(1)).toEqual([]);
});
