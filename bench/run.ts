import { parseArgs } from 'node:util';
import { buildIfNeeded } from '../setup/build';
import type { Benchmark, Context } from './benchmark';
import { tableOf } from './table';

/** Loaded when asked for: each brings what it alone needs. */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  storm: async () => (await import('./storm')).storm,
  fleet: async () => (await import('./fleet')).fleet,
  stream: async () => (await import('./stream')).stream,
  probe: async () => (await import('./probe')).probe,
  ui: async () => (await import('./ui')).ui,
  failover: async () => (await import('./failover')).failover,
  history: async () => (await import('./history')).history,
  routing: async () => (await import('./routing')).routing,
};

const USAGE = `Usage: npm run bench -- NAME [--rounds N] [--quick] [--profile] [--json]
NAME is one of: ${Object.keys(benchmarks).join(', ')}; for history also [--server debian]`;

/** Runs one benchmark. Its report goes to standard output, its progress to standard error. */
async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      server: { type: 'string', default: 'embedded' },
    },
  });
  const name = positionals.join(' ');
  const load = benchmarks[name];
  if (!load) {
    process.stderr.write(`${name === '' ? '' : `There is no benchmark "${name}".\n`}${USAGE}\n`);
    return 2;
  }
  const benchmark = await load();
  const began = Date.now();
  const say = (line: string) =>
    process.stderr.write(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
  const ends: (() => unknown)[] = [];
  const end = async () => {
    for (const task of ends.splice(0).reverse()) {
      await Promise.resolve(task()).catch((error: unknown) => say(`While ending: ${error}`));
    }
  };
  process.once('SIGINT', () => void end().then(() => process.exit(130)));
  const { quick, json, rounds, profile, server } = values;
  const context: Context = {
    rounds: Number(rounds ?? (quick ? 1 : benchmark.rounds)),
    quick,
    profile,
    server,
    say,
    onEnd: (task) => ends.push(task),
  };
  try {
    if (!benchmark.unbuilt && !(await buildIfNeeded()))
      throw new Error('Howdah could not be built');
    say(`${benchmark.name}: ${benchmark.says}`);
    const report = await benchmark.run(context);
    process.stdout.write(`\n${tableOf(report).join('\n')}\n`);
    if (json) {
      process.stdout.write(`${JSON.stringify({ benchmark: name, ...report.json })}\n`);
    }
    if (report.voidAs === undefined) return 0;
    process.stderr.write(`The run does not count: ${report.voidAs}\n`);
    return 1;
  } finally {
    await end();
  }
}

const code = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  return 1;
});
process.exit(code);
