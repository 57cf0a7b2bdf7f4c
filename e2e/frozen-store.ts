import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '@/sandbox';

/**
 * Howdah's own PostgreSQL stands still while `does` runs, with all of its connections: they are
 * neither answered nor closed, which is the worst that a store can do.
 */
export async function withStoreFrozen(sandbox: Sandbox, does: () => Promise<void>): Promise<void> {
  const file = await readFile(join(sandbox.root, 'howdah', 'postgres', 'postmaster.pid'), 'utf8');
  const postmaster = Number(file.split('\n')[0]);
  // It first: nothing new begins then, and what there is can be counted.
  process.kill(postmaster, 'SIGSTOP');
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
  const stopped = [postmaster, ...children.trim().split(/\s+/).filter(Boolean).map(Number)];
  const tell = (signal: NodeJS.Signals) => {
    for (const pid of stopped) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  tell('SIGSTOP');
  try {
    await does();
  } finally {
    tell('SIGCONT');
  }
}
