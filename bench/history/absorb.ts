import type { LagChunk } from '@/lib/history/lag';
import { type Cost, costOf } from './cost';
import {
  type Database,
  FakeClock,
  PostgresLagStore,
  PostgresUpkeep,
  Samples,
  systemClock,
} from './product';
import { type SampledCluster, sampledFleet } from './sampled-fleet';

/** What is absorbed: the same by both. */
export interface Absorbing {
  readonly clusters: number;
  readonly from: number;
  readonly seconds: number;
}

const [HOUR, DAY] = [3_600_000, 86_400_000] as const;
/** As by default. */
export const keeping = { samples: DAY, '10s': 7 * DAY, '1m': 90 * DAY, '1h': 730 * DAY };

/** The product's own way from samples to a table, as fast as it goes: a second is as long as it takes. */
export async function absorbAsHowdah(
  database: Database,
  { clusters, from, seconds, postmaster }: Absorbing & { readonly postmaster: number },
): Promise<Cost & { readonly rollUps: Cost }> {
  const clock = new FakeClock(from);
  const store = new PostgresLagStore({ database, clock, keeping });
  let writing: Promise<void> = Promise.resolve();
  const samples = new Samples({
    clock,
    store: {
      get ready() {
        return store.ready;
      },
      write: (chunks: readonly LagChunk[]) => {
        writing = store.write(chunks);
        return writing;
      },
    },
    onError: (error) => {
      throw error;
    },
  });
  const fleet = sampledFleet('absorbed', clusters);
  const cost = await costOf(postmaster, async () => {
    for (let second = 0; second < seconds; second += 1) {
      noteSecond(samples, fleet, { second, from });
      await clock.pass(1000);
      // Whole chunks are written; several statements may be needed for all of them.
      for (let last: unknown = null; last !== writing; await clock.pass(0)) {
        last = writing;
        await writing;
      }
    }
    await samples.close();
  });
  if (samples.figures.lost > 0) throw new Error(`${samples.figures.lost} samples were lost`);
  const upkeep = new PostgresUpkeep({
    ...{ database, clock: systemClock, keeping },
    ...{ keepEventsMs: DAY, budgetBytes: null },
  });
  const over = Math.floor((from + seconds * 1000) / HOUR) * HOUR;
  return { ...cost, rollUps: await costOf(postmaster, () => upkeep.rollUp(over)) };
}

function noteSecond(
  samples: Samples,
  fleet: readonly SampledCluster[],
  { second, from }: { second: number; from: number },
): void {
  for (const { id, place, seconds } of fleet) {
    const members = seconds[second % seconds.length] ?? {};
    samples.note(id, { seq: 0, at: from + second * 1000 + place, members });
  }
}
