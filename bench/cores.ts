import { execFileSync } from 'node:child_process';

/**
 * A browser sits on its reader's machine, and Howdah on its own, not on those of the servers that they
 * watch. Where all are on one machine, one processor is theirs whose figures are taken, and the others
 * are everybody else's: else a figure tells who had the processor meanwhile. In a storm that saturates
 * all of them, Howdah was seen to wait for one in 1,000 of 1,100 ms, and to need it for 50.
 */
const all = processorsOf(process.pid);
const watchers = all.slice(-1);
const servers = all.length > 1 ? all.slice(0, -1) : all;

/** From now on this process, and what it starts, leaves the watchers' processor alone. */
export function keepToServersCores(): void {
  bind(servers);
}

/** What `start` starts runs on the watchers' processor. */
export async function onWatchersCore<T>(start: () => Promise<T>): Promise<T> {
  bind(watchers);
  try {
    return await start();
  } finally {
    bind(servers);
  }
}

/** All threads of this process; children inherit. */
function bind(processors: readonly number[]): void {
  execFileSync('taskset', ['-a', '-p', '-c', processors.join(','), String(process.pid)]);
}

function processorsOf(pid: number): number[] {
  const says = execFileSync('taskset', ['-p', '-c', String(pid)], { encoding: 'utf8' });
  const list = says.slice(says.lastIndexOf(':') + 1).trim();
  return list.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
}
