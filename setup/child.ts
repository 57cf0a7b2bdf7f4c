import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface ChildOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How a child has ended, in words. */
export function endOf(child: ChildProcess): string {
  return child.signalCode ? `was ended by ${child.signalCode}` : `ended with ${child.exitCode}`;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Starts Node with our terminal. It has a group of its own: Ctrl-C is ours to pass on. */
export function startNode({ args, env = {} }: ChildOptions): ChildProcess {
  return spawn(process.execPath, [...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, ...env },
  });
}

/** Runs a command with our terminal. @returns its exit code, 1 for a signal */
export async function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const child = spawn(command, [...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  await once(child, 'exit');
  process.off('exit', end);
  return child.exitCode ?? 1;
}

/** SIGTERM, and SIGKILL after `patienceMs` (default 10 s). */
export async function stopChild(child: ChildProcess, patienceMs = 10_000): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = new AbortController();
  await Promise.race([ended, delay(patienceMs, null, { signal: timer.signal })]).catch(() => null);
  timer.abort();
  if (!hasEnded(child)) {
    child.kill('SIGKILL');
    await ended;
  }
}
