import type pg from 'pg';

export interface HandStretch {
  readonly cluster: string;
  readonly from: number;
  readonly until: number;
  /** How wide the buckets are, milliseconds. */
  readonly bucket: number;
  /** Where each part is read, oldest first. */
  readonly sources: readonly {
    readonly table: string;
    readonly from: number;
    readonly until: number;
  }[];
}

interface Row {
  readonly name: string;
  readonly at: number;
  readonly samples: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly last: number | null;
}

const spans: Readonly<Record<string, { readonly row: number; readonly slot: number }>> = {
  '1h': { row: 86_400_000, slot: 3_600_000 },
  '1m': { row: 3_600_000, slot: 60_000 },
  '10s': { row: 3_600_000, slot: 10_000 },
  samples: { row: 60_000, slot: 1 },
};

/** The figures of a chart of replayed bytes, written for these tables and nothing else. */
export async function chartByHand(client: pg.Client, stretch: HandStretch) {
  const { rows } = await client.query<Row>(statement(stretch), [stretch.cluster]);
  const members = new Map<string, Row[]>();
  for (const row of rows) {
    const mine = members.get(row.name);
    if (mine) mine.push(row);
    else members.set(row.name, [row]);
  }
  return [...members].map(([member, mine]) => ({
    member,
    at: mine.map(({ at }) => at),
    samples: mine.map(({ samples }) => samples),
    min: mine.map(({ min }) => min),
    max: mine.map(({ max }) => max),
    mean: mine.map(({ mean }) => mean),
    last: mine.map(({ last }) => last),
  }));
}

/**
 * Floating point throughout: it is quick, and comes as numbers. When a row began is worked out once for
 * the row, and the last figure is found without sorting.
 */
function statement({ bucket, sources }: HandStretch): string {
  return `
    with mine as materialized (
      select m.id, m.name from howdah.member m join howdah.cluster k on k.id = m.cluster
      where k.key = $1)
    select name, (b * ${bucket})::float8 as at, samples, min, max, mean, last
    from (
      select member, b, sum(samples)::int as samples, min(low)::float8 as min, max(high)::float8 as max,
             round(sum(mean::float8 * samples) / sum(samples) filter (where mean is not null)) as mean,
             ((max(array[t, last]) filter (where last is not null))[2])::float8 as last
      from (${sources.map(part(bucket)).join(' union all ')}) v group by member, b
    ) g join mine on mine.id = g.member order by name, b`;
}

const part =
  (bucket: number) =>
  ({ table, from, until }: HandStretch['sources'][number]): string => {
    const { row, slot } = spans[table] ?? { row: 0, slot: 1 };
    const [kept, named] =
      table === 'samples'
        ? ['at, replay', 'n, v']
        : [
            'slot, samples, replay_min, replay_max, replay_mean, replay_last',
            'n, samples, low, high, mean, last',
          ];
    const columns =
      table === 'samples'
        ? '1 as samples, v as low, v as high, v as mean, v as last'
        : 'samples, low, high, mean, last';
    return `
      select member, t, t / ${bucket} as b, ${columns}
      from (select member, began_ms + n * ${slot}::bigint as t, u.*
            from (select member, (extract(epoch from began) * 1000)::bigint as began_ms, ${kept}
                  from howdah.lag_chunk_${table}
                  where member in (select id from mine)
                    and began > '${new Date(from - row).toISOString()}'
                    and began < '${new Date(until).toISOString()}' offset 0) c,
                 unnest(${kept}) as u(${named})) s
      where t >= ${from} and t < ${until}`;
  };
