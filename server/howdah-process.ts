import { type ChildProcess, spawn } from 'node:child_process';
import { type Sandbox, signedIn } from '@/sandbox';

/** For tests: the product as a process of its own, from its sources. It ends with the sandbox. */
export function spawnHowdah(
  sandbox: Pick<Sandbox, 'root' | 'connectString'>,
  port: number,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    // Its pages need not be built for this: it says so, and goes on.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HOWDAH_SANDBOX: sandbox.root,
      HOWDAH_ENSEMBLE: sandbox.connectString,
      HOWDAH_NAMESPACES: '/service',
      ...signedIn(sandbox.root).env,
      HOWDAH_PORT: String(port),
      ...settings,
    },
  });
}
