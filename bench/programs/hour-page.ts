import { createServer, request, type ServerResponse } from 'node:http';
import type { LagPoint, LagSample } from '@/lib/topology/event';
import { aCluster, aLeader, aStandby } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { openStream } from '../sse';
import { answer, argument } from './answer';

/**
 * The product's pages as they are, and a stream that says what an hour of watching would have left:
 * a cluster of seven, its six standbys sampled once a second for an hour, and once a second from now.
 */
const { url } = argument<{ url: string }>();
const HOUR = 3600;
const names = ['b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `pg-${letter}`);
const cluster = aCluster({
  headline: 'orders is well: pg-a leads 6 standbys.',
  members: [aLeader('pg-a'), ...names.map((name) => aStandby(name))],
});

const hello = await new Promise<string>((resolve) => {
  const stream = openStream({
    url,
    topics: 'fleet',
    onEvent: (json) => {
      if (!json.includes('"type":"hello"')) return;
      stream.close();
      resolve(json);
    },
  });
});

let seq = 0;
/** Each standby breathes in its own time, and now and then falls behind. */
function pointOf(index: number, second: number): LagPoint {
  const wave = 1 + Math.sin(second / (20 + 7 * index));
  const behind = (second + 97 * index) % 600 < 25 ? 8e6 : 0;
  const replay = Math.round(4e5 * wave + behind);
  return { sent: 0, write: 0, flush: Math.round(replay / 3), replay, ms: Math.round(replay / 2e3) };
}

function sampleAt(at: number): LagSample {
  const second = Math.floor(at / 1000);
  const points = names.map((name, index): [string, LagPoint] => [name, pointOf(index, second)]);
  seq += 1;
  return { seq, at, members: Object.fromEntries(points) };
}

function viewWith({ at, members }: LagSample): ClusterView {
  const lagOf = (name: string) => {
    const { replay = null, flush = null, ms = null } = members[name] ?? {};
    const none = { sentBytes: 0, writeBytes: 0, atLeast: false, quality: 'fresh' } as const;
    return { ...none, flushBytes: flush, replayBytes: replay, replayMs: ms, sampledAt: at };
  };
  const shown = cluster.members.map((member) =>
    member.isLeader ? member : { ...member, lag: lagOf(member.name) },
  );
  return { ...cluster, members: shown };
}

const following = new Set<ServerResponse>();
const send = (response: ServerResponse, frame: unknown) =>
  response.write(`data: ${JSON.stringify(frame)}\n\n`);

function begin(response: ServerResponse): void {
  const now = Date.now();
  const samples = Array.from({ length: HOUR }, (_, n) => sampleAt(now - (HOUR - n) * 1000));
  const { id } = cluster;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(`data: ${hello}\n\n`);
  send(response, { type: 'fleet', full: true, changed: [], gone: [] });
  send(response, { type: 'cluster', id, view: viewWith(samples.at(-1) as LagSample) });
  send(response, { type: 'samples', id, reset: true, samples });
  following.add(response);
  response.on('close', () => following.delete(response));
}

setInterval(() => {
  const sample = sampleAt(Date.now());
  const { id } = cluster;
  for (const response of following) {
    send(response, { type: 'cluster', id, view: viewWith(sample) });
    send(response, { type: 'samples', id, reset: false, samples: [sample] });
  }
}, 1000);

const server = createServer((asked, response) => {
  if (asked.url?.startsWith('/api/stream')) {
    begin(response);
    return;
  }
  const { method, headers } = asked;
  const onward = request(new URL(asked.url ?? '/', url), { method, headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  asked.pipe(onward);
  response.on('close', () => onward.destroy());
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();

answer({
  page: () =>
    `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/cluster/${cluster.id}`,
});
