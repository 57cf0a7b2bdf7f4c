import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type Sandbox, waitFor } from '@/sandbox';
import type { Benchmark, Context, Report } from './benchmark';
import { type Program, startProgram } from './child';
import { startEnsemble } from './ensemble';
import { isUp, startHowdah } from './howdah';
import { patronictlConfig } from './patronictl';
import { openStream } from './sse';
import { median, rounded, spread } from './statistics';
import { cpuMeter, now, rssMb } from './usage';

const CLUSTERS = 1000;
const SUBSCRIBERS = 10;
/** Each of three members every ten seconds, and the leader's position beside them. */
const CHURN = (CLUSTERS * 4) / 10;

interface Round {
  readonly cold: number;
  readonly rawCold: number;
  readonly cpu: number;
  readonly rawCpu: number;
  readonly rss: number;
  readonly bytes: number;
  readonly snapshot: number;
  readonly patronictl: number;
}

export const fleet: Benchmark = {
  name: 'fleet',
  says: `${CLUSTERS} clusters of three, each member rewritten every 10 s, ${SUBSCRIBERS} subscribers; against the same client library reading the same znodes, pipelined, and reading again what changes`,
  rounds: 3,
  run: async (context) => {
    const sandbox = await startEnsemble(context);
    const { connectString: connect } = sandbox;
    const synthetic = await startProgram(
      'synthetic-fleet',
      { connect, clusters: CLUSTERS, churn: CHURN },
      context,
    );
    await synthetic.ask('scopes');
    const rounds: Round[] = [];
    for (let round = 1; round <= context.rounds; round += 1) {
      context.say(`Round ${round} of ${context.rounds}`);
      const raw = await runRaw(context, { sandbox, synthetic });
      const product = await runHowdah(context, { sandbox, synthetic });
      const patronictl = await timePatronictl(context, sandbox);
      rounds.push({ ...raw, ...product, patronictl });
    }
    return report(rounds);
  },
};

interface Stage {
  readonly sandbox: Sandbox;
  readonly synthetic: Program;
}

const secondsOf = ({ quick }: Context): number => (quick ? 5 : 20);

async function runRaw(
  context: Context,
  { sandbox, synthetic }: Stage,
): Promise<Pick<Round, 'rawCold' | 'rawCpu'>> {
  const startedAt = now();
  const raw = await startProgram('raw-fleet', { connect: sandbox.connectString }, context);
  const ready = await raw.ask<{ at: number; reads: number }>('ready');
  const rawCold = (ready.at - startedAt) * 1000;
  context.say(`Raw: ${ready.reads} reads in ${rawCold.toFixed(0)} ms from the process's start`);
  await synthetic.ask('churn');
  await delay(3000);
  const cpuOf = cpuMeter(raw.pid);
  await delay(secondsOf(context) * 1000);
  const rawCpu = cpuOf();
  await synthetic.ask('calm');
  await raw.stop();
  return { rawCold, rawCpu };
}

async function runHowdah(
  context: Context,
  { sandbox, synthetic }: Stage,
): Promise<Omit<Round, 'rawCold' | 'rawCpu' | 'patronictl'>> {
  const howdah = await startHowdah({ connect: sandbox.connectString }, context);
  const shownAt = await whenShown(howdah.url);
  const cold = (shownAt - howdah.startedAt) * 1000;
  context.say(`Howdah: all shown ${cold.toFixed(0)} ms from the process's start`);
  await isUp(howdah);
  const subscribers = await startProgram(
    'subscribers',
    { url: howdah.url, count: SUBSCRIBERS, listening: 1, leaderOf: 'none', followed: [] },
    context,
  );
  const told = () => subscribers.ask<{ clusters: number; full: number }>('clusters');
  const whole = async () => (await told()).clusters === CLUSTERS;
  await waitFor(whole, { timeoutMs: 30_000, what: 'the snapshot' });
  const snapshot = (await told()).full;
  await synthetic.ask('churn');
  await delay(3000);
  await subscribers.ask('start');
  const cpuOf = cpuMeter(howdah.pid);
  await delay(secondsOf(context) * 1000);
  const cpu = cpuOf();
  const { bytes } = await subscribers.ask<{ bytes: number }>('stop');
  await synthetic.ask('calm');
  const rss = rssMb(howdah.pid);
  await Promise.all([subscribers.stop(), howdah.stop()]);
  return { cold, cpu, rss, snapshot, bytes: bytes / SUBSCRIBERS / secondsOf(context) };
}

/** When a subscriber that tries from the very start has been told of every cluster. */
function whenShown(url: string): Promise<number> {
  return new Promise((resolve) => {
    const attempt = () => {
      const stream = openStream({
        url,
        topics: 'fleet',
        onEvent: (json, at) => {
          if (!json.startsWith('{"type":"fleet"')) return;
          const { changed } = JSON.parse(json) as { changed: unknown[] };
          if (changed.length < CLUSTERS) return;
          stream.close();
          resolve(at);
        },
      });
      // Nobody listens there yet.
      stream.socket.once('error', () => setTimeout(attempt, 5));
    };
    attempt();
  });
}

/** What a person at a terminal waits for one cluster, milliseconds. */
async function timePatronictl(context: Context, sandbox: Sandbox): Promise<number> {
  const file = patronictlConfig(sandbox);
  const began = now();
  const { status, stderr } = spawnSync('patronictl', ['-c', file, 'list', 'synthetic-0001']);
  if (status !== 0) context.say(`patronictl: ${stderr}`);
  return (now() - began) * 1000;
}

function report(rounds: readonly Round[]): Report {
  const of = (key: keyof Round) => rounds.map((round) => round[key]);
  const coldRatio = median(rounds.map(({ cold, rawCold }) => cold / rawCold));
  const cpuRatio = median(rounds.map(({ cpu, rawCpu }) => cpu / rawCpu));
  const rss = median(of('rss'));
  return {
    rows: [
      {
        what: "All shown, from the process's start",
        unit: 'ms',
        howdah: spread(of('cold')),
        baseline: spread(of('rawCold')),
        ratio: coldRatio,
        bar: { says: 'at most 1.5x raw', held: coldRatio <= 1.5 },
      },
      {
        what: 'CPU, steady',
        unit: '% of a core',
        howdah: spread(of('cpu')),
        baseline: spread(of('rawCpu')),
        ratio: cpuRatio,
        bar: { says: 'at most 2x raw', held: cpuRatio <= 2 },
      },
      {
        what: 'Memory',
        unit: 'MB',
        howdah: spread(of('rss')),
        bar: { says: 'at most 300', held: rss <= 300 },
      },
      { what: 'To each subscriber', unit: 'bytes/s', howdah: spread(of('bytes')) },
      { what: 'Snapshot of the fleet', unit: 'bytes', howdah: spread(of('snapshot')) },
      {
        what: 'patronictl list, one cluster',
        unit: 'ms',
        howdah: '',
        baseline: spread(of('patronictl')),
      },
    ],
    json: {
      cold_ms: rounded(median(of('cold'))),
      raw_ms: rounded(median(of('rawCold'))),
      cold_ratio: rounded(coldRatio),
      cpu_percent: rounded(median(of('cpu'))),
      cpu_ratio_raw: rounded(cpuRatio),
      rss_mb: rounded(rss),
      bytes_per_client_per_s: rounded(median(of('bytes'))),
      snapshot_bytes: median(of('snapshot')),
      patronictl_ms: rounded(median(of('patronictl'))),
    },
  };
}
