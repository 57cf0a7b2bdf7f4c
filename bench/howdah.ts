import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from '@/sandbox';
import type { Context } from './benchmark';
import { known, knowUs } from './signed-in';

export interface Howdah {
  readonly url: string;
  readonly pid: number;
  /** When its process was started, on the clock of `usage.now`. */
  readonly startedAt: number;
  stop(): Promise<void>;
}

export interface HowdahOptions {
  readonly connect: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of Node. */
  readonly args?: readonly string[];
}

/** Starts the built product as a process of its own; returns at once. */
export async function startHowdah(
  { connect, env = {}, args = [] }: HowdahOptions,
  { onEnd, profile }: Pick<Context, 'onEnd' | 'profile'>,
): Promise<Howdah> {
  const port = await freePort();
  // History is kept, as in the product; the folder above it can be passed by PostgreSQL's user.
  const folder = mkdtempSync(join(tmpdir(), 'howdah-bench-'));
  chmodSync(folder, 0o711);
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const profiling = profile ? ['--cpu-prof', '--cpu-prof-dir=dist/profiles'] : [];
  const startedAt = Number(process.hrtime.bigint()) / 1e9;
  const child = spawn(process.execPath, [...profiling, ...args, 'dist/main.js'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // A session of its own, as any service has: the kernel shares the processors between sessions.
    detached: true,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HOWDAH_ENSEMBLE: connect,
      HOWDAH_NAMESPACES: '/service',
      HOWDAH_PORT: String(port),
      // All of its subscribers are on this machine.
      HOWDAH_MOST_STREAMS_PER_ADDRESS: '2000',
      HOWDAH_STORE_FOLDER: join(folder, 'state'),
      HOWDAH_LOG: 'error',
      ...knowUs(folder),
      ...env,
    },
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const howdah: Howdah = {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    startedAt,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
  onEnd(() => howdah.stop());
  return howdah;
}

/** Returns when it serves pages as well: from then on nothing of its start is left to be done. */
export async function isUp({ url }: Howdah): Promise<void> {
  await waitFor(
    async () => (await fetch(url, { headers: known() }).catch(() => null))?.ok === true,
    {
      timeoutMs: 60_000,
      what: 'Howdah to serve its pages',
    },
  );
}
