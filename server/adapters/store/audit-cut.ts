import { and, asc, gt, lte, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { type Checkpoint, type Head, hashedText } from '@/lib/audit/chain';
import { Failure } from '@/lib/errors';
import { hashOf, signatureOf } from './audit-hash';
import { audit, auditCheckpoint } from './schema';

export type Reading = Pick<NodePgDatabase, 'select' | 'execute'>;

const ROWS_AT_ONCE = 1000;

export async function lastCheckpoint(database: Reading): Promise<Checkpoint | null> {
  const [last] = await database
    .select()
    .from(auditCheckpoint)
    .orderBy(sql`${auditCheckpoint.upto} desc`)
    .limit(1);
  return last ? { ...last, at: last.at.getTime() } : null;
}

/**
 * The last row of those that are older than that, with nothing younger among them and no act of
 * which a row stands behind it, in whatever order its rows came; 0: none.
 */
export async function lastThatMayGo(database: Reading, before: number): Promise<number> {
  const { rows } = await database.execute<{ last: number | null }>(
    sql`select coalesce((select min(seq) - 1 from howdah.audit where at >= ${new Date(before)}),
                        (select max(seq) from howdah.audit))::float8 as last`,
  );
  let last = rows[0]?.last ?? 0;
  for (;;) {
    const cut = await database.execute<{ first: number | null }>(
      sql`select min(i.seq)::float8 as first
          from howdah.audit e join howdah.audit i on i.act = e.act
          where e.seq > ${last} and i.seq <= ${last}`,
    );
    const first = cut.rows[0]?.first ?? null;
    if (first === null) return last;
    last = first - 1;
  }
}

/**
 * Goes through the rows that are to be removed up to that one, and gives it. A checkpoint vouches for
 * what it replaces: laid over rows that somebody has altered it would hide that for good. So it is
 * all worked out again from the last checkpoint on, and each row's age is taken from its text, not
 * from the column that is made of it. Throws `refused` where something does not fit.
 */
export async function provenUpto(
  database: Reading,
  upto: number,
  { key, before }: { readonly key: Buffer; readonly before: number },
): Promise<Head> {
  const last = await lastCheckpoint(database);
  if (last !== null && signatureOf(last, key) !== last.signature) {
    throw refused(`the checkpoint after row ${last.upto} is not signed with Howdah's secret`);
  }
  let [seq, hash, chain] = [last?.upto ?? 0, last?.hash ?? '', last?.chain ?? ''];
  while (seq < upto) {
    const rows = await database
      .select({ seq: audit.seq, chain: audit.chain, entry: audit.entry, hash: audit.hash })
      .from(audit)
      .where(and(gt(audit.seq, seq), lte(audit.seq, upto)))
      .orderBy(asc(audit.seq))
      .limit(ROWS_AT_ONCE);
    if (rows.length === 0) throw refused(`row ${seq + 1} is missing`);
    for (const row of rows) {
      if (row.seq !== seq + 1) throw refused(`row ${seq + 1} is missing`);
      if (row.hash !== hashOf(hashedText(hash, row))) {
        throw refused(`row ${row.seq} does not fit: it has been altered`);
      }
      if (!(momentIn(row.entry) < before)) {
        throw refused(`row ${row.seq} is not as old as the store says it is`);
      }
      ({ seq, hash, chain } = row);
    }
  }
  // What goes below that number and is out of the chain would go unseen.
  const [early] = await database
    .select({ seq: audit.seq })
    .from(audit)
    .where(last === null ? sql`${audit.seq} < 1` : lte(audit.seq, last.upto))
    .limit(1);
  if (early) throw refused(`row ${early.seq} was to be removed before, and is there`);
  return { chain, seq, hash };
}

export async function removeUpto(
  database: Pick<NodePgDatabase, 'insert' | 'delete'>,
  checkpoint: Checkpoint,
): Promise<void> {
  await database.insert(auditCheckpoint).values({ ...checkpoint, at: new Date(checkpoint.at) });
  await database.delete(audit).where(lte(audit.seq, checkpoint.upto));
}

/** Not a number where that is no entry. */
function momentIn(entry: string): number {
  try {
    return Number((JSON.parse(entry) as { at?: unknown }).at);
  } catch {
    return Number.NaN;
  }
}

const refused = (why: string): Failure =>
  new Failure(
    'refused',
    `Rows of the audit that are old are kept, since ${why}: verify it (howdah audit verify).`,
  );
