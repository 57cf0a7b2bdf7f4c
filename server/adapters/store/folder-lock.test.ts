import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderInUse, lockFolder, startOf } from './folder-lock';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder has one holder at a time, and is free after it', () => {
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(FolderInUse);
  lock.release();
  lockFolder(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a holder that has died holds nothing, nor does another process with its id', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  writeFileSync(join(folder, 'howdah.pid'), `${pid} ${startOf(pid)}\n`);
  expect(() => lockFolder(folder)).toThrow(`process ${pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockFolder(folder).release();
  writeFileSync(join(folder, 'howdah.pid'), `${process.pid} 1\n`);
  lockFolder(folder).release();
});
