import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Starts the process that ends an ephemeral sandbox when its owner is gone. It reads a pipe whose
 * other end only the owner holds: however the owner dies, the kernel closes it. Until then it is a
 * waiting `cat`, not a second Node.
 *
 * @returns a function that dismisses it.
 */
export function startWatchdog(root: string, instance: string): () => void {
  const project = fileURLToPath(new URL('..', import.meta.url));
  const watchdog = spawn(
    '/bin/sh',
    ['-c', 'cat >/dev/null; exec "$NODE" --import tsx sandbox/cli.ts reap "$ROOT" "$INSTANCE"'],
    {
      cwd: project,
      detached: true, // Ctrl-C reaches the whole group of the owner.
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {
        PATH: process.env.PATH ?? '/usr/bin:/bin',
        NODE: process.execPath,
        ROOT: root,
        INSTANCE: instance,
      } as Record<string, string> as NodeJS.ProcessEnv,
    },
  );
  watchdog.on('error', () => undefined);
  watchdog.unref();
  const pipe = watchdog.stdin;
  pipe.on('error', () => undefined);
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  return () => {
    const { pid } = watchdog;
    if (pid === undefined || watchdog.exitCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has gone already.
    }
  };
}
