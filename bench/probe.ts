import { setTimeout as delay } from 'node:timers/promises';
import {
  absentClusters,
  asRegistered,
  type FarmServer,
  type PostgresFarm,
  register,
  type Sandbox,
  startMuteServer,
  startPostgresFarm,
  waitFor,
} from '@/sandbox';
import type { Benchmark, Context, Row } from './benchmark';
import { startProgram } from './child';
import { startEnsemble } from './ensemble';
import { type Howdah, isUp, startHowdah } from './howdah';
import { askedOf, type Logged } from './statement-log';
import { median, rounded, spread } from './statistics';
import { cpuMeter } from './usage';

const MEMBERS = 3;
const CLUSTERS = 8;
const INTERVAL_MS = 500;
/** A gap between two polls of a server above this is a delay. */
const LATE_MS = 1.5 * INTERVAL_MS + 250;

interface Stage {
  readonly sandbox: Sandbox;
  readonly farm: PostgresFarm;
  readonly absent: number;
  readonly seconds: number;
  /** How many members each server is registered as: more polls than there are servers. */
  readonly repeat: number;
}

/** What one client did to the servers it asked, by their own logs. */
interface Asked {
  readonly perSecond: number;
  readonly cpu: number;
  readonly dbMs: number;
}

interface Round {
  readonly howdah: Asked;
  readonly baseline: Asked;
  readonly gaps: number[];
  readonly backMs: number;
}

export const probe: Benchmark = {
  name: 'probe',
  says: `${CLUSTERS * MEMBERS} real PostgreSQL members asked every ${INTERVAL_MS} ms, beside as many that are absent or mute, then with half of the real ones frozen; against one client that asks the same servers the same statement in turn, at the same rate`,
  rounds: 3,
  run: async (context) => {
    const repeat = Number(process.env.BENCH_REPEAT ?? 1);
    const sandbox = await startEnsemble(context, { zookeeperServers: 1 });
    const farm = await startPostgresFarm(sandbox, {
      clusters: CLUSTERS,
      members: MEMBERS,
      parameters: { log_min_duration_statement: 0, max_connections: 12 + repeat },
      onProgress: context.say,
    });
    const mute = await startMuteServer();
    context.onEnd(() => mute.close());
    const size = { clusters: CLUSTERS / 2, members: MEMBERS };
    const absent = [...absentClusters('absent', size), ...absentClusters('mute', size, mute.port)];
    const real = Array.from({ length: repeat }, (_, copy) =>
      asRegistered(farm).map((one) => ({ ...one, scope: `${one.scope}-${copy + 1}` })),
    ).flat();
    const registration = await register(sandbox.connectString, [...real, ...absent]);
    context.onEnd(() => registration.close());
    const seconds = context.quick ? 8 : 20;
    const stage = { sandbox, farm, seconds, repeat, absent: absent.length * MEMBERS };
    const rounds: Round[] = [];
    for (let round = 1; round <= context.rounds; round += 1) {
      context.say(`Round ${round} of ${context.rounds}`);
      rounds.push(await runRound(context, stage));
    }
    return report(rounds, stage);
  },
};

async function runRound(context: Context, stage: Stage): Promise<Round> {
  const { farm, sandbox, seconds, repeat } = stage;
  const { user, password } = farm.monitoring;
  const howdah = await startHowdah(
    {
      connect: sandbox.connectString,
      env: {
        HOWDAH_MONITOR_USER: user,
        HOWDAH_MONITOR_PASSWORD: password,
        HOWDAH_POLL_IDLE_MS: String(INTERVAL_MS),
        HOWDAH_POLL_ATTENDED_MS: String(INTERVAL_MS),
        HOWDAH_POLL_MOST_CONNECTIONS: String(400 * repeat),
        HOWDAH_POLL_MOST_PER_HOST: String(64 * repeat),
      },
    },
    context,
  );
  await isUp(howdah);
  await everyoneAnswers(farm, Date.now());
  // What is absent is backed off from by then.
  await delay(context.quick ? 2000 : 8000);
  context.say(`Howdah asks for ${seconds} s`);
  const calm = await measured(howdah.pid, { farm, seconds, application: 'howdah' });
  const { gaps, backMs } = await withHalfFrozen(context, stage, howdah);
  await howdah.stop();

  context.say(`One client asks the same for ${seconds} s`);
  const client = await startProgram(
    'psql-like',
    {
      ports: farm.servers.map(({ port }) => port),
      ...farm.monitoring,
      text: calm.text,
      perSecond: (repeat * farm.servers.length * 1000) / INTERVAL_MS,
    },
    context,
  );
  await waitFor(async () => (await client.ask<number>('polls')) > 3 * farm.servers.length, {
    timeoutMs: 20_000,
    what: 'the client to have asked everybody',
  });
  const baseline = await measured(client.pid, { farm, seconds, application: 'psql-like' });
  await client.stop();
  return { howdah: calm, baseline, gaps, backMs };
}

interface Measuring {
  readonly farm: PostgresFarm;
  readonly seconds: number;
  readonly application: string;
}

async function measured(
  pid: number,
  { farm, seconds, application }: Measuring,
): Promise<Asked & { readonly text: string }> {
  const from = Date.now();
  const cpuOf = cpuMeter(pid);
  await delay(seconds * 1000);
  const cpu = cpuOf();
  const span = { from, to: Date.now() };
  const logged = farm.servers.flatMap(({ logFile }) => askedOf(logFile, application, span));
  const asked = logged.filter(isPoll);
  return {
    perSecond: (asked.length * 1000) / (span.to - from),
    cpu,
    dbMs: logged.reduce((sum, { ms }) => sum + ms, 0) / asked.length,
    text: asked[0]?.text ?? '',
  };
}

/** The one statement of the probe, and of it the step that gives the answer. */
function isPoll({ step, text }: Logged): boolean {
  return (step === 'execute' || step === 'statement') && text.includes('pg_stat_replication');
}

/** Freezes every second server. @returns gaps between polls of the others, and how long coming back took */
async function withHalfFrozen(
  context: Context,
  { farm, seconds }: Stage,
  howdah: Howdah,
): Promise<Pick<Round, 'gaps' | 'backMs'>> {
  const frozen = farm.servers.filter((_, index) => index % 2 === 0);
  const healthy = farm.servers.filter((_, index) => index % 2 === 1);
  context.say(`${frozen.length} servers are frozen for ${seconds} s`);
  const from = Date.now();
  for (const server of frozen) await server.freeze();
  await delay(seconds * 1000);
  const to = Date.now();
  for (const server of frozen) server.thaw();
  const gaps = healthy.flatMap((server) => gapsOf(server, { from, to }));
  await everyoneAnswers(farm, to);
  context.say(`All answer again after ${Date.now() - to} ms; Howdah is process ${howdah.pid}`);
  return { gaps, backMs: Date.now() - to };
}

/** Milliseconds between two polls, and from the last to the end: silence counts as well. */
function gapsOf({ logFile }: FarmServer, span: { from: number; to: number }): number[] {
  const at = askedOf(logFile, 'howdah', span)
    .filter(isPoll)
    .map((poll) => poll.at);
  return [...at, span.to].map((time, index) => time - (at[index - 1] ?? span.from));
}

async function everyoneAnswers(farm: PostgresFarm, since: number): Promise<void> {
  const answered = ({ logFile }: FarmServer) =>
    askedOf(logFile, 'howdah', { from: since, to: Date.now() }).filter(isPoll).length > 1;
  await waitFor(() => farm.servers.every(answered), {
    timeoutMs: 60_000,
    everyMs: 500,
    what: 'every real server to be asked',
  });
}

function report(rounds: readonly Round[], { farm, absent, repeat }: Stage) {
  const members = repeat * farm.servers.length;
  const of = (pick: (round: Round) => number) => rounds.map(pick);
  const perPoll = ({ cpu, perSecond }: Asked) => (cpu * 10) / perSecond;
  const delayed = rounds.flatMap(({ gaps }) => gaps).filter((gap) => gap > LATE_MS).length;
  const ratio = of(({ howdah, baseline }) => perPoll(howdah) / perPoll(baseline));
  const dbRatio = of(({ howdah, baseline }) => howdah.dbMs / baseline.dbMs);
  const longest = of(({ gaps }) => Math.max(...gaps));
  const pair = (what: string, unit: string, pick: (asked: Asked) => number): Row => ({
    what,
    unit,
    howdah: spread(of(({ howdah }) => pick(howdah))),
    baseline: spread(of(({ baseline }) => pick(baseline))),
  });
  const rows: Row[] = [
    { what: 'Members that answer', unit: '', howdah: members },
    { what: 'PostgreSQL servers that they are', unit: '', howdah: farm.servers.length },
    { what: 'Members that are absent or mute', unit: '', howdah: absent },
    pair('Polls', '1/s', ({ perSecond }) => perSecond),
    pair('CPU', '% of a core', ({ cpu }) => cpu),
    { ...pair('CPU of a poll', 'ms', perPoll), ratio: median(ratio) },
    { ...pair('In the database, of a poll', 'ms', ({ dbMs }) => dbMs), ratio: median(dbRatio) },
    {
      what: 'Polls of healthy members delayed, half frozen',
      unit: '',
      howdah: delayed,
      bar: { says: '0', held: delayed === 0 },
    },
    { what: 'Longest gap between two of them', unit: 'ms', howdah: spread(longest) },
    {
      what: 'Until all answer again',
      unit: 'ms',
      howdah: spread(of(({ backMs }) => backMs)),
    },
  ];
  const figure = (pick: (round: Round) => number) => rounded(median(of(pick)));
  return {
    rows,
    json: {
      members,
      servers: farm.servers.length,
      members_absent: absent,
      interval_ms: INTERVAL_MS,
      polls_per_s: figure(({ howdah }) => howdah.perSecond),
      cpu_percent: figure(({ howdah }) => howdah.cpu),
      db_ms_per_poll: figure(({ howdah }) => howdah.dbMs),
      delayed_polls_healthy: delayed,
      longest_gap_ms: rounded(Math.max(...longest)),
      back_ms: figure(({ backMs }) => backMs),
      baseline_polls_per_s: figure(({ baseline }) => baseline.perSecond),
      baseline_cpu_percent: figure(({ baseline }) => baseline.cpu),
      baseline_db_ms_per_poll: figure(({ baseline }) => baseline.dbMs),
      cpu_ratio_poll: rounded(median(ratio)),
      db_ratio_poll: rounded(median(dbRatio)),
    },
  };
}
