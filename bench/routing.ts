import { defaultCheckTimes } from '@/lib/routing/haproxy-checks';
import { routingAgent, startHaproxy, startHeartbeat } from '@/sandbox';
import type { Benchmark, Context, Report } from './benchmark';
import { startEnsemble } from './ensemble';
import { LIMIT_MS } from './routing/judge';
import { switchOver } from './routing/outage';
import { howdahSide, plainSide, type Side, type Stage } from './routing/sides';
import { type Slowed, slowOne } from './routing/slowed';
import { readsPerSecond, type Throughput } from './routing/throughput';
import { figure, mean, median, rounded, spread } from './statistics';

const SCOPE = 'reads';
/** In each phase: how long one takes depends on when HAProxy happens to ask. */
const SWITCHOVERS = 2;

/** What one side showed in one round. */
interface Phase extends Slowed {
  readonly readsPerSecond: number;
  readonly outagesMs: readonly number[];
  readonly limitBytes: number | null;
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
    // Else pages are written whole after a switchover, and the limit would be as many bytes as are
    // written in three seconds then, and in ten a minute later. Patroni's check is to have it exactly.
    clusters: [{ scope: SCOPE, parameters: { full_page_writes: 'off' } }],
  });
  const cluster = sandbox.cluster(SCOPE);
  // Nor does pg_rewind work without them: a member that would need it is made anew.
  await cluster.patchConfig({ postgresql: { remove_data_directory_on_rewind_failure: true } });
  await cluster.startLoad({ clients: 4, rate: 50 });
  const haproxy = await startHaproxy(sandbox, { checks: defaultCheckTimes });
  const agent = await routingAgent(sandbox, { haproxySocket: haproxy.socket });
  return { connect: sandbox.connectString, cluster, haproxy, agent };
}

async function phaseOf(context: Context, stage: Stage, side: Side): Promise<Phase> {
  const { cluster, haproxy } = stage;
  const readPort = haproxy.readPort(SCOPE);
  await cluster.waitHealthy(180_000);
  const { limitBytes, end } = await side.takeUp(context, stage);
  const heartbeat = await startHeartbeat(cluster, { port: haproxy.writePort(SCOPE) });
  const [slow] = await cluster.standbys();
  if (!slow) throw new Error('the cluster has no standby');
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
  await heartbeat.stop();
  const outagesMs: number[] = [];
  for (let n = 1; n <= (context.quick ? 1 : SWITCHOVERS); n += 1) {
    await cluster.waitHealthy(180_000);
    outagesMs.push(await switchOver(cluster, haproxy.writePort(SCOPE)));
  }
  await end();
  const phase: Phase = {
    ...slowed,
    readsPerSecond: mean(measured.map(({ perSecond }) => perSecond)),
    complaints: measured.flatMap(({ complaints }) => complaints),
    ...{ outagesMs, limitBytes },
  };
  tell(context, side, phase);
  return phase;
}

function tell({ say }: Context, { name }: Side, phase: Phase): void {
  const { stale, judged, lastMs, readsPerSecond: reads, outagesMs, failed, complaints } = phase;
  say(
    `${name}: ${stale} of ${judged} reads stale, the last one ${(lastMs / 1000).toFixed(1)} s after ` +
      `the limit; ${reads.toFixed(0)} reads/s; no writes for ${outagesMs.map(figure).join(' and ')} ms`,
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
  const outages = [howdah, plain].map((side) => side.flatMap(({ outagesMs }) => outagesMs));
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
        ...{ what: 'No writes at a switchover', unit: 'ms' },
        ...{ howdah: spread(outages[0] ?? []), baseline: spread(outages[1] ?? []) },
        ratio: ratio(outages),
        bar: { says: 'at most 1.2', held: ratio(outages) <= 1.2 },
      },
      {
        ...{ what: `Written in ${LIMIT_MS / 1000} s, a standby being behind`, unit: 'kB' },
        ...pair((one) => (one.writtenPerSecond * LIMIT_MS) / 1_000_000),
      },
      {
        ...{ what: "What Patroni's check allowed", unit: 'kB', howdah: '' },
        baseline: spread(of(plain, (one) => (one.limitBytes ?? Number.NaN) / 1000)),
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
