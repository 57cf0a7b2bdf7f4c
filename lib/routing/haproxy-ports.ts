import type { ClusterId } from '@/lib/topology/cluster-id';

/** Where a cluster's two ports are. */
export interface PortPair {
  readonly write: number;
  readonly read: number;
}

/** Where the ports of those begin that have none yet: the n-th has n steps more than the first. */
export interface PortGrid extends PortPair {
  readonly step: number;
}

/** Ports that are somebody's already. */
export interface GivenPorts {
  readonly kept: ReadonlyMap<ClusterId, PortPair>;
  readonly taken: ReadonlySet<number>;
}

const LAST_PORT = 65_535;

/**
 * Every cluster's ports. Whoever has some keeps them, whatever comes and goes beside it: another
 * cluster behind a port that was its own would get its writes. The others get the next free pairs, in
 * their order. Beyond the last port there is none: what is given then is no port.
 */
export function portsFor(
  ids: readonly ClusterId[],
  grid: PortGrid,
  { kept, taken }: GivenPorts,
): Map<ClusterId, PortPair> {
  const keeping = ids.flatMap((id) => kept.get(id) ?? []);
  const used = new Set([...taken, ...keeping.flatMap(({ write, read }) => [write, read])]);
  let n = 0;
  const nextFree = (): PortPair => {
    for (; ; n += 1) {
      const pair = { write: grid.write + n * grid.step, read: grid.read + n * grid.step };
      const free = !used.has(pair.write) && !used.has(pair.read);
      if (!free && Math.max(pair.write, pair.read) <= LAST_PORT) continue;
      used.add(pair.write).add(pair.read);
      n += 1;
      return pair;
    }
  };
  return new Map(ids.map((id) => [id, kept.get(id) ?? nextFree()]));
}
