import { now } from '../usage';
import { connectZooKeeper } from '../zookeeper';
import { answer, argument } from './answer';

/** Watches one leader znode and nothing else: as soon as anybody can know of a change. */
const { connect, path } = argument<{ connect: string; path: string }>();
let seen: { name: string; at: number }[] = [];

const client = await connectZooKeeper(connect, () => void look());

async function look(): Promise<void> {
  const found = await client.data(path, true);
  if (found) seen.push({ name: found.data.toString(), at: now() });
}
await look();

answer({
  start: () => {
    seen = [];
  },
  seen: () => seen,
});
