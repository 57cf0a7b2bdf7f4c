import { execFileSync } from 'node:child_process';

/**
 * A browser sits on its reader's machine, not on that of the servers it watches. Where both are on
 * one machine, one processor is the browser's and the others are everybody else's, so that a page's
 * figures tell of the page and not of who had the processor meanwhile.
 */
const all = processorsOf(process.pid);
const browsers = all.slice(-1);
const servers = all.length > 1 ? all.slice(0, -1) : all;

/** From now on this process, and what it starts, leaves the browser's processor alone. */
export function keepToServersCores(): void {
  bind(servers);
}

/** What `start` starts runs on the browser's processor. */
export async function onBrowsersCore<T>(start: () => Promise<T>): Promise<T> {
  bind(browsers);
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
