import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freeze } from './freeze';
import { readStat, signal } from './proc';

test('a frozen process stands still when freezing returns, and one that is gone is said to be', async () => {
  const child = spawn('sh', ['-c', 'while :; do :; done']);
  await once(child, 'spawn');
  const id = readStat(child.pid ?? 0);
  if (!id) throw new Error('the child is gone');
  try {
    expect(await freeze(id)).toBe(true);
    expect(readStat(id.pid)?.state).toBe('T');
  } finally {
    signal(id, 'SIGKILL');
  }
  await once(child, 'exit');
  expect(await freeze(id)).toBe(false);
});
