import { connectZooKeeper } from '../zookeeper';
import { answer, argument } from './answer';

/** A cluster of one member whose znode is written so many times a second, each with its moment. */
const { connect, scope } = argument<{ connect: string; scope: string }>();
const client = await connectZooKeeper(connect);
const base = `/service/${scope}`;
const name = `${scope}-1`;

async function put(path: string, data: string, ephemeral = false): Promise<void> {
  const bytes = Buffer.from(data);
  await client.set(path, bytes, 'any').catch(() => client.create(path, bytes, { ephemeral }));
}

const member = () =>
  JSON.stringify({
    tags: { written: String(process.hrtime.bigint()) },
    conn_url: 'postgres://127.0.0.1:1/postgres',
    api_url: 'http://127.0.0.1:1/patroni',
    state: 'running',
    role: 'primary',
    version: '4.1.4',
    xlog_location: 1,
    timeline: 1,
  });

await put('/service', '');
await put(base, '');
await put(`${base}/initialize`, '7000000000000000001');
await put(`${base}/config`, '{"ttl":30,"loop_wait":10,"retry_timeout":10}');
await put(`${base}/members`, '');
await put(`${base}/members/${name}`, member(), true);
await put(`${base}/leader`, name, true);

let timer: NodeJS.Timeout | undefined;
let writes = 0;

answer({
  ready: () => true,
  start: (perSecond: number) => {
    clearInterval(timer);
    writes = 0;
    timer = setInterval(() => {
      writes += 1;
      void put(`${base}/members/${name}`, member());
    }, 1000 / perSecond);
  },
  stop: () => {
    clearInterval(timer);
    return writes;
  },
});
