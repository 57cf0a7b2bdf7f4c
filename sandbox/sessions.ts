import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { SandboxError } from './errors';
import { closeForeignSession } from './expire-session';
import { fourLetter, parseConnections, parseEphemerals } from './four-letter';
import { waitFor } from './wait-for';
import type { ZooKeeperServer } from './zookeeper-server';

/** One session that is connected to the ensemble. */
export interface SessionInfo {
  /** Hexadecimal, without 0x, as in `ephemeralOwner`. */
  readonly id: string;
  /** Id of the server it is connected to. */
  readonly server: number;
  readonly clientPort: number;
  /** Milliseconds, as granted. */
  readonly timeoutMs: number;
  /** Paths of its ephemeral znodes. */
  readonly ephemerals: readonly string[];
}

/** Lists the sessions of all servers that answer; one whose client is gone for now is not in it. */
export async function listSessions(servers: readonly ZooKeeperServer[]): Promise<SessionInfo[]> {
  const answers = await Promise.all(
    servers.map(async (server) => ({
      server,
      connections: parseConnections((await fourLetter(server.port, 'cons')) ?? ''),
      ephemerals: parseEphemerals((await fourLetter(server.port, 'dump')) ?? ''),
    })),
  );
  const owned = new Map(answers.flatMap(({ ephemerals }) => [...ephemerals]));
  return answers.flatMap(({ server, connections }) =>
    connections.map(({ sessionId, clientPort, timeoutMs }) => ({
      id: sessionId,
      server: server.id,
      clientPort,
      timeoutMs,
      ephemerals: owned.get(sessionId) ?? [],
    })),
  );
}

/** The sessions that a process holds, by the ports of its sockets. */
export async function sessionsOfProcess(
  servers: readonly ZooKeeperServer[],
  pid: number,
): Promise<SessionInfo[]> {
  const ports = portsOf(pid);
  return (await listSessions(servers)).filter(({ clientPort }) => ports.has(clientPort));
}

const ATTEMPTS = 4;

/**
 * Expires a session; returns when its ephemerals and its connection are gone.
 * @throws SandboxError when there is no such session or no quorum.
 */
export async function expireSession(
  servers: readonly ZooKeeperServer[],
  sessionId: string,
): Promise<void> {
  const id = sessionId.replace(/^0x/, '').toLowerCase();
  const modes = await Promise.all(servers.map((server) => server.mode()));
  const server = servers.find((_, index) => modes[index] !== null);
  if (!server) throw new SandboxError('No ZooKeeper server is part of a quorum');
  if (!(await listSessions(servers)).some((each) => each.id === id)) {
    throw new SandboxError(`Session ${id} can't be expired: there is no such session`);
  }
  const gone = async () => !(await listSessions(servers)).some((each) => each.id === id);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await closeForeignSession(server.port, id);
      break;
    } catch (error) {
      // Its owner may have been quicker and taken it back.
      if (attempt === ATTEMPTS) throw error;
      if (attempt > 1 && (await gone())) return;
    }
  }
  await waitFor(gone, { timeoutMs: 10_000, what: `the end of session ${id}` });
}

/** Local TCP ports of a process's sockets. */
function portsOf(pid: number): Set<number> {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  } catch {
    throw new SandboxError(`The sockets of process ${pid} can't be read`);
  }
  const ports = new Set<number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of textOf(table).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const port = fields[1]?.split(':')[1];
      if (port !== undefined && inodes.has(fields[9] ?? '')) ports.add(Number.parseInt(port, 16));
    }
  }
  return ports;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
