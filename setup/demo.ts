import { type Sandbox, startSandbox } from '@/sandbox';
import { buildIfNeeded } from './build';
import { stopChild } from './child';
import { demoClusters, startDemoLoad } from './demo-clusters';
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
  try {
    if (!(await interrupt.orResultOf(buildIfNeeded()))) {
      process.exitCode = 1;
      return;
    }
    const starting = startSandbox({
      name: 'demo',
      ephemeral: true,
      clusters: demoClusters,
      onProgress: say,
    });
    sandbox = await interrupt.orResultOf(starting);
    if (!sandbox) return;
    await startDemoLoad(sandbox);
    const args = ['--enable-source-maps', 'dist/main.js'];
    howdah = await startHowdah(sandbox, { args, env: { NODE_ENV: 'production' } });
    say(`\nHowdah is at ${howdah.address} (up in ${elapsed()}). Ctrl-C ends it.`);
    say('Break something: npm run sandbox -- fault kill orders-1 --name demo');
    const end = await interrupt.orEndOf(howdah.process, 'Howdah');
    if (end) {
      say(end);
      process.exitCode = 1;
    }
  } finally {
    say('\nStopping …');
    if (howdah) await stopChild(howdah.process);
    await sandbox?.down();
    say('Everything is stopped');
  }
}

try {
  await demo(new Interrupt());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// Interrupted while the sandbox was starting: its watchdog ends what has been started.
process.exit();
