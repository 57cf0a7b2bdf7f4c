import { connect } from 'node:net';

/**
 * Asks a ZooKeeper server one of its four-letter words.
 * @returns null when it doesn't answer within `timeoutMs` (default 1500).
 */
export function fourLetter(port: number, word: string, timeoutMs = 1500): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (answer: string | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(null), timeoutMs);
    socket.on('connect', () => socket.write(word));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => finish(null));
    socket.on('end', () => finish(Buffer.concat(chunks).toString('utf8') || null));
  });
}

/** One client connection, from `cons`. */
export interface Connection {
  /** 16 hexadecimal digits at most, without 0x. */
  readonly sessionId: string;
  readonly clientPort: number;
  /** Session timeout in milliseconds as granted. */
  readonly timeoutMs: number;
}

/** Parses `cons`; connections without a session (the question itself) are left out. */
export function parseConnections(text: string): Connection[] {
  const found: Connection[] = [];
  for (const line of text.split('\n')) {
    const port = /^\s*\/\S*:(\d+)\[/.exec(line)?.[1];
    const session = /[(,]sid=0x([0-9a-f]+)/.exec(line)?.[1];
    if (port === undefined || session === undefined) continue;
    const timeoutMs = Number(/[(,]to=(\d+)/.exec(line)?.[1] ?? 0);
    found.push({ sessionId: session, clientPort: Number(port), timeoutMs });
  }
  return found;
}

/** Parses `dump`: the ephemeral paths of each session that has any. */
export function parseEphemerals(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const from = text.indexOf('Sessions with Ephemerals');
  let paths: string[] | null = null;
  for (const line of from < 0 ? [] : text.slice(from).split('\n').slice(1)) {
    const session = /^0x([0-9a-f]+):/.exec(line)?.[1];
    if (session !== undefined) {
      paths = [];
      found.set(session, paths);
    } else if (line.startsWith('\t/')) paths?.push(line.trim());
    else paths = null;
  }
  return found;
}
