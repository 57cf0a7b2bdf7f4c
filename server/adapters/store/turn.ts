import type pg from 'pg';

/** Says that this Howdah writes here: an arbitrary number that nobody else should use. */
const WRITER_LOCK = 4_207_849_331;

/** Takes the writer's turn, which lasts as long as this connection, unless another one has it. */
export async function tryTurn(client: pg.Client): Promise<{ mine: boolean; version: string }> {
  const { rows } = await client.query<{ mine: boolean; version: string }>(
    `select pg_try_advisory_lock($1) as mine,
            split_part(current_setting('server_version'), ' ', 1) as version`,
    [WRITER_LOCK],
  );
  return rows[0] ?? { mine: false, version: '' };
}

/** The server's version, e.g. "15.18". */
export async function versionOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version`,
  );
  return rows[0]?.version ?? '';
}

/** Who has the turn, in words; what a role may not see of others is left out. */
export async function whoseTurn(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ pid: number; from: string | null; since: string | null }>(
    `select l.pid, host(a.client_addr) as from,
            to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as since
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1
       and l.database = (select oid from pg_database where datname = current_database())
       and (l.classid::bigint << 32 | l.objid::bigint) = $1`,
    [WRITER_LOCK],
  );
  const [holder] = rows;
  if (!holder) return 'another Howdah';
  const from = holder.from === null ? '' : ` from ${holder.from}`;
  const since = holder.since === null ? '' : ` since ${holder.since} UTC`;
  return `another Howdah (connected${from}${since}, as process ${holder.pid} of the server)`;
}
