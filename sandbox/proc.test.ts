import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isAlive, parseStat, processesOf, ROOT_VARIABLE, readStat, signal } from './proc';

test('a command with spaces and parentheses does not shift the fields', () => {
  const after = ['S', '7', ...Array.from({ length: 17 }, () => '0'), '4711', '0'].join(' ');
  expect(parseStat(`42 (a) (b c) ${after}`)).toEqual({
    pid: 42,
    parent: 7,
    state: 'S',
    startTime: '4711',
  });
  expect(parseStat('')).toBeNull();
});

test('a process with the right pid and another start time is another process', () => {
  const self = readStat(process.pid);
  if (!self) throw new Error('no /proc');
  expect(isAlive(self)).toBe(true);
  const earlier = { pid: process.pid, startTime: `${Number(self.startTime) - 1}` };
  expect(isAlive(earlier)).toBe(false);
  expect(signal(earlier, 'SIGKILL')).toBe(false);
});

test('a process is found by the folder in its environment, until it ends', async () => {
  const root = `/nowhere/sandbox-${process.pid}`;
  const child = spawn('sleep', ['30'], { env: { ...process.env, [ROOT_VARIABLE]: root } });
  const stranger = spawn('sleep', ['30'], { env: { ...process.env, [ROOT_VARIABLE]: `${root}2` } });
  try {
    await Promise.all([once(child, 'spawn'), once(stranger, 'spawn')]);
    const [found, ...others] = processesOf(root);
    expect(found?.pid).toBe(child.pid);
    expect(others).toEqual([]);
    if (found) signal(found, 'SIGKILL');
    await once(child, 'exit');
    expect(processesOf(root)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
    stranger.kill('SIGKILL');
  }
});
