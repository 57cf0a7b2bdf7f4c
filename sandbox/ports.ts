import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { SandboxError } from './errors';

export interface PortRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/**
 * Where servers may listen. Outside the range from which the kernel takes ports for outgoing
 * connections: otherwise the port of a killed server may be gone before it is started again.
 */
export function serverPortRange(ephemeral: PortRange = ephemeralRange()): PortRange {
  const below = { first: 20_000, last: Math.min(31_999, ephemeral.first - 1) };
  if (below.last - below.first >= 1_000) return below;
  const under = { first: 5_500, last: ephemeral.first - 1 };
  if (under.last - under.first >= 1_000) return under;
  return { first: ephemeral.last + 1, last: 65_535 };
}

/**
 * Finds `count` free TCP ports on 127.0.0.1, each tried by binding to it.
 *
 * @param taken ports to leave alone although nothing listens there now.
 * @throws SandboxError when the range holds too few.
 */
export async function findPorts(
  count: number,
  taken: ReadonlySet<number> = new Set(),
  range: PortRange = serverPortRange(),
): Promise<number[]> {
  const size = range.last - range.first + 1;
  const offset = Math.floor(Math.random() * Math.max(size, 1));
  const found: number[] = [];
  for (let step = 0; step < size && found.length < count; step++) {
    const port = range.first + ((offset + step) % size);
    if (!taken.has(port) && (await canBind(port))) found.push(port);
  }
  if (found.length < count) {
    throw new SandboxError(
      `Only ${found.length} of ${count} ports are free between ${range.first} and ${range.last}`,
    );
  }
  return found;
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

function ephemeralRange(): PortRange {
  try {
    const text = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const [first, last] = text.trim().split(/\s+/).map(Number);
    if (first && last) return { first, last };
  } catch {
    // Not told: the kernel's default holds.
  }
  return { first: 32_768, last: 60_999 };
}
