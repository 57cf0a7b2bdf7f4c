import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Absorbing } from '../history/absorb';
import { costOf } from '../history/cost';
import { chartByHand, type HandStretch } from '../history/hand-chart';
import { sampledFleet } from '../history/sampled-fleet';
import { now } from '../usage';
import { answer, argument } from './answer';

/** History by hand: COPY into a plain table, and SQL for each chart. */
const { config, postmaster } = argument<{ config: pg.ClientConfig; postmaster: number }>();
const connect = async (database: string) => {
  const client = new pg.Client({ ...config, database });
  await client.connect();
  return client;
};
let year: pg.Client;

/** As somebody careful would lay it out: no gaps in a row, a day a partition, found by its key. */
const TABLE = `
  create table hand (
    at timestamptz not null, sent bigint, write bigint, flush bigint, replay bigint,
    member integer not null, ms integer,
    primary key (member, at)
  ) partition by range (at)`;
const COPY = 'copy hand (member, at, sent, write, flush, replay, ms) from stdin';
const MINUTE_S = 60;

/** A minute is gathered as text, and copied as one transaction. */
async function absorb(client: pg.Client, { clusters, from, seconds }: Absorbing) {
  for (const at of new Set([from, from + seconds * 1000].map((one) => one - (one % 86_400_000)))) {
    const [day, next] = [at, at + 86_400_000].map((one) => new Date(one).toISOString());
    await client.query(
      `create table hand_${day?.slice(0, 10).replaceAll('-', '_')} partition of hand
       for values from ('${day}') to ('${next}')`,
    );
  }
  const fleet = sampledFleet('absorbed', clusters);
  return costOf(postmaster, async () => {
    let waiting: string[] = [];
    for (let second = 0; second < seconds; second += 1) {
      let text = '';
      for (const [n, one] of fleet.entries()) {
        const at = new Date(from + second * 1000 + one.place).toISOString();
        const points = one.seconds[second % one.seconds.length] ?? {};
        for (const [which, member] of one.members.entries()) {
          const point = points[member];
          if (!point) continue;
          text += `${n * 3 + which}\t${at}\t${point.sent ?? '\\N'}\t${point.write ?? '\\N'}\t${point.flush ?? '\\N'}\t${point.replay ?? '\\N'}\t${point.ms === null ? '\\N' : Math.round(point.ms)}\n`;
        }
      }
      waiting.push(text);
      if ((second + 1) % MINUTE_S !== 0 && second + 1 < seconds) continue;
      await pipeline(Readable.from(waiting), client.query(copyFrom(COPY)));
      waiting = [];
    }
  });
}

answer({
  absorb: async ({ name, ...absorbing }: Absorbing & { name: string }) => {
    const client = await connect(name);
    await client.query(TABLE);
    const cost = await absorb(client, absorbing);
    await client.end();
    return cost;
  },
  year: async (name: string) => {
    year = await connect(name);
  },
  chart: async (stretch: HandStretch) => {
    const began = now();
    const members = await chartByHand(year, stretch);
    const took = (now() - began) * 1000;
    return { ms: took, points: members.reduce((sum, { at }) => sum + at.length, 0) };
  },
});
