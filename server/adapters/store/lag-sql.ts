import { type SQL, sql } from 'drizzle-orm';
import {
  type Figure,
  figures,
  type Resolution,
  type Rollup,
  type Source,
  stepMs,
} from '@/lib/history/lag';

/**
 * A chunk of samples ends less than this after it begins. Whoever looks for samples of a moment has
 * to look at chunks that began so long before it.
 */
export const SAMPLES_SPAN_MS = 60_000;

/** How much time one row of each rollup holds. Longer ones pack better, and are made later. */
export const rollupSpanMs: Readonly<Record<Rollup, number>> = {
  '10s': 3_600_000,
  '1m': 3_600_000,
  '1h': 86_400_000,
};

/** What each rollup is made of. */
export const madeOf: Readonly<Record<Rollup, Resolution>> = {
  '10s': 'samples',
  '1m': '10s',
  '1h': '1m',
};

const kinds = ['min', 'max', 'mean', 'last'] as const;
const list = (parts: readonly string[]): SQL => sql.raw(parts.join(', '));
const tableOf = (resolution: Resolution): SQL => sql.raw(`howdah.lag_chunk_${resolution}`);

/** The moment of a sample or of a rollup's slot, milliseconds since the epoch: `t`. */
function moment(resolution: Resolution): SQL {
  const column = resolution === 'samples' ? 's.at' : `s.slot * ${stepMs[resolution]}::bigint`;
  return sql.raw(`c.began_ms + ${column}`);
}

/**
 * The kept values of some figures between two moments, a row each: `member`, `t`, `samples` and for
 * each figure its min, max, mean and last. A sample is all of them at once.
 */
function valuesOf({ resolution, from, until }: Source, of: readonly Figure[], members: SQL): SQL {
  const columns =
    resolution === 'samples'
      ? of.map((figure) => figure as string)
      : of.flatMap((figure) => kinds.map((kind) => `${figure}_${kind}`));
  const [first, ...others] =
    resolution === 'samples' ? ['at', ...columns] : ['slot', 'samples', ...columns];
  const values = [first, ...others].map((column) => `c.${column}`);
  const selected =
    resolution === 'samples'
      ? [
          '1 as samples',
          ...of.flatMap((figure) => kinds.map((kind) => `s.${figure} as ${figure}_${kind}`)),
        ]
      : others.map((column) => `s.${column}`);
  const spanMs = resolution === 'samples' ? SAMPLES_SPAN_MS : rollupSpanMs[resolution];
  // When a row began is worked out once for the row, and "offset 0" keeps it so: worked out for each
  // of its figures, and by "numeric", it was a third of a chart's time.
  return sql`
    select * from (
      select c.member, ${moment(resolution)} as t, ${list(selected)}
      from (
        select c.*, (extract(epoch from c.began) * 1000)::bigint as began_ms
        from ${tableOf(resolution)} c
        where c.began > ${new Date(from - spanMs)} and c.began < ${new Date(until)} and ${members}
        offset 0
      ) c, unnest(${list(values)}) as s(${list([first as string, ...others])})
    ) v where t >= ${from} and t < ${until}`;
}

/**
 * For each group: how many samples, and of each figure the extremes, the mean and the last. A mean is
 * exact as long as what it is the mean of adds up to less than 9e15; the last is found without sorting.
 */
function summary(of: readonly Figure[]): SQL {
  const parts = of.flatMap((figure) => [
    `min(${figure}_min) as ${figure}_min`,
    `max(${figure}_max) as ${figure}_max`,
    // By the number of samples, those that did not know the figure included where others did.
    `round(sum(${figure}_mean::float8 * samples) / nullif(sum(samples) filter (where ${figure}_mean is not null), 0))::bigint as ${figure}_mean`,
    `(max(array[t, ${figure}_last]) filter (where ${figure}_last is not null))[2] as ${figure}_last`,
  ]);
  return list(['sum(samples)::integer as samples', ...parts]);
}

const membersOf = (cluster: string): SQL => sql`c.member in (
  select m.id from howdah.member m join howdah.cluster k on k.id = m.cluster
  where k.key = ${cluster})`;

/** One figure of a cluster's members from one source, in buckets of `bucket` milliseconds. */
export function chartSql(
  source: Source,
  { figure, cluster, bucket }: { figure: Figure; cluster: string; bucket: number },
): SQL {
  return sql`
    select m.name as member, b.at, b.samples, ${list(kinds.map((kind) => `b.${figure}_${kind} as ${kind}`))}
    from (
      select member as id, t / ${bucket}::bigint * ${bucket}::bigint as at, ${summary([figure])}
      from (${valuesOf(source, [figure], membersOf(cluster))}) v group by 1, 2
    ) b join howdah.member m on m.id = b.id order by m.name, b.at`;
}

/** Of all figures the highest of each bucket: what a moment of the past is shown with. */
export function highestSql(
  source: Source,
  { cluster, bucket }: { cluster: string; bucket: number },
): SQL {
  return sql`
    select m.name as member, b.at, ${list(figures.map((figure) => `b.${figure}_max as ${figure}`))}
    from (
      select member as id, t / ${bucket}::bigint * ${bucket}::bigint as at,
             ${list(figures.map((figure) => `max(${figure}_max) as ${figure}_max`))}
      from (${valuesOf(source, figures, membersOf(cluster))}) v group by 1, 2
    ) b join howdah.member m on m.id = b.id order by m.name, b.at`;
}

/**
 * The furthest that each cluster's standbys were behind by replay, in one source: of each chunk its
 * worst figure, of each cluster its worst chunk. All clusters where none is named.
 */
export function worstSql({ resolution, from, until }: Source, cluster: string | undefined): SQL {
  const [slot, value] = resolution === 'samples' ? ['at', 'replay'] : ['slot', 'replay_max'];
  const spanMs = resolution === 'samples' ? SAMPLES_SPAN_MS : rollupSpanMs[resolution];
  return sql`
    select distinct on (k.key) k.key as cluster, m.name as member, w.t as at, w.bytes
    from (
      select c.*, (extract(epoch from c.began) * 1000)::bigint as began_ms
      from ${tableOf(resolution)} c
      where c.began > ${new Date(from - spanMs)} and c.began < ${new Date(until)}
        and ${cluster === undefined ? sql`true` : membersOf(cluster)}
      offset 0
    ) c
    cross join lateral (
      select * from (
        select ${moment(resolution)} as t, s.bytes
        from unnest(${list([`c.${slot}`, `c.${value}`])}) as s(${list([slot as string, 'bytes'])})
      ) v where v.bytes is not null and v.t >= ${from} and v.t < ${until}
      order by v.bytes desc, v.t limit 1
    ) w
    join howdah.member m on m.id = c.member
    join howdah.cluster k on k.id = m.cluster
    order by k.key, w.bytes desc, w.t`;
}

/** Makes the rows of one rollup for one span of time and some members. Done twice it changes nothing. */
export function rollUpSql(rollup: Rollup, began: number, members: readonly [number, number]): SQL {
  const source = { resolution: madeOf[rollup], from: began, until: began + rollupSpanMs[rollup] };
  const columns = figures.flatMap((figure) => kinds.map((kind) => `${figure}_${kind}`));
  const within = sql`c.member between ${members[0]} and ${members[1]}`;
  const packed = ['slot', 'samples', ...columns].map((column) => `array_agg(${column})`);
  return sql`
    insert into ${tableOf(rollup)} (member, began, slot, samples, ${list(columns)})
    select member, ${new Date(began)}::timestamptz, ${list(packed)} from (
      select member, ((t - ${began}) / ${stepMs[rollup]}::bigint)::integer as slot, ${summary(figures)}
      from (${valuesOf(source, figures, within)}) v group by 1, 2 order by 1, 2
    ) b group by member
    on conflict do nothing`;
}

/** The oldest chunk of a resolution that may hold something of a moment or later. */
export function oldestSql(resolution: Resolution, from: number): SQL {
  // Rollups are cut where those made of them are; samples are not.
  const since = resolution === 'samples' ? Math.max(0, from - SAMPLES_SPAN_MS) : from;
  return sql`select (extract(epoch from min(began)) * 1000)::float8 as began
             from ${tableOf(resolution)} where began >= ${new Date(since)}`;
}
