import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { linesOfOne, readLines, writeLines } from './subtree-file';

const folders: string[] = [];
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-file-'));
  folders.push(folder);
});
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

async function all(file: string, read = () => readLines(file)): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of read()) lines.push(line);
  return lines;
}

const write = (file: string, lines: readonly string[], replace = false) =>
  writeLines(file, { replace }, async (say) => {
    for (const line of lines) await say(line);
    return lines.length;
  });

test('lines are read as they were written, whatever else might end one', async () => {
  const file = join(folder, 'a');
  const line = fc
    .string({ unit: 'grapheme', maxLength: 200 })
    .map((text) => text.replace(/\n/g, ''));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
      expect(await write(file, lines, true)).toBe(lines.length);
      expect(await all(file)).toEqual(lines);
    }),
    { numRuns: 50 },
  );
  const odd = ['\r', '', 'a\u2028b\u2029c\u0085d', 'x'.repeat(3_000_000), 'ü'.repeat(300_001)];
  await write(file, odd, true);
  expect(await all(file)).toEqual(odd);
});

test('a last line without a line break is a line too', async () => {
  const file = join(folder, 'a');
  writeFileSync(file, 'one\ntwo');
  expect(await all(file)).toEqual(['one', 'two']);
});

test('what was looked at is what is read again, or nothing is', async () => {
  const file = join(folder, 'a');
  await write(file, ['one']);
  const read = linesOfOne(file);
  expect(await all(file, read)).toEqual(['one']);
  expect(await all(file, read)).toEqual(['one']);
  await write(file, ['two'], true);
  await expect(all(file, read)).rejects.toThrow(`${file} has been changed meanwhile.`);
});

test('only its owner may read a file, and nothing else is left beside it', async () => {
  const file = join(folder, 'a');
  await write(file, ['x']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['a']);
});

test('a file that is there is replaced only where that is asked for', async () => {
  const file = join(folder, 'a');
  writeFileSync(file, 'mine');
  await expect(write(file, ['x'])).rejects.toThrow(`${file} is there already`);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await write(file, ['x'], true);
  expect(readFileSync(file, 'utf8')).toBe('x\n');
  expect(readdirSync(folder)).toEqual(['a']);
});

test('what fails half-way leaves nothing, and what was there before as it was', async () => {
  const file = join(folder, 'a');
  writeFileSync(file, 'before');
  const failing = writeLines(file, { replace: true }, async (say) => {
    await say('x'.repeat(2_000_000));
    throw new Error('ZooKeeper is away');
  });
  await expect(failing).rejects.toThrow('ZooKeeper is away');
  expect(readFileSync(file, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['a']);
});

test('a file that can not be read or written says which', async () => {
  const file = join(folder, 'none', 'a');
  await expect(write(file, ['x'])).rejects.toThrow(`${file}.`);
  await expect(all(file)).rejects.toThrow(`${file} can't be read: ENOENT.`);
  await expect(all(folder)).rejects.toThrow(`${folder} can't be read: EISDIR.`);
});

test('whoever might read the one that is replaced may read the new one, if that is wanted', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'old\n', { mode: 0o640 });
  const before = statSync(file);
  await writeLines(file, { replace: true, before }, (write) => write('new'));
  expect(readFileSync(file, 'utf8')).toBe('new\n');
  expect(statSync(file)).toMatchObject({ mode: before.mode, uid: before.uid, gid: before.gid });
  expect(statSync(file).ino).not.toBe(before.ino);
  expect(readdirSync(folder)).toEqual(['file']);
});
