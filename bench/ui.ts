import { waitFor } from '@/sandbox';
import type { Benchmark, Context, Report } from './benchmark';
import { type Program, startProgram } from './child';
import { keepToServersCores } from './cores';
import { startEnsemble } from './ensemble';
import { type Howdah, isUp, startHowdah } from './howdah';
import { PageMeter } from './page-meter';
import { signInBrowser } from './signed-in';
import { figure, median, rounded, spread } from './statistics';
import { launchChromium } from './watched-page';

const CLUSTERS = 1000;
/** Six times what a thousand clusters of three write by themselves. */
const STORM = { writes: 1800, states: 200, leaders: 10 };
const CALM_MS = 3000;

interface Fleet {
  readonly firstRender: number;
  readonly longTasks: number[];
  readonly script: { readonly wall: number; readonly cpu: number };
  readonly scrolling: number[];
  readonly heapGrowth: number;
  readonly kb: number;
  readonly seconds: number;
}

interface Round {
  readonly fleet: Fleet;
  readonly cluster: number[];
  readonly hand: { readonly script: number; readonly longTasks: number[] };
}

export const ui: Benchmark = {
  name: 'ui',
  says: `Chromium, ${CLUSTERS} clusters, ${STORM.writes} writes/s of which ${STORM.states} are seen, ${STORM.leaders} leader changes/s: the fleet page, then a cluster's; against a page that only receives and parses the same frames`,
  rounds: 1,
  run: async (context) => {
    keepToServersCores();
    const { connectString: connect } = await startEnsemble(context);
    const storm = await startProgram('storm-fleet', { connect, clusters: CLUSTERS }, context);
    const [scope = ''] = await storm.ask<string[]>('scopes');
    const howdah = await startHowdah({ connect }, context);
    await isUp(howdah);
    await storm.ask('start', STORM);
    const rounds: Round[] = [];
    for (let round = 1; round <= context.rounds; round += 1) {
      const fleet = await fleetPage(context, howdah);
      const cluster = await clusterPage(context, howdah, scope);
      const hand = await handPage(context, howdah);
      rounds.push({ fleet, cluster, hand });
    }
    await sayStorm(context, storm);
    await storm.stop();
    const hours: number[][] = [];
    for (let round = 1; round <= context.rounds; round += 1) {
      hours.push(await hourPage(context, howdah));
    }
    return report(rounds, hours);
  },
};

async function sayStorm(context: Context, storm: Program): Promise<void> {
  const done = await storm.ask<typeof STORM>('done');
  context.say(`Written: ${done.writes}, seen: ${done.states}, leaders: ${done.leaders}`);
}

/** A browser that has come to rest: its own start is not the page's. */
async function openBrowser(context: Context, { url }: Howdah) {
  const browser = await launchChromium(context);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // A cookie is a host's, on whatever port: stand-ins that pass it on are known as well.
  await signInBrowser(page.context(), url);
  await page.waitForTimeout(CALM_MS);
  return { browser, page };
}

async function fleetPage(context: Context, howdah: Howdah): Promise<Fleet> {
  const { url } = howdah;
  const { browser, page } = await openBrowser(context, howdah);
  const meter = await PageMeter.attach(page);
  await page.goto(url);
  await waitFor(async () => (await meter.firstRowAt()) > 0, { timeoutMs: 30_000, what: 'a row' });
  const firstRender = await meter.firstRowAt();
  await page.waitForTimeout(CALM_MS);
  const kb = meter.scriptBytes / 1024;
  const seconds = context.quick ? 10 : 60;
  context.say(`The fleet page for ${seconds} s`);
  const from = await meter.now();
  const script = await meter.scriptMsPerSecond(seconds);
  const longTasks = await meter.longTasksSince(from);
  context.say('Scrolling');
  const scrollingFrom = await meter.now();
  await page.mouse.move(700, 600);
  for (let n = 0; n < 100; n += 1) {
    await page.mouse.wheel(0, n < 50 ? 400 : -400);
    await page.waitForTimeout(50);
  }
  const scrolling = await meter.longTasksSince(scrollingFrom);
  const heapSeconds = context.quick ? 20 : 600;
  context.say(`Its heap over ${heapSeconds} s`);
  const heapBefore = await meter.heapMb();
  await page.waitForTimeout(heapSeconds * 1000);
  const heapGrowth = (await meter.heapMb()) - heapBefore;
  await browser.close();
  return { firstRender, longTasks, script, scrolling, heapGrowth, kb, seconds };
}

/** The long tasks of a page with an hour of lag, from when it knows of it: the first drawing too. */
async function hourPage(context: Context, howdah: Howdah): Promise<number[]> {
  const { url } = howdah;
  context.say('An hour of lag of six standbys');
  const server = await startProgram('hour-page', { url }, context);
  const { browser, page } = await openBrowser(context, howdah);
  const meter = await PageMeter.attach(page);
  await page.goto(`${await server.ask<string>('page')}?range=1h`);
  await page.locator('[data-testid="member-node"]').first().waitFor();
  const from = await meter.now();
  await page.locator('.lag-line').nth(5).waitFor();
  await page.waitForTimeout(context.quick ? 12_000 : 30_000);
  const tasks = await meter.longTasksSince(from);
  await browser.close();
  await server.stop();
  return tasks;
}

/** The longest tasks of a cluster's page, its first render left out. */
async function clusterPage(context: Context, howdah: Howdah, scope: string): Promise<number[]> {
  const { url } = howdah;
  context.say("A cluster's page");
  const { browser, page } = await openBrowser(context, howdah);
  const meter = await PageMeter.attach(page);
  await page.goto(`${url}/cluster/main~.2Fservice~${scope}`);
  await page.locator('[data-testid="member-node"]').first().waitFor();
  await page.waitForTimeout(CALM_MS);
  const from = await meter.now();
  await page.waitForTimeout(context.quick ? 5000 : 30_000);
  const tasks = await meter.longTasksSince(from);
  await browser.close();
  return tasks;
}

async function handPage(context: Context, howdah: Howdah): Promise<Round['hand']> {
  const { url } = howdah;
  const seconds = context.quick ? 5 : 30;
  context.say(`The hand-made page for ${seconds} s`);
  const server = await startProgram('hand-page', { url }, context);
  const { browser, page } = await openBrowser(context, howdah);
  const meter = await PageMeter.attach(page);
  await page.goto(`http://127.0.0.1:${await server.ask<number>('port')}/`);
  await page.waitForTimeout(CALM_MS);
  const from = await meter.now();
  const { wall: script } = await meter.scriptMsPerSecond(seconds);
  const longTasks = await meter.longTasksSince(from);
  await browser.close();
  await server.stop();
  return { script, longTasks };
}

function report(rounds: readonly Round[], hours: readonly number[][]): Report {
  const of = (pick: (round: Round) => number) => rounds.map(pick);
  const perMinute = of(({ fleet }) => (fleet.longTasks.length / fleet.seconds) * 60);
  const script = of(({ fleet }) => fleet.script.wall);
  const scriptCpu = of(({ fleet }) => fleet.script.cpu);
  const heap = of(({ fleet }) => fleet.heapGrowth);
  const kb = of(({ fleet }) => fleet.kb);
  const hand = of((round) => round.hand.script);
  const longest = (tasks: readonly number[]) => Math.max(0, ...tasks);
  const cluster = of((round) => longest(round.cluster));
  const hour = hours.map(longest);
  return {
    rows: [
      { what: 'First row', unit: 'ms', howdah: spread(of(({ fleet }) => fleet.firstRender)) },
      {
        what: 'Long tasks after the first render',
        unit: '1/min',
        howdah: spread(perMinute),
        baseline: spread(of((round) => round.hand.longTasks.length)),
        bar: { says: 'none', held: median(perMinute) === 0 },
      },
      {
        what: 'Script',
        unit: 'ms/s',
        howdah: spread(script),
        baseline: spread(hand),
        ratio: median(script) / median(hand),
        bar: { says: 'at most 60', held: median(script) <= 60 },
      },
      { what: 'Script, while it had a processor', unit: 'ms/s', howdah: spread(scriptCpu) },
      {
        what: 'Longest task while scrolling',
        unit: 'ms (0: none over 50)',
        howdah: spread(of(({ fleet }) => longest(fleet.scrolling))),
      },
      {
        what: 'Heap after collection, growth',
        unit: 'MB',
        howdah: spread(heap),
        bar: { says: 'flat: at most 2', held: median(heap) <= 2 },
      },
      {
        what: 'JavaScript of the first page',
        unit: 'kB compressed',
        howdah: spread(kb),
        bar: { says: 'at most 250', held: median(kb) <= 250 },
      },
      {
        what: "Longest task of a cluster's page",
        unit: 'ms (0: none over 50)',
        howdah: cluster.map(figure).join(' '),
        bar: { says: 'at most 100', held: median(cluster) <= 100 },
      },
      {
        what: 'Longest task of a page with an hour of lag of six standbys, calm',
        unit: 'ms (0: none over 50)',
        howdah: hour.map(figure).join(' '),
        bar: { says: 'at most 100', held: median(hour) <= 100 },
      },
    ],
    json: {
      first_render_ms: rounded(median(of(({ fleet }) => fleet.firstRender))),
      long_tasks_per_min: rounded(median(perMinute)),
      script_ms_per_s: rounded(median(script)),
      script_cpu_ms_per_s: rounded(median(scriptCpu)),
      heap_growth_mb: rounded(median(heap)),
      js_gzip_kb: rounded(median(kb)),
      hand_script_ms_per_s: rounded(median(hand)),
      cluster_longest_task_ms: rounded(median(cluster)),
      hour_longest_task_ms: rounded(median(hour)),
    },
  };
}
