import { now } from '../usage';
import { connectZooKeeper } from '../zookeeper';
import { answer, argument } from './answer';

/**
 * The least that reading a fleet takes: list, list, read, pipelined, a watch left on everything;
 * then read again whatever changes. Nothing is understood, and nobody is told.
 */
const { connect } = argument<{ connect: string }>();
const NAMESPACE = '/service';
const IN_FLIGHT = 256;

let reads = 0;
let free = IN_FLIGHT;
const queue: (() => void)[] = [];

/** So many calls at a time: more gain nothing, and ZooKeeper throttles whoever sends thousands. */
async function limited<T>(call: () => Promise<T>): Promise<T> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => queue.push(resolve));
  reads += 1;
  try {
    return await call();
  } finally {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  }
}

const lists = new Set<string>();
const client = await connectZooKeeper(connect, (path) => {
  if (lists.has(path)) void children(path);
  else void data(path);
});

const data = (path: string) => limited(() => client.data(path, true));

async function children(path: string): Promise<readonly string[]> {
  lists.add(path);
  return (await limited(() => client.children(path, true)))?.names ?? [];
}

async function readCluster(path: string): Promise<void> {
  const names = await children(path);
  await Promise.all(
    names.map(async (name) => {
      if (name !== 'members') return data(`${path}/${name}`);
      const members = await children(`${path}/members`);
      return Promise.all(members.map((member) => data(`${path}/members/${member}`)));
    }),
  );
}

const scopes = await children(NAMESPACE);
await Promise.all(scopes.map((scope) => readCluster(`${NAMESPACE}/${scope}`)));
const ready = { at: now(), clusters: scopes.length, reads };

answer({ ready: () => ready, reads: () => reads });
