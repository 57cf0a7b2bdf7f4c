import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface MuteServer {
  readonly port: number;
  /** Connections that are open to it now. */
  readonly connections: number;
  close(): void;
}

/** Accepts every connection on 127.0.0.1 and never says a word: the worst a member can do. */
export async function startMuteServer(): Promise<MuteServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    // Heard, so that its end is noticed.
    socket.resume();
  });
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get connections() {
      return sockets.size;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
