import { bucketMs } from '@/lib/history/lag';
import type { Program } from '../child';
import { median } from '../statistics';
import type { HandStretch } from './hand-chart';
import { DAY, HOUR, yearCluster } from './year';

export const chartNames = ['hour', 'day', 'month', 'year'] as const;
export type ChartName = (typeof chartNames)[number];
const widths: Readonly<Record<ChartName, number>> = {
  hour: HOUR,
  day: DAY,
  month: 30 * DAY,
  year: 365 * DAY,
};
/** As a wide page asks for. */
const BUCKETS = 400;

export interface Stretch {
  readonly cluster: string;
  readonly from: number;
  readonly until: number;
  readonly buckets: number;
}

export function stretchOf(
  cluster: string,
  { until, ms, buckets }: { until: number; ms: number; buckets: number },
): Stretch {
  return { cluster, from: until - ms, until, buckets };
}

/** One chart of each width, that ends where the year does. */
export function chartsOf(cluster: string, ended: number): Readonly<Record<ChartName, Stretch>> {
  const of = (name: ChartName) =>
    stretchOf(cluster, { until: ended, ms: widths[name], buckets: BUCKETS });
  return { hour: of('hour'), day: of('day'), month: of('month'), year: of('year') };
}

/** Who writes the SQL by hand knows where the figures are: those of the hour that isn't over are samples. */
function byHand(name: ChartName, stretch: Stretch): HandStretch {
  const { cluster, from, until } = stretch;
  const [hour, day] = [until - (until % HOUR), until - (until % DAY)];
  const samples = { table: 'samples', from: hour, until };
  const sources = {
    hour: [{ ...samples, from }],
    day: [{ table: '1m', from, until: hour }, samples],
    month: [
      { table: '1h', from: from - (from % HOUR), until: day },
      { table: '1m', from: day, until: hour },
      samples,
    ],
  };
  const bucket = bucketMs(stretch);
  return { cluster, from, until, bucket, sources: sources[name === 'year' ? 'month' : name] };
}

interface Drawn {
  readonly ms: number;
  readonly points: number;
}

export interface ChartTimes {
  readonly name: ChartName;
  /** Milliseconds, of the one in the middle. */
  readonly howdah: number;
  readonly hand: number;
}

/**
 * One by Howdah, one by hand, and so on. Each goes through all clusters, half of them apart: who reads
 * what the other has just read finds it in the server's memory.
 */
export async function drawCharts(
  { product, hand }: { product: Program; hand: Program },
  { times, clusters, ended }: { times: number; clusters: number; ended: number },
): Promise<ChartTimes[]> {
  const drawn: ChartTimes[] = [];
  for (const name of chartNames) {
    const took: { howdah: number[]; hand: number[] } = { howdah: [], hand: [] };
    for (let n = 0; n < times; n += 1) {
      const chart = (which: number) => chartsOf(yearCluster((which % clusters) + 1), ended)[name];
      const mine = await product.ask<Drawn>('chart', chart(n));
      const apart = chart(n + Math.floor(clusters / 2));
      const other = await hand.ask<Drawn>('chart', byHand(name, apart));
      if (mine.points !== other.points || mine.points === 0) {
        throw new Error(`The ${name} has ${mine.points} points, and ${other.points} by hand`);
      }
      took.howdah.push(mine.ms);
      took.hand.push(other.ms);
    }
    drawn.push({ name, howdah: median(took.howdah), hand: median(took.hand) });
  }
  return drawn;
}
