import { openConnected, type ZooKeeperSession } from '@/zookeeper';

/**
 * A session on the client that Howdah uses as well; `changed` is told of each watch that fires. What
 * Howdah is compared with must not be slower than it has to be.
 */
export function connectZooKeeper(
  connect: string,
  changed: (path: string) => void = () => {},
): Promise<ZooKeeperSession> {
  return openConnected({ connect, timeoutMs: 20_000, patienceMs: 30_000, listener: { changed } });
}
