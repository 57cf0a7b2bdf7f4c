import { connectZooKeeper } from '../zookeeper';
import { answer, argument } from './answer';

/** Reads a znode again on every event, as a first attempt at watching would. */
const { connect, paths } = argument<{ connect: string; paths: string[] }>();
let reads = 0;
const client = await connectZooKeeper(connect, (path) => void look(path));

async function look(path: string): Promise<void> {
  reads += 1;
  await client.data(path, true);
}
await Promise.all(paths.map(look));

answer({ reads: () => reads });
