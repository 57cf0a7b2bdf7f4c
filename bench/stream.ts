import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, waitFor } from '@/sandbox';
import type { Benchmark, Context, Report } from './benchmark';
import { type Program, startProgram } from './child';
import { startEnsemble } from './ensemble';
import { type Howdah, isUp, startHowdah } from './howdah';
import { openInspector } from './inspector';
import { known } from './signed-in';
import { median, rounded, spread } from './statistics';
import { cpuMeter, rssMb } from './usage';

const SUBSCRIBERS = 1000;
const STALLED = 10;
const PER_SECOND = 10;
const SCOPE = 'stream';
const PATH = `/api/stream?topics=${encodeURIComponent(`cluster:main~.2Fservice~${SCOPE}`)}`;

interface Heard {
  readonly deliveries: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  readonly last: string;
}

interface Phase {
  readonly perSecond: number;
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly rssPerClientKb: number;
  /** One event as it went over the wire. */
  readonly event: string;
}

interface Round {
  readonly howdah: Phase;
  readonly hand: Phase;
  readonly stalledKb: number;
}

export const stream: Benchmark = {
  name: 'stream',
  says: `${SUBSCRIBERS} subscribers, ${PER_SECOND} revisions/s of one view; then ${STALLED} more that stop reading; against the smallest Node server that writes the same bytes`,
  rounds: 3,
  run: async (context) => {
    const { connectString: connect } = await startEnsemble(context, { zookeeperServers: 1 });
    const writer = await startProgram('one-cluster', { connect, scope: SCOPE }, context);
    await writer.ask('ready');
    const rounds: Round[] = [];
    for (let round = 1; round <= context.rounds; round += 1) {
      context.say(`Round ${round} of ${context.rounds}`);
      const inspect = await freePort();
      const args = [`--inspect=127.0.0.1:${inspect}`];
      const howdah = await startHowdah({ connect, args }, context);
      await isUp(howdah);
      const product = await listen(context, { ...howdah, path: PATH, writer });
      const stalledKb = await stall(context, { howdah, inspect, writer });
      await howdah.stop();
      rounds.push({ howdah: product, stalledKb, hand: await byHand(context, product.event) });
    }
    return report(rounds);
  },
};

/** A thousand listen for a while. */
async function listen(
  context: Context,
  server: { url: string; pid: number; path: string; writer: Program | null },
): Promise<Phase> {
  const before = rssMb(server.pid);
  const { url, path } = server;
  const clients = await startProgram('stream-clients', { url, path, count: SUBSCRIBERS }, context);
  await waitFor(async () => (await clients.ask<number>('opened')) === SUBSCRIBERS, {
    timeoutMs: 60_000,
    what: 'all subscribers to be connected',
  });
  await server.writer?.ask('start', PER_SECOND);
  await delay(2000);
  const seconds = context.quick ? 5 : 15;
  await clients.ask('start');
  const cpuOf = cpuMeter(server.pid);
  await delay(seconds * 1000);
  const cpu = cpuOf();
  const heard = await clients.ask<Heard>('stop');
  const rssPerClientKb = ((rssMb(server.pid) - before) / SUBSCRIBERS) * 1024;
  await server.writer?.ask('stop');
  await clients.stop();
  const { deliveries, p50, p99, last } = heard;
  return { perSecond: deliveries / seconds, cpu, p50, p99, rssPerClientKb, event: bodyOf(last) };
}

/** What is inside HTTP's chunk frames. */
function bodyOf(chunk: string): string {
  return chunk.slice(chunk.indexOf('\r\n') + 2).replace(/\r\n[\s\S]*$/, '');
}

async function byHand(context: Context, event: string): Promise<Phase> {
  context.say(`The same ${event.length} bytes by hand`);
  const hand = await startProgram('hand-stream', { event, perSecond: PER_SECOND }, context);
  const url = `http://127.0.0.1:${await hand.ask<number>('port')}`;
  const phase = await listen(context, { url, pid: hand.pid, path: '/', writer: null });
  await hand.stop();
  return phase;
}

/** How much Howdah keeps for each browser that doesn't take what it is sent, kB. */
async function stall(
  context: Context,
  { howdah, inspect, writer }: { howdah: Howdah; inspect: number; writer: Program },
): Promise<number> {
  const inspector = await openInspector(inspect);
  const { hostname, port } = new URL(howdah.url);
  const held = async () => {
    const unsent = await metric(howdah, 'howdah_stream_unsent_bytes');
    return unsent + (await inspector.heapAfterCollection());
  };
  const args = ['bench/programs/stalled.py', hostname, port, PATH, String(STALLED)];
  const clients = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  context.onEnd(() => clients.kill('SIGKILL'));
  await once(clients.stdout, 'data');
  await writer.ask('start', 50);
  await delay(2000);
  context.say(`${STALLED} subscribers stop reading`);
  clients.kill('SIGUSR1');
  await waitFor(async () => (await metric(howdah, 'howdah_stream_stalled_clients')) === STALLED, {
    timeoutMs: 120_000,
    everyMs: 1000,
    what: 'all of them to be stalled',
  });
  await delay(context.quick ? 3000 : 15_000);
  // Measured by their going rather than by their coming: nothing else changes in that moment, while
  // in the minute it takes to fill the kernel's buffers a process's own heap moves more than this.
  const stalled = await held();
  clients.kill('SIGKILL');
  await waitFor(async () => (await metric(howdah, 'howdah_stream_clients')) === 0, {
    timeoutMs: 30_000,
    what: 'their connections to be gone',
  });
  const growth = (stalled - (await held())) / STALLED / 1024;
  await writer.ask('stop');
  inspector.close();
  return growth;
}

async function metric({ url }: Howdah, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: known() })).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

function report(rounds: readonly Round[]): Report {
  const of = (pick: (round: Round) => number) => rounds.map(pick);
  const cpuRatio = median(
    of(({ howdah, hand }) => howdah.cpu / howdah.perSecond / (hand.cpu / hand.perSecond)),
  );
  const stalled = median(of(({ stalledKb }) => stalledKb));
  const both = (pick: (phase: Phase) => number) => ({
    howdah: spread(of(({ howdah }) => pick(howdah))),
    baseline: spread(of(({ hand }) => pick(hand))),
  });
  const mid = (who: 'howdah' | 'hand', pick: (phase: Phase) => number) =>
    rounded(median(of((round) => pick(round[who]))));
  return {
    rows: [
      { what: 'Deliveries', unit: '1/s', ...both(({ perSecond }) => perSecond) },
      {
        what: 'CPU',
        unit: '% of a core',
        ...both(({ cpu }) => cpu),
        ratio: cpuRatio,
        bar: { says: 'at most 2x hand, for each delivery', held: cpuRatio <= 2 },
      },
      { what: 'Written to received, p50', unit: 'ms', ...both(({ p50 }) => p50) },
      { what: 'Written to received, p99', unit: 'ms', ...both(({ p99 }) => p99) },
      { what: 'Memory for each subscriber', unit: 'kB', ...both((one) => one.rssPerClientKb) },
      { what: 'An event', unit: 'bytes', ...both(({ event }) => event.length) },
      {
        what: 'Kept for each stalled one',
        unit: 'kB',
        howdah: spread(of(({ stalledKb }) => stalledKb)),
        bar: { says: 'at most 64', held: stalled <= 64 },
      },
    ],
    json: {
      deliveries_per_s: mid('howdah', ({ perSecond }) => perSecond),
      cpu_ratio_hand: rounded(cpuRatio),
      p50_ms: mid('howdah', ({ p50 }) => p50),
      p99_ms: mid('howdah', ({ p99 }) => p99),
      hand_p50_ms: mid('hand', ({ p50 }) => p50),
      hand_p99_ms: mid('hand', ({ p99 }) => p99),
      rss_per_client_kb: mid('howdah', (phase) => phase.rssPerClientKb),
      stalled_growth_kb: rounded(stalled),
    },
  };
}
