import { WebSocket } from 'undici';

/** A Node process seen through its inspector, for what it alone knows: its heap. */
export async function openInspector(port: number) {
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  let id = 0;
  const ask = (method: string) =>
    new Promise<Record<string, number>>((resolve) => {
      const mine = ++id;
      const listen = (event: { data: unknown }) => {
        const answer = JSON.parse(String(event.data)) as {
          id?: number;
          result?: Record<string, number>;
        };
        if (answer.id !== mine) return;
        socket.removeEventListener('message', listen);
        resolve(answer.result ?? {});
      };
      socket.addEventListener('message', listen);
      socket.send(JSON.stringify({ id: mine, method }));
    });
  return {
    /** Bytes of the heap in use after it has been collected. */
    heapAfterCollection: async (): Promise<number> => {
      await ask('HeapProfiler.collectGarbage');
      await ask('HeapProfiler.collectGarbage');
      return (await ask('Runtime.getHeapUsage')).usedSize ?? Number.NaN;
    },
    close: () => socket.close(),
  };
}
