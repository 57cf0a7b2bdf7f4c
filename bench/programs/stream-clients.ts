import { connect } from 'node:net';
import { known } from '../signed-in';
import { answer, argument } from './answer';

/** Many browsers as cheaply as can be: sockets that look for the moment in what they get. */
const { url, path, count } = argument<{ url: string; path: string; count: number }>();
const { hostname, port } = new URL(url);
const MARK = Buffer.from('"written":"');

let latencies: number[] = [];
let deliveries = 0;
let bytes = 0;
let listening = false;
let opened = 0;
let last = Buffer.alloc(0);

function open(first: boolean): void {
  const socket = connect({ host: hostname, port: Number(port) });
  const who = Object.entries(known()).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${who.join('')}\r\n`);
  socket.on('error', () => {});
  socket.once('data', () => {
    opened += 1;
  });
  socket.on('data', (chunk) => {
    if (!listening) return;
    bytes += chunk.length;
    for (let at = chunk.indexOf(MARK); at >= 0; at = chunk.indexOf(MARK, at + 1)) {
      const stamp = chunk.subarray(at + MARK.length, chunk.indexOf(34, at + MARK.length));
      latencies.push(Number(process.hrtime.bigint() - BigInt(stamp.toString('latin1'))) / 1e6);
      deliveries += 1;
      if (first) last = chunk;
    }
  });
}

for (let n = 0; n < count; n += 1) open(n === 0);

answer({
  opened: () => opened,
  start: () => {
    [latencies, deliveries, bytes, listening] = [[], 0, 0, true];
  },
  stop: () => {
    listening = false;
    latencies.sort((a, b) => a - b);
    const at = (part: number) => latencies[Math.floor((latencies.length - 1) * part)] ?? null;
    return { deliveries, bytes, p50: at(0.5), p99: at(0.99), last: last.toString() };
  },
});
