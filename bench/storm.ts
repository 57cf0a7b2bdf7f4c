import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@/sandbox';
import type { Benchmark, Context, Row } from './benchmark';
import { type Program, startProgram } from './child';
import { keepToServersCores, onWatchersCore } from './cores';
import { startEnsemble } from './ensemble';
import { isUp, startHowdah } from './howdah';
import { latencies, type Sighting } from './latency';
import { median, percentile, rounded, spread } from './statistics';
import { cpuMeter, rssMb } from './usage';

const CLUSTERS = 333;
const SUBSCRIBERS = 50;
const LISTENING = 5;
const LEADER_PER_SECOND = 10;
const FOLLOWED = 12;
/** What is shown has to equal what ZooKeeper holds within this, milliseconds. */
const CONVERGES_MS = 10_000;
/** A storm's first seconds are spent on compiling what it exercises. */
const WARM_UP_MS = 20_000;

interface Watched {
  readonly scope: string;
  readonly leaderPath: string;
  readonly scopes: readonly string[];
  readonly paths: readonly string[];
}

interface Lane {
  readonly lane: string;
  readonly readsPerSecond: number;
  readonly budgetPerSecond: number | null;
}

interface Round {
  readonly writes: number;
  readonly events: number;
  readonly reads: number;
  readonly budget: number;
  readonly overBudget: number;
  readonly raw: number[];
  readonly howdah: number[];
  readonly ages: number[];
  readonly cpu: number;
  readonly naiveCpu: number;
  readonly naiveReads: number;
  readonly rss: number;
  readonly converged: boolean;
}

const idOf = (scope: string) => `main~.2Fservice~${scope}`;

export const storm: Benchmark = {
  name: 'storm',
  says: `${CLUSTERS} clusters whose members are rewritten as fast as ZooKeeper takes it, one leader changing ${LEADER_PER_SECOND} times a second, ${SUBSCRIBERS} subscribers; against a process that watches that leader alone (latency) and one that reads again on every event (CPU)`,
  rounds: 3,
  run: async (context) => {
    keepToServersCores();
    const sandbox = await startEnsemble(context);
    const { connectString: connect } = sandbox;
    const writer = await startProgram('storm-writer', { connect, clusters: CLUSTERS }, context);
    const watched = await writer.ask<Watched>('watched');
    const rounds: Round[] = [];
    for (let round = 1; round <= context.rounds; round += 1) {
      context.say(`Round ${round} of ${context.rounds}`);
      rounds.push(await runRound(context, { connect: serverOf(connect, round), writer, watched }));
    }
    return report(rounds);
  },
};

/**
 * Sessions choose a server at random, and one that also leads the ensemble answers later than the
 * others: who is compared asks the same one, another each round.
 */
function serverOf(connect: string, round: number): string {
  const servers = connect.split(',');
  return servers[round % servers.length] ?? connect;
}

interface Stage {
  /** The server that is asked in this round. */
  readonly connect: string;
  readonly writer: Program;
  readonly watched: Watched;
}

async function runRound(context: Context, stage: Stage): Promise<Round> {
  const product = await stormOnHowdah(context, stage);
  const naive = await stormOnNaive(context, stage);
  return { ...product, ...naive };
}

async function stormOnHowdah(
  context: Context,
  { connect, writer, watched }: Stage,
): Promise<Omit<Round, 'naiveCpu' | 'naiveReads'>> {
  const seconds = context.quick ? 6 : 20;
  const howdah = await onWatchersCore(() => startHowdah({ connect }, context));
  await isUp(howdah);
  const step = Math.floor(watched.scopes.length / FOLLOWED);
  const followed = watched.scopes.filter((_, n) => n % step === 0).slice(0, FOLLOWED);
  const subscribers = await onWatchersCore(() =>
    startProgram(
      'subscribers',
      {
        url: howdah.url,
        count: SUBSCRIBERS,
        listening: LISTENING,
        leaderOf: idOf(watched.scope),
        followed: followed.map(idOf),
      },
      context,
    ),
  );
  await waitFor(
    async () =>
      (await subscribers.ask<{ clusters: number }>('clusters')).clusters === watched.scopes.length,
    { timeoutMs: 60_000, what: 'all clusters to be shown' },
  );
  const raw = await onWatchersCore(() =>
    startProgram('raw-leader', { connect, path: watched.leaderPath }, context),
  );
  context.say(`Storm on Howdah for ${seconds} s`);
  await writer.ask('start', { leaderPerSecond: LEADER_PER_SECOND });
  await delay(context.quick ? 4000 : WARM_UP_MS);
  const [startedAt] = await Promise.all([subscribers.ask<number>('start'), raw.ask('start')]);
  const lanes: Lane[][] = [];
  const events: number[] = [];
  const writesBefore = await writer.ask<number>('writes');
  const cpuOf = cpuMeter(howdah.pid);
  for (let second = 0; second < seconds; second += 1) {
    await delay(1000);
    const told = await subscribers.ask<{ ensembles: { aggregator: Aggregator }[] } | null>(
      'ensembles',
    );
    const aggregator = told?.ensembles[0]?.aggregator;
    if (!aggregator) continue;
    lanes.push(aggregator.lanes);
    events.push(aggregator.eventsPerSecond);
  }
  const cpu = cpuOf();
  const rss = rssMb(howdah.pid);
  const writes = ((await writer.ask<number>('writes')) - writesBefore) / seconds;
  const heard = await subscribers.ask<{ seen: (Sighting & { by: number })[]; ages: number[] }>(
    'stop',
  );
  const { changes } = await writer.ask<{ changes: Sighting[] }>('stop');
  // What was changed before the observers started, and at the very end, is nobody's.
  const first = changes.findIndex(({ at }) => at > startedAt) + LEADER_PER_SECOND;
  const whole = changes.slice(first, -LEADER_PER_SECOND);
  const timed = (seen: readonly Sighting[]) =>
    latencies(changes, seen).slice(first, first + whole.length);
  const listeners = [...new Set(heard.seen.map(({ by }) => by))];
  const perSecond = lanes.flatMap((one) => one.filter(({ lane }) => lane === 'changes'));
  const result = {
    writes,
    events: median(events),
    reads: median(perSecond.map(({ readsPerSecond }) => readsPerSecond)),
    budget: perSecond[0]?.budgetPerSecond ?? Number.NaN,
    overBudget: lanes
      .flat()
      .filter(
        ({ budgetPerSecond, readsPerSecond }) => readsPerSecond > (budgetPerSecond ?? Infinity),
      ).length,
    raw: timed(await raw.ask<Sighting[]>('seen')),
    howdah: listeners.flatMap((by) => timed(heard.seen.filter((one) => one.by === by))),
    ages: heard.ages,
    cpu,
    rss,
    converged: await converges(context, { writer, watched, url: howdah.url }),
  };
  await Promise.all([raw.stop(), subscribers.stop(), howdah.stop()]);
  return result;
}

interface Aggregator {
  readonly eventsPerSecond: number;
  readonly lanes: Lane[];
}

/** Whether what Howdah shows equals what ZooKeeper has, within 10 s of the storm's end. */
async function converges(
  context: Context,
  { writer, watched, url }: { writer: Program; watched: Watched; url: string },
): Promise<boolean> {
  const truth = await writer.ask<{ stamps: Record<string, string>; leader: string }>('read');
  const reader = await startProgram(
    'fleet-reader',
    { url, ids: watched.scopes.map(idOf) },
    context,
  );
  let wrong: readonly string[] = [];
  const same = async () => {
    const shown = await reader.ask<{
      stamps: Record<string, string>;
      leaders: Record<string, string>;
    }>('shown');
    const differ = Object.entries(truth.stamps).flatMap(([path, stamp]) => {
      const is = shown.stamps[path.slice(path.lastIndexOf('/') + 1)];
      return is === stamp ? [] : [`${path} holds ${stamp} and shows ${is}`];
    });
    const leader = shown.leaders[idOf(watched.scope)];
    if (leader !== truth.leader) {
      differ.push(`${watched.leaderPath} holds ${truth.leader} and shows ${leader}`);
    }
    wrong = differ;
    return differ.length === 0;
  };
  const within = (timeoutMs: number) =>
    waitFor(same, { timeoutMs, everyMs: 250, what: 'convergence' }).catch(() => false);
  try {
    if (await within(CONVERGES_MS)) return true;
    context.say(`Not converged: ${wrong.length} of ${watched.paths.length}. ${wrong[0]}`);
    // Late is one fault, never another.
    const late = await within(60_000);
    context.say(late ? 'It has converged since' : `It still has not: ${wrong[0]}`);
    return false;
  } finally {
    await reader.stop();
  }
}

async function stormOnNaive(
  context: Context,
  { connect, writer, watched }: Stage,
): Promise<Pick<Round, 'naiveCpu' | 'naiveReads'>> {
  const seconds = context.quick ? 4 : 10;
  context.say(`The same storm on the naive reader for ${seconds} s`);
  const naive = await onWatchersCore(() =>
    startProgram('naive', { connect, paths: watched.paths }, context),
  );
  await writer.ask('start', { leaderPerSecond: LEADER_PER_SECOND });
  await delay(2000);
  const before = await naive.ask<number>('reads');
  const cpuOf = cpuMeter(naive.pid);
  await delay(seconds * 1000);
  const naiveCpu = cpuOf();
  const naiveReads = ((await naive.ask<number>('reads')) - before) / seconds;
  await writer.ask('stop');
  await naive.stop();
  return { naiveCpu, naiveReads };
}

function report(rounds: readonly Round[]) {
  const of = (pick: (round: Round) => number) => rounds.map(pick);
  const p = (pick: (round: Round) => number[], percent: number) =>
    of((round) => percentile(pick(round), percent));
  const [raw50, raw95] = [p(({ raw }) => raw, 50), p(({ raw }) => raw, 95)];
  const [how50, how95] = [p(({ howdah }) => howdah, 50), p(({ howdah }) => howdah, 95)];
  const cpuRatio = of(({ cpu, naiveCpu }) => cpu / naiveCpu);
  const staleness = median(p(({ ages }) => ages, 99));
  const ratio50 = median(how50) / median(raw50);
  const ratio95 = median(how95) / median(raw95);
  const converged = rounds.every((round) => round.converged);
  const over = rounds.reduce((sum, { overBudget }) => sum + overBudget, 0);
  const reads = of(({ reads }) => reads);
  const row = (what: string, unit: string, values: readonly number[]): Row => ({
    what,
    unit,
    howdah: spread(values),
  });
  const rows: Row[] = [
    row(
      'Writes',
      '1/s',
      of(({ writes }) => writes),
    ),
    row(
      'Watch events',
      '1/s',
      of(({ events }) => events),
    ),
    {
      ...row('Reads', '1/s', reads),
      baseline: spread(of(({ naiveReads }) => naiveReads)),
      bar: { says: 'never above the budget', held: over === 0 },
    },
    {
      what: 'Leader change seen, p50',
      unit: 'ms',
      howdah: spread(how50),
      baseline: spread(raw50),
      ratio: ratio50,
      bar: { says: 'at most 2x raw', held: ratio50 <= 2 },
    },
    {
      what: 'Leader change seen, p95',
      unit: 'ms',
      howdah: spread(how95),
      baseline: spread(raw95),
      ratio: ratio95,
      bar: { says: 'at most 2x raw', held: ratio95 <= 2 },
    },
    {
      what: 'CPU',
      unit: '% of a core',
      howdah: spread(of(({ cpu }) => cpu)),
      baseline: spread(of(({ naiveCpu }) => naiveCpu)),
      ratio: median(cpuRatio),
      bar: { says: 'at most 0.8x naive', held: median(cpuRatio) <= 0.8 },
    },
    {
      what: 'Age of the value shown, p99',
      unit: 'ms',
      howdah: staleness,
      bar: { says: 'under 2,000', held: staleness < 2000 },
    },
    {
      what: 'Converged',
      unit: '',
      howdah: String(converged),
      bar: { says: 'in every round', held: converged },
    },
    row(
      'Memory',
      'MB',
      of(({ rss }) => rss),
    ),
  ];
  return {
    rows,
    json: {
      writes_per_s: rounded(median(of(({ writes }) => writes))),
      events_per_s: rounded(median(of(({ events }) => events))),
      reads_per_s: rounded(median(reads)),
      read_budget: rounds[0]?.budget ?? null,
      leader_ms: {
        raw_p50: rounded(median(raw50)),
        raw_p95: rounded(median(raw95)),
        howdah_p50: rounded(median(how50)),
        howdah_p95: rounded(median(how95)),
      },
      staleness_ms_p99: rounded(staleness),
      cpu_ratio_naive: rounded(median(cpuRatio)),
      converged,
      rss_mb: rounded(median(of(({ rss }) => rss))),
    },
  };
}
