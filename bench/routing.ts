import { defaultCheckTimes } from '@/lib/routing/haproxy-checks';
import { routingAgent, startHaproxy, startHeartbeat } from '@/sandbox';
import type { Benchmark, Context, Report } from './benchmark';
import { startEnsemble } from './ensemble';
import { switchOver } from './routing/outage';
import { howdahSide, LIMIT_MS, plainSide, type Side, type Stage } from './routing/sides';
import { type Slowed, slowOne } from './routing/slowed';
import { readsPerSecond, type Throughput } from './routing/throughput';
import { mean, median, rounded, spread } from './statistics';

const SCOPE = 'reads';

/** What one side showed in one round. */
interface Phase extends Slowed {
  readonly readsPerSecond: number;
  readonly outageMs: number;
  readonly complaints: readonly string[];
}

export const routing: Benchmark = {
  name: 'routing',
  says: `a standby of three falls behind, reads through HAProxy may be ${LIMIT_MS / 1000} s old, then a switchover; against the same HAProxy with Patroni's own /replica?lag=`,
  rounds: 10,
  run: async (context) => {
    const stage = await startStage(context);
    const phases: Record<Side['name'], Phase[]> = { howdah: [], plain: [] };
    for (let round = 1; round <= context.rounds; round += 1) {
      context.say(`Round ${round} of ${context.rounds}`);
      // Whoever is first is so only in every other round.
      const order = round % 2 === 1 ? [howdahSide, plainSide] : [plainSide, howdahSide];
      for (const side of order) phases[side.name].push(await phaseOf(context, stage, side));
    }
    return report(phases.howdah, phases.plain);
  },
};

/**
 * Patroni's own times (a loop of ten seconds) and HAProxy's as the product writes them: what is
 * compared is what people have. With a loop of one second, as tests have it, Patroni's word on lag is
 * ten times as fresh as in life.
 */
async function startStage(context: Context): Promise<Stage> {
  const sandbox = await startEnsemble(context, {
    profile: 'default',
    // After each switchover pages are written whole for a while, which would blur what 3 s are in bytes.
    clusters: [{ scope: SCOPE, parameters: { wal_compression: 'on' } }],
  });
  const cluster = sandbox.cluster(SCOPE);
  await cluster.startLoad({ clients: 4, rate: 50 });
  const haproxy = await startHaproxy(sandbox, { checks: defaultCheckTimes });
  const agent = await routingAgent(sandbox, { haproxySocket: haproxy.socket });
  return { connect: sandbox.connectString, cluster, haproxy, agent };
}

async function phaseOf(context: Context, stage: Stage, side: Side): Promise<Phase> {
  const { cluster, haproxy } = stage;
  const readPort = haproxy.readPort(SCOPE);
  await cluster.waitHealthy(90_000);
  const end = await side.takeUp(context, stage);
  const heartbeat = await startHeartbeat(cluster, {
    port: haproxy.writePort(SCOPE),
    // An outage is known no finer.
    patienceMs: 300,
  });
  const [leader, [slow, next]] = [await cluster.leader(), await cluster.standbys()];
  if (!leader || !slow || !next) throw new Error('the cluster is not whole');
  const seconds = context.quick ? 4 : 8;
  const measured: Throughput[] = [];
  const measure = async () => {
    measured.push(await readsPerSecond(cluster, readPort, seconds));
  };
  await measure();
  const slowed = await slowOne(cluster, slow, {
    ...{ port: readPort, noticesMs: side.noticesMs },
    ...{ holdMs: 15_000, meanwhile: measure },
  });
  const outageMs = await switchOver(leader, next, heartbeat);
  await heartbeat.stop();
  await end();
  const phase: Phase = {
    ...slowed,
    readsPerSecond: mean(measured.map(({ perSecond }) => perSecond)),
    complaints: measured.flatMap(({ complaints }) => complaints),
    outageMs,
  };
  tell(context, side, phase);
  return phase;
}

function tell({ say }: Context, { name }: Side, phase: Phase): void {
  const { stale, judged, lastMs, readsPerSecond: reads, outageMs, failed, complaints } = phase;
  say(
    `${name}: ${stale} of ${judged} reads stale, the last one ${(lastMs / 1000).toFixed(1)} s after ` +
      `the limit; ${reads.toFixed(0)} reads/s; no writes for ${outageMs.toFixed(0)} ms`,
  );
  for (const error of new Set([...failed, ...complaints])) say(`${name}: ${error}`);
}

function report(howdah: readonly Phase[], plain: readonly Phase[]): Report {
  const total = (of: readonly Phase[], what: (one: Phase) => number) =>
    of.reduce((sum, one) => sum + what(one), 0);
  const of = (side: readonly Phase[], what: (one: Phase) => number) => side.map(what);
  const stale = [howdah, plain].map((side) => total(side, (one) => one.stale));
  const [ours = 0, theirs = 0] = stale;
  const reads = [howdah, plain].map((side) => of(side, (one) => one.readsPerSecond));
  const outages = [howdah, plain].map((side) => of(side, (one) => one.outageMs));
  const ratio = ([a = [], b = []]: readonly number[][]) => median(a) / median(b);
  const pair = (what: (one: Phase) => number) => ({
    howdah: spread(of(howdah, what)),
    baseline: spread(of(plain, what)),
  });
  return {
    rows: [
      {
        ...{ what: 'Reads that were too old', unit: '', howdah: ours, baseline: theirs },
        bar: { says: 'none, while the baseline has some', held: ours === 0 && theirs > 0 },
      },
      {
        ...{ what: 'of so many that were judged', unit: '' },
        howdah: total(howdah, (one) => one.judged),
        baseline: total(plain, (one) => one.judged),
      },
      {
        ...{ what: 'Last one too old, from the limit passed', unit: 's' },
        ...pair((one) => one.lastMs / 1000),
      },
      { what: 'Oldest that was read', unit: 's', ...pair((one) => one.oldestMs / 1000) },
      {
        ...{ what: 'Reads, a connection each', unit: '1/s', ...pair((one) => one.readsPerSecond) },
        ratio: ratio(reads),
        bar: { says: 'at least 0.95', held: ratio(reads) >= 0.95 },
      },
      {
        ...{ what: 'No writes at a switchover', unit: 'ms', ...pair((one) => one.outageMs) },
        ratio: ratio(outages),
        bar: { says: 'at most 1.2', held: ratio(outages) <= 1.2 },
      },
      {
        ...{ what: 'Reads that failed', unit: '' },
        howdah: total(howdah, (one) => one.failed.length),
        baseline: total(plain, (one) => one.failed.length),
      },
    ],
    json: {
      stale_reads_howdah: ours,
      stale_reads_plain: theirs,
      reads_per_s_howdah: rounded(median(reads[0] ?? [])),
      reads_per_s_plain: rounded(median(reads[1] ?? [])),
      write_outage_ms_howdah: rounded(median(outages[0] ?? [])),
      write_outage_ms_plain: rounded(median(outages[1] ?? [])),
    },
    ...(theirs > 0 ? {} : { voidAs: "Patroni's check let no stale read through either." }),
  };
}
