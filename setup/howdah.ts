import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Sandbox } from '@/sandbox';
import { waitFor } from '@/sandbox';
import { endOf, hasEnded, startNode } from './child';

const FIRST_PORT = 8087;

export interface Howdah {
  readonly address: string;
  readonly process: ChildProcess;
}

export interface HowdahOptions {
  /** Arguments of Node. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts Howdah on a sandbox and returns when it serves and accounts can be asked.
 * @throws Error when it ends, or that takes longer than 60 s.
 */
export async function startHowdah(sandbox: Sandbox, options: HowdahOptions): Promise<Howdah> {
  const port = await freePort(Number(process.env.HOWDAH_PORT ?? FIRST_PORT));
  const address = `http://127.0.0.1:${port}`;
  const [first] = sandbox.clusters;
  const { monitoring, bench } = first ?? {};
  const child = startNode({
    args: options.args,
    env: {
      HOWDAH_ENSEMBLE: sandbox.connectString,
      HOWDAH_MONITOR_USER: monitoring?.user ?? '',
      HOWDAH_MONITOR_PASSWORD: monitoring?.password ?? '',
      // So that it is measured for how long nobody could write.
      HOWDAH_WRITE_PROBE_USER: bench?.user ?? '',
      HOWDAH_WRITE_PROBE_PASSWORD: bench?.password ?? '',
      HOWDAH_WRITE_PROBE_DATABASE: 'bench',
      HOWDAH_PORT: String(port),
      // It goes with the sandbox.
      HOWDAH_STORE_FOLDER: join(sandbox.root, 'howdah'),
      ...options.env,
    },
  });
  // The child has a process group of its own, so it would outlive us.
  process.once('exit', () => child.kill('SIGKILL'));
  await waitFor(
    async () => {
      if (hasEnded(child)) throw new Error(`Howdah ${endOf(child)}`);
      // Its accounts are there last, and nothing can be seen without one.
      const options = await fetch(`${address}/api/auth/options`, {
        signal: AbortSignal.timeout(5000),
      }).catch(() => null);
      return ((await options?.json()) as { ready: boolean } | undefined)?.ready === true;
    },
    { timeoutMs: 60_000, everyMs: 100, what: `Howdah and its accounts at ${address}` },
  );
  return { address, process: child };
}

/** The first port from `first` on that nobody listens at. */
async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + 50; port++) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error(`No port is free between ${first} and ${first + 49}`);
}
