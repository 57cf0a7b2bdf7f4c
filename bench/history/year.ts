import pg from 'pg';
import { figures } from '@/lib/history/lag';
import { structurePatterns } from './structure-patterns';

export const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000] as const;
const CHANGES_A_DAY = 20;
const EVENTS_A_DAY = 20;
/** So many different rows of each table there are; each is repeated for many members and times. */
const PATTERNS = 40;

export interface Year {
  readonly clusters: number;
  /** When it ended. */
  readonly now: number;
}

export const yearCluster = (n: number): string =>
  `main~.2Fservice~year-${String(n).padStart(3, '0')}`;

interface Table {
  readonly name: string;
  /** How much time a row holds, and how many figures. */
  readonly span: number;
  readonly slots: number;
  readonly from: number;
  readonly until: number;
}

/** As housekeeping would have left them: each for as long as it is kept, up to what is made of it. */
function tablesAt(now: number): Table[] {
  const [day, hour] = [now - (now % DAY), now - (now % HOUR)];
  const since = (days: number, span: number) => now - (now % span) - days * DAY;
  return [
    { name: '1h', span: DAY, slots: 24, from: since(365, DAY), until: day },
    { name: '1m', span: HOUR, slots: 60, from: since(90, DAY), until: hour },
    { name: '10s', span: HOUR, slots: 360, from: since(7, DAY), until: hour },
    { name: 'samples', span: MINUTE, slots: 60, from: since(1, DAY), until: now },
  ];
}

/**
 * A year of history, made by the server itself, in tables that are there.
 * @returns how many rows each table got.
 */
export async function fillYear(
  config: pg.ClientConfig,
  { clusters, now }: Year,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  const client = new pg.Client(config);
  await client.connect();
  const rows: Record<string, number> = {};
  const fill = async (name: string, text: string, values: unknown[] = []) => {
    rows[name] = (await client.query(text, values)).rowCount ?? 0;
  };
  try {
    // What is being filled may be lost; seeds make it the same each time.
    await client.query(
      'set synchronous_commit = off; set work_mem = $$256MB$$; select setseed(0.5)',
    );
    await client.query(
      `insert into howdah.cluster (key, ensemble, namespace, scope)
       select key, 'main', '/service', split_part(key, '~', 3) from unnest($1::text[]) as key`,
      [Array.from({ length: clusters }, (_, n) => yearCluster(n + 1))],
    );
    await client.query(`insert into howdah.member (cluster, name)
      select id, name from howdah.cluster, unnest(array['pg-a', 'pg-b', 'pg-c']) as name
      order by 1, 2`);
    for (const table of tablesAt(now)) {
      say(`Filling ${table.name}`);
      const name = `lag_chunk_${table.name}`;
      await partition(client, name, table);
      await client.query(patternSql(table));
      await fill(name, rowsSql(table), [new Date(table.from), new Date(table.until)]);
      if (table.name !== 'samples') {
        const made = [table.name, new Date(table.until)];
        await client.query('insert into howdah.rolled_up (rollup, until) values ($1, $2)', made);
      }
    }
    say('Filling structures and events');
    const span = [new Date(now - 365 * DAY), new Date(now)];
    for (const name of ['structure', 'event']) {
      await partition(client, name, { name, from: now - 365 * DAY, until: now });
    }
    await client.query('create temp table pattern (n integer primary key, parts text)');
    await client.query(
      'insert into pattern select ordinality - 1, p from unnest($1::text[]) with ordinality as p',
      [structurePatterns()],
    );
    await fill('structure', STRUCTURES, span);
    await fill('event', EVENTS, span);
    await fill('watch', WATCHES, span);
    say('Vacuuming');
    await client.query('vacuum analyze');
    await client.query('checkpoint');
    return rows;
  } finally {
    await client.end();
  }
}

/** Named and cut as the product's own. */
async function partition(
  client: pg.Client,
  table: string,
  { name, from, until }: Pick<Table, 'name' | 'from' | 'until'>,
): Promise<void> {
  const days = name === 'samples' || name === '10s';
  const keys = new Set<string>();
  for (let at = from; at < until + DAY; at += DAY) {
    keys.add(new Date(at).toISOString().slice(0, days ? 10 : 7));
  }
  for (const key of keys) {
    const [year = 0, month = 1, day] = key.split('-').map(Number);
    const begin = new Date(Date.UTC(year, month - 1, day ?? 1)).toISOString();
    const end = new Date(day ? Date.UTC(year, month - 1, day + 1) : Date.UTC(year, month, 1));
    await client.query(`create table howdah.${table}_${key.replaceAll('-', '_')}
      partition of howdah.${table} for values from ('${begin}') to ('${end.toISOString()}')`);
  }
}

/** Different rows of a table: arrays of figures that rise and fall. */
function patternSql({ name, slots }: Table): string {
  const sampled = name === 'samples';
  const scale = { sent: 2e3, write: 1e4, flush: 2e4, replay: 2e5, ms: 500 };
  const values = figures.flatMap((figure) => {
    const mean = `round((1.2 + sin((p * ${slots} + n) / 25.0)) * (0.5 + random()) * ${scale[figure]})::bigint`;
    return sampled
      ? [`${mean} as ${figure}`]
      : [
          `round(random() * 10)::bigint as ${figure}_min`,
          `${mean} * 3 as ${figure}_max`,
          `${mean} as ${figure}_mean`,
          `${mean} as ${figure}_last`,
        ];
  });
  const columns = columnsOf(name);
  const first = sampled ? 'n * 1000 as at' : `n as slot, ${samplesOf(name)} as samples`;
  return `create temp table pattern_${name} as
    select p, ${columns.map((column) => `array_agg(${column} order by n) as ${column}`).join(', ')}
    from (select p, n, ${first}, ${values.join(', ')}
          from generate_series(0, ${PATTERNS - 1}) p, generate_series(0, ${slots - 1}) n) v
    group by p`;
}

const samplesOf = (name: string): number => ({ '1h': 3600, '1m': 60 })[name] ?? 10;

function columnsOf(name: string): string[] {
  if (name === 'samples') return ['at', ...figures];
  const kinds = ['min', 'max', 'mean', 'last'];
  return ['slot', 'samples', ...figures.flatMap((one) => kinds.map((kind) => `${one}_${kind}`))];
}

function rowsSql({ name, span }: Table): string {
  const columns = columnsOf(name).join(', ');
  return `insert into howdah.lag_chunk_${name} (member, began, ${columns})
    select m.id, t, ${columns}
    from generate_series($1::timestamptz, $2::timestamptz - interval '1 ms', interval '${span} ms') t
    cross join howdah.member m
    join pattern_${name} on p = (m.id * 7 + extract(epoch from t)::bigint / ${span / 1000}) % ${PATTERNS}`;
}

const every = (perDay: number) =>
  `generate_series($1::timestamptz, $2::timestamptz - interval '1 min', interval '${DAY / perDay} ms')
   with ordinality as s(t, n)`;

/** Each cluster's changes have their own minutes. */
const STRUCTURES = `
  insert into howdah.structure (seq, at, cluster, run, after, parts)
  select seq, at, id, 1, case when which > 0 then lag(seq) over (partition by id order by seq) end,
         replace(parts, 'SCOPE', scope)::json
  from (select (extract(epoch from at) * 1000)::bigint * 1000 + id as seq, * from (
    select k.id, k.scope, (n - 1) % (select count(*) from pattern) as which,
           date_trunc('milliseconds', t + k.id * interval '37 s' + random() * interval '20 min') as at
    from howdah.cluster k, ${every(CHANGES_A_DAY)}) a) b
  join pattern on pattern.n = which where at < $2 order by seq`;

const EVENTS = `
  insert into howdah.event (seq, at, cluster, code, member, says)
  select (extract(epoch from t) * 1000)::bigint * 1000 + id, t, id, 'state-changed', 'pg-b',
         'pg-b went from running to stopped, as its Patroni wrote'
  from howdah.cluster, ${every(EVENTS_A_DAY)} order by 1`;

/** A new process every third day, five minutes after the last. */
const WATCHES = `
  insert into howdah.watch (began, until)
  select t, least(t + interval '3 days' - interval '5 min', $2)
  from generate_series($1::timestamptz, $2, interval '3 days') t`;
