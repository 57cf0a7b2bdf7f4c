import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { type PatroniCluster, type Sandbox, waitFor } from '@/sandbox';
import type { Benchmark, Context, Report } from './benchmark';
import { type Program, startProgram } from './child';
import { keepToServersCores } from './cores';
import { startEnsemble } from './ensemble';
import { isUp, startHowdah } from './howdah';
import { patronictlConfig } from './patronictl';
import { figure, median, percentile, rounded } from './statistics';
import { noteLeaders, openFleetPage, type Shown, shownOn } from './watched-page';

const CLUSTERS = 15;
const CHANGES = 300;
const REAL = 10;
const SCOPE = 'real';
const LIMIT_MS = 50;

interface Seen {
  readonly path: string;
  readonly name: string;
  readonly at: number;
}

interface Killed {
  /** When the page showed the new leader, after `raw` saw it, milliseconds. */
  readonly afterRaw: number;
  /** The same for a terminal with `patronictl list -W`, refreshed every second. */
  readonly patronictl: number;
}

export const failover: Benchmark = {
  name: 'failover',
  says: `${CHANGES} leader changes on synthetic clusters and ${REAL} real leaders killed, as a browser shows them; against a process that watches those leader znodes alone, and patronictl list -w 1`,
  rounds: 1,
  run: async (context) => {
    keepToServersCores();
    const sandbox = await startEnsemble(context, {
      profile: 'fast',
      clusters: [{ scope: SCOPE, members: 3 }],
    });
    const { connectString: connect } = sandbox;
    const [real] = sandbox.clusters;
    if (!real) throw new Error('there is no real cluster');
    const synthetic = await startProgram(
      'synthetic-fleet',
      { connect, clusters: CLUSTERS, churn: 50 },
      context,
    );
    const scopes = await synthetic.ask<string[]>('scopes');
    const { user, password } = real.monitoring;
    const env = { HOWDAH_MONITOR_USER: user, HOWDAH_MONITOR_PASSWORD: password };
    const howdah = await startHowdah({ connect, env }, context);
    await isUp(howdah);
    const page = await openFleetPage(howdah.url, context);
    const paths = [...scopes, SCOPE].map((scope) => `/service/${scope}/leader`);
    const raw = await startProgram('raw-leaders', { connect, paths }, context);
    await raw.ask('seen');
    await noteLeaders(page);
    const stage: Stage = { sandbox, synthetic, scopes, real, page, raw };
    const changed = await changeSynthetic(context, stage);
    return report(changed, await killReal(context, stage));
  },
};

interface Stage {
  readonly sandbox: Sandbox;
  readonly synthetic: Program;
  readonly scopes: readonly string[];
  readonly real: PatroniCluster;
  readonly page: Page;
  readonly raw: Program;
}

/** How long after `raw` the page showed each change, milliseconds. */
async function changeSynthetic(context: Context, stage: Stage): Promise<number[]> {
  const { synthetic, scopes, page, raw } = stage;
  const changes = context.quick ? 40 : CHANGES;
  await synthetic.ask('churn');
  context.say(`${changes} leader changes on ${scopes.length} synthetic clusters`);
  const seenBefore = (await raw.ask<Seen[]>('seen')).length;
  for (let n = 0; n < changes; n += 1) {
    await synthetic.ask('switchLeader', scopes[n % scopes.length]);
    await delay(100);
  }
  await synthetic.ask('calm');
  const seen = (await raw.ask<Seen[]>('seen')).slice(seenBefore);
  await waitFor(async () => (await shownOn(page)).length >= seen.length, {
    timeoutMs: 10_000,
    what: 'the page to show the last change',
  }).catch(() => context.say('The page has not shown every change'));
  return afterRaw(seen, await shownOn(page));
}

/** For each change that `raw` saw: when the page showed that leader, next after it. */
function afterRaw(seen: readonly Seen[], shown: readonly Shown[]): number[] {
  const used = new Set<Shown>();
  return seen.map(({ path, name, at }) => {
    const cluster = path.split('/')[2];
    // The page may be the quicker one: it has its own watch.
    const found = shown.find(
      (one) =>
        !used.has(one) && one.cluster === cluster && one.leader === name && one.at > at - LIMIT_MS,
    );
    if (found) used.add(found);
    return found ? found.at - at : Number.POSITIVE_INFINITY;
  });
}

async function killReal(context: Context, stage: Stage): Promise<Killed[]> {
  const { sandbox, real, page, raw } = stage;
  const terminal = watchByPatronictl(sandbox, context);
  const killed: Killed[] = [];
  for (let n = 1; n <= (context.quick ? 2 : REAL); n += 1) {
    await real.waitHealthy(90_000);
    const leader = await real.leader();
    if (!leader) throw new Error('the real cluster has no leader');
    const before = (await raw.ask<Seen[]>('seen')).length;
    context.say(`Real failover ${n}: ${leader.name} is killed`);
    await leader.kill();
    const seen = await waitFor(
      async () =>
        (await raw.ask<Seen[]>('seen'))
          .slice(before)
          .find(({ path, name }) => path === `/service/${SCOPE}/leader` && name !== leader.name),
      { timeoutMs: 60_000, what: 'a new leader' },
    );
    const isIt = ({ cluster, leader: shown, at }: Shown) =>
      cluster === SCOPE && shown === seen.name && at > seen.at - LIMIT_MS;
    const shown = await waitFor(async () => (await shownOn(page)).find(isIt), {
      timeoutMs: 10_000,
      what: 'the page to show it',
    });
    const printed = await waitFor(
      () => terminal.find((one) => one.leader === seen.name && one.at > seen.at - LIMIT_MS),
      { timeoutMs: 20_000, what: 'patronictl to print it' },
    );
    killed.push({ afterRaw: shown.at - seen.at, patronictl: printed.at - seen.at });
    await leader.start();
  }
  return killed;
}

/** `patronictl list -w 1` at a terminal: which leader it has printed, and when. */
function watchByPatronictl(
  sandbox: Sandbox,
  { onEnd }: Context,
): { readonly leader: string; readonly at: number }[] {
  const printed: { leader: string; at: number }[] = [];
  const file = patronictlConfig(sandbox);
  const child = spawn('patronictl', ['-c', file, 'list', '-w', '1', SCOPE], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  onEnd(() => child.kill('SIGKILL'));
  child.stdout.on('data', (chunk: Buffer) => {
    const at = performance.timeOrigin + performance.now();
    for (const line of chunk.toString().split('\n')) {
      const leader = /^\|\s*(\S+)\s*\|.*\|\s*Leader\s*\|/.exec(line)?.[1];
      if (leader !== undefined && printed.at(-1)?.leader !== leader) printed.push({ leader, at });
    }
  });
  return printed;
}

function report(changed: readonly number[], killed: readonly Killed[]): Report {
  const [p50, p95] = [percentile(changed, 50), percentile(changed, 95)];
  const real = killed.map(({ afterRaw: after }) => after);
  const worst = Math.max(...real);
  const terminal = median(killed.map(({ patronictl }) => patronictl));
  return {
    rows: [
      { what: 'Shown after raw saw it, synthetic, p50', unit: 'ms', howdah: p50 },
      {
        what: 'Shown after raw saw it, synthetic, p95',
        unit: 'ms',
        howdah: p95,
        bar: { says: 'at most 50', held: p95 <= LIMIT_MS },
      },
      {
        what: 'Shown after raw saw it, real, worst',
        unit: 'ms',
        howdah: worst,
        bar: { says: 'at most 50 in each', held: worst <= LIMIT_MS },
      },
      { what: 'Each real one', unit: 'ms', howdah: real.map(figure).join(' ') },
      { what: 'patronictl list -w 1, real, p50', unit: 'ms', howdah: '', baseline: terminal },
    ],
    json: {
      seen_after_raw_ms_p50: rounded(p50),
      seen_after_raw_ms_p95: rounded(p95),
      real: real.map(rounded),
      patronictl_ms_p50: rounded(terminal),
    },
  };
}
