import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { waitFor } from '@/sandbox';
import type { Benchmark, Context } from './benchmark';
import { type Program, startProgram } from './child';
import type { Absorbing } from './history/absorb';
import { chartsOf, drawCharts, stretchOf } from './history/charts';
import type { Cost } from './history/cost';
import type { Live } from './history/live';
import type { Server } from './history/product';
import { type Figures, report } from './history/report';
import { DAY, fillYear, HOUR, type Year, yearCluster } from './history/year';

const CLUSTERS = 1000;
/** Yesterday, in the middle of an hour: rollups are made up to the last whole one. */
const ENDED = Math.floor(Date.now() / DAY) * DAY - DAY + 15.5 * HOUR;
const YEAR = 'year';
/** A page of the past shows so much at once, in so many buckets. */
const AROUND = { ms: 600_000, buckets: 1200 };

interface Stage {
  readonly server: Server;
  readonly product: Program;
  readonly hand: Program;
  readonly year: Year;
}

export const history: Benchmark = {
  name: 'history',
  says: `an hour of ${CLUSTERS * 3} members sampled every second, written as fast as it goes, then at the rate it would come; charts and moments of a year of clusters; against COPY into a plain table and SQL by hand, on the same server`,
  rounds: 3,
  unbuilt: true,
  run: async (context) => {
    const stage = await setUp(context);
    const says = await stage.product.ask<string>('prepare', YEAR);
    const rows = await fillYear(configOf(stage, YEAR), stage.year, context.say);
    await stage.product.ask('year', { name: YEAR, now: ENDED });
    await stage.hand.ask('year', YEAR);
    const rounds: Figures[] = [];
    for (let round = 1; round <= context.rounds; round += 1) {
      context.say(`Round ${round} of ${context.rounds}`);
      rounds.push(await runRound(context, stage));
    }
    return report(rounds, { server: says, rows, clusters: stage.year.clusters });
  },
};

async function setUp(context: Context): Promise<Stage> {
  // Read at run time, beside the program.
  cpSync('server/adapters/store/migrations', 'dist/bench/migrations', { recursive: true });
  const debian = context.server === 'debian';
  const args = context.profile ? ['--cpu-prof', '--cpu-prof-dir=dist/profiles'] : [];
  const product = await startProgram('history-product', { debian }, { ...context, args });
  const server = await product.ask<Server>('server');
  context.onEnd(async () => {
    await product.ask('end').catch(() => {});
    const ended = () => !existsSync(`/proc/${server.postmaster}`);
    await waitFor(ended, { timeoutMs: 30_000, what: 'the server to end' });
    rmSync(join(server.folder, '..'), { recursive: true, force: true });
  });
  const hand = await startProgram('history-hand', server, context);
  const year = { clusters: context.quick ? 5 : 30, now: ENDED };
  const stage = { server, product, hand, year };
  await statement(stage, 'postgres', `create database ${YEAR}`);
  return stage;
}

const configOf = ({ server }: Stage, database: string) => ({ ...server.config, database });

async function statement(stage: Stage, database: string, text: string) {
  const client = new pg.Client(configOf(stage, database));
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function runRound(context: Context, stage: Stage): Promise<Figures> {
  const absorbing = {
    clusters: CLUSTERS,
    from: ENDED - (ENDED % HOUR),
    seconds: context.quick ? 300 : 3600,
  };
  context.say(`${absorbing.seconds} s of samples are absorbed`);
  const absorbed = await absorb(stage, { who: 'product', ...absorbing });
  const byHand = await absorb(stage, { who: 'hand', ...absorbing });
  for (const [who, { cpu, server, wall, bytes }] of Object.entries({ absorbed, byHand })) {
    context.say(
      `${who}: ${cpu.toFixed(1)} s of CPU, ${server.toFixed(1)} s in the server, ${wall.toFixed(1)} s, ${bytes.toFixed(1)} bytes a sample`,
    );
  }
  context.say('Charts');
  const drawn = await drawCharts(stage, {
    ...{ ended: ENDED, clusters: stage.year.clusters },
    times: context.quick ? 9 : 25,
  });
  for (const { name, howdah, hand } of drawn) {
    context.say(`${name}: ${howdah.toFixed(1)} ms, by hand ${hand.toFixed(1)} ms`);
  }
  context.say('Moments');
  const travels = await travel(stage, context.quick ? 50 : 200);
  const plays = await play(stage);
  const seconds = context.quick ? 35 : 60;
  context.say(`At the real rate for ${seconds} s, then charts and sessions beside it`);
  const live = await stage.product.ask<Live>('live', {
    clusters: CLUSTERS,
    seconds,
    beside: context.quick ? 5 : 20,
    chart: chartsOf(yearCluster(1), ENDED).year,
  });
  return {
    samples: CLUSTERS * 3 * absorbing.seconds,
    absorbed,
    byHand,
    drawn,
    travels,
    plays,
    live,
  };
}

/** To random moments of the year, each of a random cluster. @returns how long each took, milliseconds. */
async function travel({ product, year }: Stage, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const at = Math.floor(ENDED - Math.random() * 364 * DAY);
    const cluster = yearCluster(1 + Math.floor(Math.random() * year.clusters));
    const around = { cluster, from: at - AROUND.ms / 2, until: at + AROUND.ms / 2 };
    const one = await product.ask<{ ms: number; is: string }>('travel', {
      ...{ ...around, at, buckets: AROUND.buckets },
    });
    if (one.is !== 'known' && one.is !== 'unwatched') throw new Error(`a moment is ${one.is}`);
    took.push(one.ms);
  }
  return took;
}

/** The last hour of some clusters, second by second. @returns how many times faster than it was. */
async function play({ product }: Stage): Promise<number[]> {
  const plays: number[] = [];
  for (let n = 1; n <= 5; n += 1) {
    const hour = stretchOf(yearCluster(n), { until: ENDED, ms: HOUR, buckets: HOUR / 1000 });
    plays.push(HOUR / (await product.ask<number>('play', hour)));
  }
  return plays;
}

/** In a database of its own, that the other has left nothing in. */
async function absorb(
  stage: Stage,
  { who, ...absorbing }: Absorbing & { who: 'product' | 'hand' },
) {
  const name = `absorbed_by_${who}`;
  await statement(stage, 'postgres', `create database ${name}`);
  if (who === 'product') await stage.product.ask('prepare', name);
  await statement(stage, name, 'checkpoint');
  const cost = await stage[who].ask<Cost & { rollUps?: Cost }>('absorb', { name, ...absorbing });
  const table = who === 'product' ? 'howdah.lag_chunk_samples' : 'hand';
  const [{ bytes }] = (await statement(
    stage,
    name,
    `select sum(pg_total_relation_size(relid))::float8 as bytes from pg_partition_tree('${table}')`,
  )) as [{ bytes: number }];
  await statement(stage, 'postgres', `drop database ${name} with (force)`);
  return { ...cost, bytes: bytes / (absorbing.clusters * 3 * absorbing.seconds) };
}
