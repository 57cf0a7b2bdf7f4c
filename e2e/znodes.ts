import { openConnected } from '@/zookeeper';

/** Writes znodes as somebody else would. */
export async function writeZnodes(
  connect: string,
  znodes: readonly (readonly [path: string, data: Buffer | string])[],
): Promise<void> {
  const session = await openConnected({ connect, timeoutMs: 5000, patienceMs: 30_000 });
  try {
    for (const [path, data] of znodes) {
      await session.create(path, typeof data === 'string' ? Buffer.from(data) : data);
    }
  } finally {
    session.close();
  }
}
