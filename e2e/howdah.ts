import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  freePort,
  type OidcProvider,
  type RoutingAgent,
  type Sandbox,
  type SignedIn,
  signedIn,
  startOidcProvider,
  waitFor,
} from '@/sandbox';
import { type BrowserState, firstAdmin, firstSignIn } from './signed-in';

export interface Howdah {
  readonly url: string;
  readonly pid: number;
  /** Of a browser in which the first administrator is signed in. */
  readonly state: BrowserState;
  /** Where people may sign in as well: it asks who they are. */
  readonly provider: OidcProvider;
  /** By which a request may do everything. */
  readonly headers: SignedIn['headers'];
  /** Stops it as a service manager would, and starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it for good, and the provider with it. */
  end(): Promise<void>;
}

/** Who can sign in at the provider; Zed's groups have no role. */
const people = {
  ann: { sub: 'ann', name: 'Ann', email: 'ann@sso.example', groups: ['on-call'] },
  zed: { sub: 'zed', name: 'Zed', email: 'zed@sso.example', groups: ['sales'] },
};

/** The built product as a process of its own, watching a sandbox. */
export async function startHowdah(sandbox: Sandbox, agent: RoutingAgent): Promise<Howdah> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { user, password } = sandbox.clusters[0]?.monitoring ?? { user: '', password: '' };
  const config = join(sandbox.root, 'howdah.yaml');
  const provider = await startOidcProvider({
    ...{ asks: true, users: [people.ann, people.zed] },
  });
  const { issuer, clientId, clientSecret } = provider;
  const groups = [{ group: 'on-call', role: 'operator' }];
  const settings = {
    ensembles: [{ keepZnodes: ['/marked'] }],
    routing: {
      agents: [{ url: `http://127.0.0.1:${agent.controlPort}`, tokenFile: agent.tokenFile }],
    },
    accounts: {
      provider: { name: 'Example SSO', issuer, clientId, password: clientSecret, groups },
    },
  };
  // JSON is YAML too.
  await writeFile(config, JSON.stringify(settings), { mode: 0o600 });
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
        HOWDAH_URL: url,
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
  const end = async () => {
    await stop();
    provider.close();
  };
  await start();
  const state = await waitFor(() => firstSignIn(url).catch(() => null), {
    timeoutMs: 10_000,
    what: 'the first administrator to be there',
  });
  return {
    ...{ url, state, provider, headers: token.headers },
    get pid() {
      return child.pid ?? 0;
    },
    ...{ stop, end },
    restart: async () => {
      await stop();
      await start();
    },
  };
}
