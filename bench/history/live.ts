import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { seesAll } from '@/lib/access/sight';
import { percentile } from '../statistics';
import { now } from '../usage';
import { keeping } from './absorb';
import { type Database, PostgresLagStore, PostgresStore, Samples, systemClock } from './product';
import { type SampledCluster, sampledFleet } from './sampled-fleet';

/** Samples are noted in so many parts of each second. */
const TICK_MS = 10;
/** Everybody's minute ends at once, and then all of them are written: half of it is over at the start. */
const BEGUN_MS = 30_000;
/** The monitor sleeps for so long between two looks, and tells how long they were apart. */
const LOOK_MS = 1;

export interface Live {
  readonly p99: number;
  readonly longest: number;
  /** Percent of a core. */
  readonly cpu: number;
  /** Of the small query, milliseconds. */
  readonly session: { readonly p50: number; readonly p95: number; readonly longest: number };
  readonly charts: number;
}

/**
 * Samples come at the rate they would, and are written by the real clock: first nothing else is done
 * and the event loop is watched, then a chart is read all the time, and a small query beside it.
 */
export async function live(
  database: Database,
  ask: { clusters: number; seconds: number; beside: number; readChart: () => Promise<unknown> },
): Promise<Live> {
  const samples = new Samples({
    clock: systemClock,
    store: new PostgresLagStore({ database, clock: systemClock, keeping }),
    onError: (error) => {
      throw error;
    },
  });
  const fleet = sampledFleet(`live-${Date.now()}`, ask.clusters);
  const began = Date.now();
  for (let at = began - BEGUN_MS; at < began; at += 1000) noteAll(samples, fleet, at);
  const parts = Array.from({ length: 1000 / TICK_MS }, (_, n) =>
    fleet.filter(({ place }) => Math.floor(place / TICK_MS) === n),
  );
  let due = 0;
  const timer = setInterval(() => {
    for (; began + due * TICK_MS <= Date.now(); due += 1) {
      const [second, part] = [Math.floor(due / parts.length), due % parts.length];
      noteAll(samples, parts[part] ?? [], began + second * 1000);
    }
  }, TICK_MS);

  const monitor = monitorEventLoopDelay({ resolution: LOOK_MS });
  monitor.enable();
  const [from, cpu] = [now(), process.cpuUsage()];
  await delay(ask.seconds * 1000);
  monitor.disable();
  const used = process.cpuUsage(cpu);
  const percent = (used.user + used.system) / 1e4 / (now() - from);
  const { sessions, charts } = await sessionsBeside(database, ask);
  clearInterval(timer);
  await samples.close();
  const ms = (nanoseconds: number) => nanoseconds / 1e6 - LOOK_MS;
  return {
    p99: ms(monitor.percentile(99)),
    longest: ms(monitor.max),
    cpu: percent,
    session: {
      p50: percentile(sessions, 50),
      p95: percentile(sessions, 95),
      longest: Math.max(...sessions),
    },
    charts,
  };
}

function noteAll(samples: Samples, fleet: readonly SampledCluster[], at: number): void {
  for (const { id, place, seconds } of fleet) {
    const members = seconds[Math.floor(at / 1000) % seconds.length] ?? {};
    samples.note(id, { seq: 0, at: at + place, members });
  }
}

async function sessionsBeside(
  database: Database,
  { beside, readChart }: { beside: number; readChart: () => Promise<unknown> },
): Promise<{ sessions: number[]; charts: number }> {
  const store = new PostgresStore(database);
  const until = now() + beside;
  let charts = 0;
  const reading = (async () => {
    for (; now() < until; charts += 1) await readChart();
  })();
  const sessions: number[] = [];
  while (now() < until) {
    const asked = now();
    await store.events({ limit: 20 }, seesAll);
    sessions.push((now() - asked) * 1000);
    await delay(20);
  }
  await reading;
  return { sessions, charts };
}
