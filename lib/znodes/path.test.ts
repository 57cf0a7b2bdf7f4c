import { expect, test } from 'vitest';
import { absolutePath, isRelativePath, joinPath, parentOf } from './path';

test('an absolute path loses the slashes at its end, and no more', () => {
  expect(absolutePath('/service/main//')).toBe('/service/main');
  expect(absolutePath('/')).toBe('/');
  expect(absolutePath('//')).toBe('/');
});

test('what ZooKeeper takes in no path is no path', () => {
  for (const path of ['', 'a', '/a//b', '/./a', '/a/..', '/a/\u0000', '/\u001b[2J', '/\ue000']) {
    expect(absolutePath(path), path).toBeNull();
  }
  for (const path of ['', '/a', 'a/', 'a//b', '..', 'a/./b']) {
    expect(isRelativePath(path), path).toBe(false);
  }
  expect(isRelativePath('a/.b/ü ~/...')).toBe(true);
});

test('a path is put together and taken apart, at the root of everything too', () => {
  expect(joinPath('/', 'a/b')).toBe('/a/b');
  expect(joinPath('/a', 'b')).toBe('/a/b');
  expect(joinPath('/a', '')).toBe('/a');
  expect(joinPath('/', '')).toBe('/');
  expect(parentOf('/a/b')).toBe('/a');
  expect(parentOf('/a')).toBe('/');
  expect(parentOf('/')).toBeNull();
});
