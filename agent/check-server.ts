import { createServer, type Server } from 'node:net';
import type { Order } from '@/lib/routing/agent-check';
import { answer, everything, parseQuestion, type Question } from '@/lib/routing/agent-check';

/** HAProxy says what it asks about at once; whoever doesn't is no HAProxy. */
const PATIENCE_MS = 2000;
const MOST_BYTES = 4096;

/**
 * Answers HAProxy's agent-check: a line in, a line out, and the connection is closed. Whatever makes
 * no sense is answered with all that a server may carry: nothing is known against it.
 */
export function checkServer(ask: (of: Question) => Order): Server {
  return createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MOST_BYTES) socket.destroy();
      const end = text.indexOf('\n');
      if (end < 0 || socket.writableEnded) return;
      const of = parseQuestion(text.slice(0, end));
      socket.end(`${answer(of === null ? everything : ask(of))}\n`);
    });
  });
}
