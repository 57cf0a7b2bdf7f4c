import { Player } from '@/lib/history/replay';
import { type Absorbing, absorbAsHowdah, keeping } from '../history/absorb';
import { live } from '../history/live';
import {
  openDatabase,
  PostgresLagStore,
  PostgresReplayStore,
  startServer,
  systemClock,
} from '../history/product';
import { now } from '../usage';
import { answer, argument } from './answer';

/** What Howdah keeps history with, and its server: figures are taken in this process. */
const { debian } = argument<{ debian: boolean }>();
const server = await startServer(debian);
const { postmaster } = server;
const open = (name: string) => openDatabase(server, name, debian ? "Debian's" : 'embedded');

/** The year that charts and moments are of: it ended at `now`, and stands still. */
async function openYear({ name, now: ended }: { name: string; now: number }) {
  const database = await open(name);
  const clock = { ...systemClock, now: () => ended };
  const lag = new PostgresLagStore({ database, clock, keeping });
  return { database, lag, replays: new PostgresReplayStore(database) };
}
let year: Awaited<ReturnType<typeof openYear>>;

interface Stretch {
  readonly cluster: string;
  readonly from: number;
  readonly until: number;
  readonly buckets: number;
}
const chartOf = (stretch: Stretch) => year.lag.read({ ...stretch, figure: 'replay' });

/** All of a stretch, as a page asks for it. */
async function playerOf(stretch: Stretch): Promise<Player> {
  const replay = await year.replays.replay(stretch);
  const lag = await year.lag.figures({ ...stretch, until: replay.until });
  // It travels to a browser as text.
  return new Player(JSON.parse(JSON.stringify({ ...replay, lag })));
}

async function ms(work: () => Promise<unknown>): Promise<number> {
  const began = now();
  await work();
  return (now() - began) * 1000;
}

answer({
  server: () => server,
  /** Its server ends with it, and is not waited for. */
  end: () => {
    setImmediate(() => process.exit(0));
  },
  /** A database gets Howdah's tables. */
  prepare: async (name: string) => {
    const database = await open(name);
    const { server: says } = database.health;
    database.close();
    return says;
  },
  absorb: async ({ name, ...absorbing }: Absorbing & { name: string }) => {
    const database = await open(name);
    const cost = await absorbAsHowdah(database, { ...absorbing, postmaster });
    database.close();
    return cost;
  },
  year: async (which: { name: string; now: number }) => {
    year = await openYear(which);
  },
  chart: async (stretch: Stretch) => {
    let points = 0;
    const took = await ms(async () => {
      points = (await chartOf(stretch)).members.reduce((sum, { at }) => sum + at.length, 0);
    });
    return { ms: took, points };
  },
  /** What lies around a moment, and the moment itself. */
  travel: async ({ at, ...around }: Stretch & { at: number }) => {
    let is = '';
    const took = await ms(async () => {
      is = (await playerOf(around)).moment(at).is;
    });
    return { ms: took, is };
  },
  /** @returns how long it takes to fetch the stretch and to make a moment of each of its seconds. */
  play: async (stretch: Stretch) =>
    ms(async () => {
      const player = await playerOf(stretch);
      for (let at = stretch.from; at < stretch.until; at += 1000) {
        if (player.moment(at).view === null) throw new Error('a moment is missing');
      }
    }),
  live: async ({
    chart,
    ...ask
  }: {
    clusters: number;
    seconds: number;
    beside: number;
    chart: Stretch;
  }) => live(year.database, { ...ask, readChart: () => chartOf(chart) }),
});
