import { join } from 'node:path';
import pg from 'pg';
import type { Sandbox } from '@/sandbox';

const figures = ['sent', 'write', 'flush', 'replay', 'ms'] as const;
const kinds = ['min', 'max', 'mean', 'last'] as const;

/**
 * Puts hours of lag into the history of the Howdah that watches a sandbox, as if it had watched for
 * so many days: what of a month nobody can wait for.
 */
export async function generateLag(sandbox: Sandbox, days: number): Promise<void> {
  const client = new pg.Client({
    host: join(sandbox.root, 'howdah', 'run'),
    user: 'howdah',
    database: 'postgres',
  });
  await client.connect();
  try {
    const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    const first = new Date(today - days * 86_400_000);
    await client.query(
      `do $$ declare month date; begin
         for month in select generate_series(date_trunc('month', '${first.toISOString()}'::timestamptz at time zone 'UTC'),
                                             date_trunc('month', now() at time zone 'UTC'), '1 month')::date loop
           execute format(
             'create table if not exists howdah.lag_chunk_1h_%s partition of howdah.lag_chunk_1h
              for values from (%L) to (%L)', to_char(month, 'YYYY_MM'),
             month || ' 00:00:00+00', (month + interval '1 month')::date || ' 00:00:00+00');
         end loop; end $$`,
    );
    const columns = figures.flatMap((figure) => kinds.map((kind) => `${figure}_${kind}`));
    // A wave a day, and one hour of the month far above all else.
    const value = `(1e6 * (1 + sin(h / 4.0 + m.id)) + case when d = 9 and h = 12 then 5e9 else 0 end)::bigint`;
    await client.query(
      `insert into howdah.lag_chunk_1h (member, began, slot, samples, ${columns.join(', ')})
       select m.id, $1::timestamptz + d * interval '1 day', array_agg(h order by h),
              array_agg(3600 order by h), ${columns.map(() => `array_agg(${value} order by h)`).join(', ')}
       from howdah.member m, generate_series(0, $2 - 1) d, generate_series(0, 23) h
       group by m.id, d on conflict do nothing`,
      [first, days],
    );
    await client.query(
      `insert into howdah.rolled_up (rollup, until) values ('1h', $1)
       on conflict (rollup) do update set until = greatest(howdah.rolled_up.until, excluded.until)`,
      [new Date(today)],
    );
  } finally {
    await client.end();
  }
}
