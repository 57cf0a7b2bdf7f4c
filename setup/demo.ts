import { type Sandbox, startSandbox } from '@/sandbox';
import { administrator } from './account';
import { buildIfNeeded } from './build';
import { stopChild } from './child';
import { demoClusters, startDemoLoad } from './demo-clusters';
import { type DemoRouting, startDemoRouting } from './demo-routing';
import { type Howdah, startHowdah } from './howdah';
import { say, stopwatch } from './say';
import { Interrupt } from './until-stopped';

/**
 * The demo: real clusters under load on this machine, and Howdah watching them. It ends with
 * Ctrl-C and leaves nothing behind; the sandbox is ephemeral, so not even after kill -9.
 */
async function demo(interrupt: Interrupt): Promise<void> {
  const elapsed = stopwatch();
  let sandbox: Sandbox | null = null;
  let howdah: Howdah | null = null;
  let routing: DemoRouting | null = null;
  try {
    const built = await interrupt.orResultOf(buildIfNeeded());
    if (built === null) return;
    if (!built) throw new Error('Howdah could not be built');
    sandbox = await startSandbox({
      name: 'demo',
      ephemeral: true,
      clusters: demoClusters,
      onProgress: say,
      signal: interrupt.signal,
    });
    await startDemoLoad(sandbox);
    routing = await startDemoRouting(sandbox);
    const args = ['--enable-source-maps', 'dist/main.js'];
    // It bears the sandbox's mark, so the watchdog that clears up after kill -9 ends it too.
    const env = {
      NODE_ENV: 'production',
      HOWDAH_SANDBOX: sandbox.root,
      HOWDAH_CONFIG: routing.configFile,
    };
    howdah = await startHowdah(sandbox, { args, env });
    const { email, password } = await administrator(sandbox, ['dist/cli.js']);
    say(`\nHowdah is at ${howdah.address} (up in ${elapsed()}). Ctrl-C ends it.`);
    say(`Sign in as ${email} with the password ${password}`);
    for (const line of routing.says) say(line);
    say('Balance reads: open a cluster, then "Reads"');
    say('Break something: npm run sandbox -- fault kill orders-1 --name demo');
    const end = await interrupt.orEndOf(howdah.process, 'Howdah');
    if (end) {
      say(end);
      process.exitCode = 1;
    }
  } finally {
    say('\nStopping …');
    if (howdah) await stopChild(howdah.process);
    await routing?.stop();
    await sandbox?.down();
    say('Everything is stopped');
  }
}

const interrupt = new Interrupt();
try {
  await demo(interrupt);
} catch (error) {
  if (interrupt.signal.aborted) process.exit(130);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// Something not awaited may still hold a handle, such as an interrupted build.
process.exit();
