import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Sandbox, type SignedIn, signedIn, waitFor } from '@/sandbox';
import { type BrowserState, firstAdmin, firstSignIn } from './signed-in';

export interface Howdah {
  readonly url: string;
  readonly pid: number;
  /** Of a browser in which the first administrator is signed in. */
  readonly state: BrowserState;
  /** By which a request may do everything. */
  readonly headers: SignedIn['headers'];
  /** Stops it as a service manager would, and starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The built product as a process of its own, watching a sandbox. */
export async function startHowdah(sandbox: Sandbox): Promise<Howdah> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { user, password } = sandbox.clusters[0]?.monitoring ?? { user: '', password: '' };
  const config = join(sandbox.root, 'howdah.yaml');
  await writeFile(config, 'ensembles: [{ keepZnodes: [/marked] }]\n');
  const token = signedIn(sandbox.root);
  let child: ChildProcess;
  const start = async () => {
    child = spawn(process.execPath, ['dist/main.js'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        HOWDAH_CONFIG: config,
        HOWDAH_SANDBOX: sandbox.root,
        HOWDAH_ENSEMBLE: sandbox.connectString,
        HOWDAH_SESSION_TIMEOUT_MS: '4000',
        HOWDAH_MONITOR_USER: user,
        HOWDAH_MONITOR_PASSWORD: password,
        ...{ ...firstAdmin, ...token.env },
        HOWDAH_PORT: String(port),
        HOWDAH_STORE_FOLDER: join(sandbox.root, 'howdah'),
        HOWDAH_LOG: 'warn',
      },
    });
    await waitFor(
      async () => {
        const answer = await fetch(`${url}/api/auth/options`).catch(() => null);
        return ((await answer?.json()) as { ready: boolean } | undefined)?.ready === true;
      },
      { timeoutMs: 30_000, what: 'Howdah to answer, and its accounts to be there' },
    );
  };
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  await start();
  const state = await waitFor(() => firstSignIn(url).catch(() => null), {
    timeoutMs: 10_000,
    what: 'the first administrator to be there',
  });
  return {
    ...{ url, state, headers: token.headers },
    get pid() {
      return child.pid ?? 0;
    },
    stop,
    restart: async () => {
      await stop();
      await start();
    },
  };
}
