import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findSecret, keyFor, loadSecret } from './secret';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const kept = (below = 'state') => ({ secret: { given: null, folder: join(folder, below) } });

test('the secret that is set is the secret, and one that is too short is refused', () => {
  const given = 'x'.repeat(32);
  expect(loadSecret({ secret: { given, folder: null } })).toBe(given);
  expect(() => loadSecret({ secret: { given: 'x'.repeat(31), folder: null } })).toThrow(
    'too short',
  );
});

test('where none is set one is made, once, for its owner only', () => {
  expect(findSecret(kept())).toBeNull();
  const made = loadSecret(kept());
  expect(made).toMatch(/^[\w-]{43}$/);
  expect(loadSecret(kept())).toBe(made);
  expect(findSecret(kept())).toBe(made);
  expect(loadSecret(kept('other'))).not.toBe(made);
  expect(readdirSync(join(folder, 'state'))).toEqual(['secret']);
  expect(statSync(join(folder, 'state', 'secret')).mode & 0o777).toBe(0o600);
});

test('a file that others can read, or that is cut off, is refused and never shown', () => {
  const made = loadSecret(kept());
  const path = join(folder, 'state', 'secret');
  chmodSync(path, 0o640);
  expect(() => loadSecret(kept())).toThrow(`${path} can be read by others`);
  chmodSync(path, 0o600);
  writeFileSync(path, made.slice(0, 9));
  expect(() => loadSecret(kept())).toThrow(/secret is too short: it takes 32 characters at least/);
});

test('a folder that can not be made is said to be the reason', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => loadSecret(kept('file'))).toThrow(/can't be (kept|read)/);
});

test('where nothing is kept a secret lasts as long as the process', () => {
  const nowhere = { secret: { given: null, folder: null } };
  expect(loadSecret(nowhere)).toMatch(/^[\w-]{43}$/);
  expect(findSecret(nowhere)).toBeNull();
});

test('a key is one of its secret and its purpose', () => {
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];
  expect(keyFor(a, 'x')).toHaveLength(32);
  expect(keyFor(a, 'x')).toEqual(keyFor(a, 'x'));
  expect(keyFor(a, 'x')).not.toEqual(keyFor(a, 'y'));
  expect(keyFor(a, 'x')).not.toEqual(keyFor(b, 'x'));
});
