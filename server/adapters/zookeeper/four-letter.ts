import { connect } from 'node:net';
import type { ServerView } from '@/lib/stream/frames';
import type { ServerAddress } from '@/zookeeper';

const TIMEOUT_MS = 1500;
const ANSWER_LIMIT = 64 * 1024;

/**
 * Asks one server what it is, with `srvr`: the one four-letter word that ZooKeeper answers by
 * default. Never throws; "unknown" is a server that listens and does not say.
 */
export async function serverMode(server: ServerAddress): Promise<ServerView['mode']> {
  let answer: string;
  try {
    answer = await fourLetter(server, 'srvr');
  } catch {
    return 'down';
  }
  if (/not currently serving requests/.test(answer)) return 'not-serving';
  const mode = /^Mode: (\w+)/m.exec(answer)?.[1];
  if (mode === 'leader' || mode === 'follower' || mode === 'standalone' || mode === 'observer')
    return mode;
  return 'unknown';
}

function fourLetter({ host, port }: ServerAddress, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let answer = '';
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => socket.write(word));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.length > ANSWER_LIMIT) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
