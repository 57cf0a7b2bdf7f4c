import { attachSandbox, type Sandbox, startSandbox } from '@/sandbox';
import { administrator } from './account';
import { stopChild } from './child';
import { demoClusters, startDemoLoad } from './demo-clusters';
import { startHowdah } from './howdah';
import { say } from './say';
import { Interrupt } from './until-stopped';

/** Howdah from its sources, on a sandbox that stays up from one run to the next. */
async function dev(interrupt: Interrupt): Promise<void> {
  const sandbox = (await running()) ?? (await begin(interrupt.signal));
  const howdah = await startHowdah(sandbox, {
    args: ['--import', 'tsx', '--enable-source-maps', 'server/main.ts'],
    env: { HOWDAH_DEV: '1' },
  });
  const command = ['--import', 'tsx', 'server/cli/main.ts'];
  const { email, password } = await administrator(sandbox, command);
  say(`\nHowdah is at ${howdah.address}. Ctrl-C ends it; its sandbox stays up:`);
  say('npm run sandbox -- down --name dev');
  say(`Sign in as ${email} with the password ${password}`);
  const end = await interrupt.orEndOf(howdah.process, 'Howdah');
  if (end) {
    say(end);
    process.exitCode = 1;
  }
  await stopChild(howdah.process);
}

async function running(): Promise<Sandbox | null> {
  const sandbox = await attachSandbox('dev').catch(() => null);
  const up = sandbox?.zookeeper.every((server) => server.running());
  return up ? sandbox : null;
}

async function begin(signal: AbortSignal): Promise<Sandbox> {
  const sandbox = await startSandbox({
    name: 'dev',
    clusters: demoClusters,
    onProgress: say,
    signal,
  });
  await startDemoLoad(sandbox);
  return sandbox;
}

const interrupt = new Interrupt();
try {
  await dev(interrupt);
} catch (error) {
  if (interrupt.signal.aborted) process.exit(130);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
process.exit();
