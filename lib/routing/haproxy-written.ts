import { type ClusterId, parseClusterId } from '@/lib/topology/cluster-id';
import { HEAD } from './haproxy-config';
import type { PortPair } from './haproxy-ports';

/** What a configuration that was generated before has where. */
export interface WrittenPorts {
  /** The one address of all its ports, or `*`, as it was said. */
  readonly bind: string;
  /** Also of those that were left out: theirs are reserved. */
  readonly clusters: ReadonlyMap<ClusterId, PortPair>;
}

const SECTION = /^(?:global|defaults|frontend statistics|listen ([A-Za-z0-9_.:-]+):(write|read))$/;
const BIND = /^ {2}bind (?:(\*|[0-9.]+)|\[([0-9a-fA-F:.]+)\]):(\d{1,5})$/;
const LEFT_OUT =
  /^# Left out: ([A-Za-z0-9_.~-]+), whose ports (\d{1,5}) and (\d{1,5}) stay its own:/;

/** A port as one section has it. */
interface WrittenPort {
  readonly bind: string;
  readonly port: number;
  /** Null: of statistics. */
  readonly of: { readonly id: ClusterId; readonly which: 'write' | 'read' } | null;
}

/**
 * Reads which ports each cluster has in a file that `haproxyConfig` has made. Null for any other: with
 * another beginning, a section that is none of ours, or a port that isn't written as we write it.
 */
export function portsIn(text: string): WrittenPorts | null {
  if (!text.startsWith(`${HEAD.join('\n')}\n\n`)) return null;
  const lines = text.split('\n');
  const reserved = lines.flatMap((line) => {
    const [, id, write, read] = LEFT_OUT.exec(line) ?? [];
    return id === undefined ? [] : [{ id, write: Number(write), read: Number(read) }];
  });
  const found: WrittenPort[] = [];
  // A blank line ends a section, and stands in none.
  for (const block of text.trimEnd().split('\n\n')) {
    const section = block.split('\n').filter((line) => !/^ *#/.test(line));
    if (section.length === 0) continue;
    const ports = portsOf(section);
    if (!ports) return null;
    found.push(...ports);
  }
  const [bind, ...others] = new Set(found.map((one) => one.bind));
  const statistics = found.filter(({ of }) => of === null).length;
  if (bind === undefined || others.length > 0 || statistics !== 1) return null;
  const clusters = pairsOf(found, reserved);
  return clusters && { bind, clusters };
}

/** None or one of a section of ours; null of another's. */
function portsOf([first = '', second = '', ...more]: readonly string[]): WrittenPort[] | null {
  const [section, name, which] = SECTION.exec(first) ?? [];
  const rest = [second, ...more];
  if (section === undefined || rest.some((line) => !line.startsWith('  '))) return null;
  const binds = rest.filter((line) => /^\s*bind\b/.test(line)).length;
  if (section === 'global' || section === 'defaults') return binds === 0 ? [] : null;
  const [, plain, inBrackets, port] = BIND.exec(second) ?? [];
  const bind = plain ?? inBrackets;
  if (bind === undefined || binds > 1) return null;
  const id = name?.replaceAll(':', '~');
  const of = id === undefined ? null : { id, which: which as 'write' | 'read' };
  return [{ bind, port: Number(port), of }];
}

/** Null where a cluster hasn't just one port of each kind, or one that another has. */
function pairsOf(
  found: readonly WrittenPort[],
  reserved: readonly (PortPair & { readonly id: ClusterId })[],
): ReadonlyMap<ClusterId, PortPair> | null {
  const known = new Map<ClusterId, { write: number[]; read: number[] }>();
  const of = (id: ClusterId) => {
    const ports = known.get(id) ?? { write: [], read: [] };
    known.set(id, ports);
    return ports;
  };
  for (const one of found) if (one.of) of(one.of.id)[one.of.which].push(one.port);
  for (const { id, write, read } of reserved) {
    of(id).write.push(write);
    of(id).read.push(read);
  }
  const clusters = new Map<ClusterId, PortPair>();
  const used = new Set<number>();
  for (const [id, ports] of known) {
    const [write = 0, read = 0] = [...ports.write, ...ports.read];
    const both = ports.write.length === 1 && ports.read.length === 1;
    const free = [write, read].every((port) => isPort(port) && !used.has(port)) && write !== read;
    if (!both || !free || parseClusterId(id) === null) return null;
    used.add(write).add(read);
    clusters.set(id, { write, read });
  }
  return clusters;
}

const isPort = (port: number) => port >= 1 && port <= 65_535;
