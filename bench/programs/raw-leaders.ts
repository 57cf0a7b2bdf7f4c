import { connectZooKeeper } from '../zookeeper';
import { answer, argument } from './answer';

/**
 * Watches leader znodes and nothing else: as soon as anybody can know of a change. Moments are
 * milliseconds since the epoch, which a browser knows as well.
 */
const { connect, paths } = argument<{ connect: string; paths: string[] }>();
const seen: { path: string; name: string; at: number }[] = [];

const client = await connectZooKeeper(connect, (path) => void look(path));

async function look(path: string): Promise<void> {
  const found = await client.data(path, true);
  const at = performance.timeOrigin + performance.now();
  if (found) seen.push({ path, name: found.data.toString(), at });
}
await Promise.all(paths.map(look));

answer({ seen: () => seen });
