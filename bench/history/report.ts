import type { Report, Row } from '../benchmark';
import { figure, median, percentile, rounded, spread } from '../statistics';
import { type ChartTimes, chartNames } from './charts';
import type { Cost } from './cost';
import type { Live } from './live';

export interface Absorbed extends Cost {
  /** On disk, of a sample. */
  readonly bytes: number;
  readonly rollUps?: Cost;
}

/** The figures of one round. */
export interface Figures {
  readonly samples: number;
  readonly absorbed: Absorbed;
  readonly byHand: Absorbed;
  readonly drawn: readonly ChartTimes[];
  /** Milliseconds. */
  readonly travels: readonly number[];
  /** Times faster than it was. */
  readonly plays: readonly number[];
  readonly live: Live;
}

interface Filled {
  readonly server: string;
  readonly clusters: number;
  readonly rows: Readonly<Record<string, number>>;
}

export function report(rounds: readonly Figures[], { server, clusters, rows }: Filled): Report {
  const of = (pick: (round: Figures) => number) => rounds.map(pick);
  const ratioOf = (pick: (absorbed: Absorbed) => number) =>
    median(of(({ absorbed, byHand }) => pick(absorbed) / pick(byHand)));
  const both = (pick: (one: Absorbed) => number) => ({
    howdah: spread(of(({ absorbed }) => pick(absorbed))),
    baseline: spread(of(({ byHand }) => pick(byHand))),
    ratio: ratioOf(pick),
  });
  const rate = of(({ samples, absorbed }) => samples / absorbed.wall);
  const cpuRatio = ratioOf(({ cpu }) => cpu);
  const p99 = median(of(({ live }) => live.p99));
  const travelMs = percentile(
    rounds.flatMap(({ travels }) => travels),
    95,
  );
  const session = median(of(({ live }) => live.session.p95));
  const chartsOf = chartNames.map((name) => {
    const times = rounds.flatMap(({ drawn }) => drawn.filter((one) => one.name === name));
    return { name, times, ratio: median(times.map(({ howdah, hand }) => howdah / hand)) };
  });
  const plays = median(rounds.flatMap((round) => round.plays));
  const list: Row[] = [
    { what: 'Server', unit: '', howdah: server },
    ...Object.entries(rows).map(([name, count]) => ({
      what: `Rows of a year of ${clusters} clusters: ${name}`,
      unit: '',
      howdah: count,
    })),
    {
      what: 'Samples absorbed as fast as it goes',
      unit: '1/s',
      howdah: spread(rate),
      baseline: spread(of(({ samples, byHand }) => samples / byHand.wall)),
    },
    {
      what: 'CPU of the writing process, of a million samples',
      unit: 's',
      ...both((one) => one.cpu / perMillion(rounds)),
      bar: { says: 'at most 2x hand', held: cpuRatio <= 2 },
    },
    {
      what: 'CPU of the server, of a million samples',
      unit: 's',
      ...both((one) => one.server / perMillion(rounds)),
    },
    {
      what: 'CPU of the server for their rollups',
      unit: 's',
      howdah: spread(of(({ absorbed }) => (absorbed.rollUps?.server ?? 0) / perMillion(rounds))),
    },
    { what: 'On disk, of a sample', unit: 'bytes', ...both(({ bytes }) => bytes) },
    ...chartsOf.map(({ name, times, ratio }) => ({
      what: `Chart of the ${name}, three members`,
      unit: 'ms',
      howdah: spread(times.map(({ howdah }) => howdah)),
      baseline: spread(times.map(({ hand }) => hand)),
      ratio,
      bar: { says: 'at most 1.5x hand', held: ratio <= 1.5 },
    })),
    {
      what: 'A moment of the year, p95',
      unit: 'ms',
      howdah: spread(of(({ travels }) => percentile(travels, 95))),
      bar: { says: 'under 200', held: travelMs < 200 },
    },
    { what: 'An hour played, times faster than it was', unit: '', howdah: plays },
    {
      what: 'At the real rate: CPU of the writing process',
      unit: '% of a core',
      howdah: spread(of(({ live }) => live.cpu)),
    },
    {
      what: 'At the real rate: event-loop delay, p99',
      unit: 'ms',
      howdah: spread(of(({ live }) => live.p99)),
      bar: { says: 'under 20', held: p99 < 20 },
    },
    { what: '... the longest', unit: 'ms', howdah: spread(of(({ live }) => live.longest)) },
    {
      what: "20 events, a year's chart being read all the time, p95",
      unit: 'ms',
      howdah: spread(of(({ live }) => live.session.p95)),
      bar: { says: 'under 50', held: session < 50 },
    },
    {
      what: '... p50, and the longest',
      unit: 'ms',
      howdah: `${figure(median(of(({ live }) => live.session.p50)))}, ${figure(Math.max(...of(({ live }) => live.session.longest)))}`,
    },
  ];
  return {
    rows: list,
    json: {
      server,
      samples_per_s: rounded(median(rate)),
      cpu_ratio_hand: rounded(cpuRatio),
      server_cpu_ratio_hand: rounded(ratioOf((one) => one.server)),
      event_loop_p99_ms: rounded(p99),
      rows,
      chart_ratio_hand: Object.fromEntries(
        chartsOf.map(({ name, ratio }) => [name, rounded(ratio)]),
      ),
      travel_ms: rounded(travelMs),
      replay_x: rounded(plays),
      disk_bytes_per_sample: rounded(median(of(({ absorbed }) => absorbed.bytes))),
      hand_disk_bytes_per_sample: rounded(median(of(({ byHand }) => byHand.bytes))),
      session_p95_ms: rounded(session),
    },
  };
}

const perMillion = (rounds: readonly Figures[]): number => (rounds[0]?.samples ?? 0) / 1e6;
