import type pg from 'pg';
import type { Anchor, Checkpoint } from '@/lib/audit/chain';
import type { Verdict } from '@/lib/audit/verdict';
import { Verifier } from '@/lib/audit/verify';
import { guards, type RowWithColumns, strayColumns, WITH_COLUMNS } from './audit-guards';
import { hashOf, signed } from './audit-hash';

export interface VerifyOptions {
  /** Null: the secret is not known. */
  readonly key: Buffer | null;
  /** Read before this is called; null: not asked for. */
  readonly anchors: readonly Anchor[] | null;
  readonly onProgress: (rows: number) => void;
}

const ROWS_AT_ONCE = 2000;
/** So many rows are named that are shown as something else. */
const MOST_TOLD = 20;

/** Goes through the whole chain as of one moment, holding no more of it than a few rows. */
export async function verifyAudit(client: pg.Client, options: VerifyOptions): Promise<Verdict> {
  const { key, anchors, onProgress } = options;
  await client.query('begin transaction isolation level repeatable read, read only');
  try {
    await client.query('set local statement_timeout = 0');
    // Nothing that somebody has put in the way stands for what is asked for here.
    await client.query('set local search_path = pg_catalog');
    const { rows: checkpoints } = await client.query<Checkpoint>(
      `select chain, upto::float8 as upto, hash, removed::float8 as removed, signature,
              round(extract(epoch from at) * 1000)::float8 as at
       from howdah.audit_checkpoint order by upto`,
    );
    const sign = key && ((text: string) => signed(text, key));
    const store = await storeIn(client);
    const verifier = new Verifier({ hashOf, sign, checkpoints, anchors, store });
    await client.query(
      `declare rows no scroll cursor for
       select ${WITH_COLUMNS} from howdah.audit order by audit.seq`,
    );
    const strays: string[] = [];
    let [count, untold] = [0, 0];
    for (;;) {
      const { rows } = await client.query<RowWithColumns>(`fetch ${ROWS_AT_ONCE} from rows`);
      for (const row of rows) {
        verifier.take(row);
        const columns = strayColumns(row);
        if (columns.length === 0) continue;
        if (strays.length < MOST_TOLD) strays.push(strayInWords(row.seq, columns));
        else untold += 1;
      }
      count += rows.length;
      onProgress(count);
      if (rows.length < ROWS_AT_ONCE) break;
    }
    if (untold > 0) strays.push(`And so are ${untold} more.`);
    const verdict = verifier.end();
    return {
      ...verdict,
      findings: [...verdict.findings, ...strays, ...(await guards(client))],
    };
  } finally {
    await client.query('rollback');
  }
}

const strayInWords = (seq: number, columns: readonly string[]): string =>
  `Row ${seq} is shown as something else than it says (${columns.join(', ')}).`;

/** Null: it has no id, or none that may be read. */
async function storeIn(client: pg.Client): Promise<string | null> {
  const { rows: may } = await client.query<{ may: boolean }>(
    `select coalesce(has_table_privilege(to_regclass('howdah.audit_store'), 'select'), false) as may`,
  );
  if (!may[0]?.may) return null;
  const { rows } = await client.query<{ id: string }>('select id from howdah.audit_store limit 1');
  return rows[0]?.id ?? null;
}
