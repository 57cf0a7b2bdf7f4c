import ZooKeeper from 'zookeeper';

/** Writes znodes as somebody else would, by ZooKeeper's own client. */
export async function writeZnodes(
  connectString: string,
  znodes: readonly (readonly [path: string, data: Buffer | string])[],
): Promise<void> {
  const client = new ZooKeeper({ connect: connectString, timeout: 5000, debug_level: 0 });
  await new Promise<void>((resolve, reject) => {
    client.connect({}, (error: Error | null) => (error ? reject(error) : resolve()));
  });
  try {
    for (const [path, data] of znodes) {
      await new Promise<void>((resolve, reject) => {
        client.a_create(path, data, 0, (rc: number, error: unknown) => {
          if (rc === 0) resolve();
          else reject(new Error(`${path}: ${error} (${rc})`));
        });
      });
    }
  } finally {
    client.close();
  }
}
