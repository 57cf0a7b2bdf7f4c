import { startSynthetic } from '@/sandbox';
import type { ZooKeeperSession } from '@/zookeeper';
import { connectZooKeeper } from '../zookeeper';
import { answer, argument } from './answer';

/** Writes the clusters of a storm, rewrites their members as fast as it goes, moves one leader. */
const { connect, clusters } = argument<{ connect: string; clusters: number }>();

const SESSIONS = 2;
const IN_FLIGHT = 32;

const synthetic = await startSynthetic({ connectString: connect, clusters, members: 3 });
const [watched = ''] = synthetic.scopes;
const reader = await connectZooKeeper(connect);
const writers: ZooKeeperSession[] = [];
for (let i = 0; i < SESSIONS; i += 1) writers.push(await connectZooKeeper(connect));
const leaderWriter = await connectZooKeeper(connect);

/** What a member's znode holds, but for the stamp that tells its versions apart. */
const templates = new Map<string, string>();
for (const scope of synthetic.scopes) {
  const base = `/service/${scope}/members`;
  for (const name of (await reader.children(base, false))?.names ?? []) {
    const found = await reader.data(`${base}/${name}`, false);
    templates.set(`${base}/${name}`, found?.data.toString().slice(1) ?? '}');
  }
}
const paths = [...templates.keys()];
const stamp = () => String(process.hrtime.bigint());

let storming = false;
let writes = 0;
let turn = 0;
let running: Promise<unknown> = Promise.resolve();

async function pump(writer: ZooKeeperSession): Promise<void> {
  while (storming) {
    const path = paths[turn++ % paths.length] ?? '';
    const data = `{"tags":{"written":"${stamp()}"},${templates.get(path)}`;
    await writer.set(path, Buffer.from(data), 'any');
    writes += 1;
  }
}

const names = [1, 2, 3].map((n) => `${watched}-${n}`);
const leaderPath = `/service/${watched}/leader`;
let led = 0;

/** One change of leadership: the key goes, and comes back with another name. */
async function changeLeader(): Promise<{ name: string; at: number }> {
  led += 1;
  const name = names[led % names.length] ?? '';
  await leaderWriter.delete(leaderPath, 'any');
  const at = Number(process.hrtime.bigint()) / 1e9;
  await leaderWriter.create(leaderPath, Buffer.from(name), { ephemeral: true });
  return { name, at };
}

let changes: { name: string; at: number }[] = [];
let changing: Promise<unknown> = Promise.resolve();

async function keepChanging(perSecond: number): Promise<void> {
  const began = performance.now();
  for (let n = 1; storming; n += 1) {
    changes.push(await changeLeader());
    const wait = began + (n * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

answer({
  watched: () => ({ scope: watched, names, leaderPath, scopes: synthetic.scopes, paths }),
  start: ({ leaderPerSecond }: { leaderPerSecond: number }) => {
    storming = true;
    changes = [];
    writes = 0;
    running = Promise.all(
      writers.flatMap((writer) => Array.from({ length: IN_FLIGHT }, () => pump(writer))),
    );
    changing = leaderPerSecond > 0 ? keepChanging(leaderPerSecond) : Promise.resolve();
  },
  writes: () => writes,
  stop: async () => {
    storming = false;
    await Promise.all([running, changing]);
    return { writes, changes };
  },
  /** A fresh read of every member's stamp, and of the leader. */
  read: async () => {
    const stamps: Record<string, string> = {};
    // The server that this session happens to be on may have yet to hear of the last writes.
    await reader.sync('/service');
    await Promise.all(
      paths.map(async (path) => {
        const found = await reader.data(path, false);
        stamps[path] = /"written":"(\d+)"/.exec(found?.data.toString() ?? '')?.[1] ?? '';
      }),
    );
    return { stamps, leader: (await reader.data(leaderPath, false))?.data.toString() ?? null };
  },
});
