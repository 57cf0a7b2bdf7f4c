import { readFileSync } from 'node:fs';
import { Failure } from '@/lib/errors';
import { type PortGrid, type PortPair, portsFor } from '@/lib/routing/haproxy-ports';
import { remark } from '@/lib/routing/haproxy-words';
import { portsIn, type WrittenPorts } from '@/lib/routing/haproxy-written';
import { type ClusterId, clusterId, clusterName } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { HaproxyArguments } from './haproxy-options';

/** What is asked for where nothing is said. */
const usual = { writePort: 5000, readPort: 5001, step: 10, bind: '127.0.0.1' };

type Asked = Pick<
  HaproxyArguments,
  | 'writePort'
  | 'readPort'
  | 'step'
  | 'bind'
  | 'statisticsPort'
  | 'out'
  | 'force'
  | 'keepPortsOf'
  | 'movePorts'
>;

/** A file that was made before, and what it has where. */
export interface Before extends WrittenPorts {
  readonly file: string;
}

/**
 * The file whose ports are to be kept: the one that is replaced, or another that was named. Null where
 * there is none. Throws `bad-input` where it can't be read, or wasn't made by this command.
 */
export function portsBefore({ out, force, keepPortsOf, movePorts }: Asked): Before | null {
  const file = keepPortsOf ?? (force ? out : null);
  if (file === null || movePorts) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && keepPortsOf === null) return null;
    throw new Failure('bad-input', `${file} can't be read: ${code ?? String(error)}.`, error);
  }
  const ports = portsIn(text);
  if (ports) return { ...ports, file };
  const instead = keepPortsOf === null ? ', or say --move-ports to replace it all the same' : '';
  throw new Failure(
    'bad-input',
    `${file} is not as this command writes one, so it doesn't tell whose ports are to be kept: ` +
      `name another${instead}.`,
  );
}

export interface Places {
  readonly bind: string;
  readonly ports: ReadonlyMap<ClusterId, PortPair>;
}

/**
 * Where everybody listens: where they did, and the others at ports that nobody had. Throws `bad-input`
 * where options were typed by which somebody would listen elsewhere than before.
 */
export function placesOf(keys: readonly ClusterKey[], asked: Asked, before: Before | null): Places {
  const grid = {
    write: asked.writePort ?? usual.writePort,
    read: asked.readPort ?? usual.readPort,
    step: asked.step ?? usual.step,
  };
  const kept = before?.clusters ?? new Map<ClusterId, PortPair>();
  if (before) checkKept(keys, { asked, grid, before });
  // Nor does anybody get the ports of one that is gone, in the file in which it goes.
  const had = [...kept.values()].flatMap(({ write, read }) => [write, read]);
  const taken = new Set([asked.statisticsPort, ...had]);
  return {
    bind: asked.bind ?? before?.bind ?? usual.bind,
    ports: portsFor(keys.map(clusterId), grid, { kept, taken }),
  };
}

interface Kept {
  readonly asked: Asked;
  readonly grid: PortGrid;
  readonly before: Before;
}

/** A port that is kept has to be one that the options could have given. */
function checkKept(keys: readonly ClusterKey[], { asked, grid, before }: Kept): void {
  const { bind = null } = asked;
  for (const [at, key] of keys.entries()) {
    const has = before.clusters.get(clusterId(key));
    if (!has) continue;
    for (const which of ['write', 'read'] as const) {
      const steps = (has[which] - grid[which]) / grid.step;
      const said = (which === 'write' ? asked.writePort : asked.readPort) ?? asked.step;
      const fits = said === null || (Number.isInteger(steps) && steps >= 0);
      if (fits && (bind === null || bind === before.bind)) continue;
      const would = fits ? has[which] : grid[which] + at * grid.step;
      throw new Failure(
        'bad-input',
        `${remark(clusterName(key))} has its ${which}s at ${before.bind}:${has[which]} in ${before.file}, ` +
          `and by these options at ${bind ?? before.bind}:${would}: leave them out to keep it ` +
          'there, or say --move-ports.',
      );
    }
  }
}
