import type pg from 'pg';
import type { Anchor, ChainRow, Checkpoint } from '@/lib/audit/chain';
import { type Verdict, Verifier } from '@/lib/audit/verify';
import { hashOf, signatureOf } from './audit-hash';

export interface VerifyOptions {
  /** Null: the secret is not known. */
  readonly key: Buffer | null;
  /** Read before this is called; null: not asked for. */
  readonly anchors: readonly Anchor[] | null;
  readonly store: string;
  readonly onProgress: (rows: number) => void;
}

const ROWS_AT_ONCE = 2000;

/** Goes through the whole chain as of one moment, holding no more of it than a few rows. */
export async function verifyAudit(client: pg.Client, options: VerifyOptions): Promise<Verdict> {
  const { key, anchors, store, onProgress } = options;
  await client.query('begin transaction isolation level repeatable read, read only');
  try {
    await client.query('set local statement_timeout = 0');
    const { rows: checkpoints } = await client.query<Checkpoint>(
      `select chain, upto::float8 as upto, hash, removed::float8 as removed, signature,
              round(extract(epoch from at) * 1000)::float8 as at
       from howdah.audit_checkpoint order by upto`,
    );
    const isSigned = key && ((one: Checkpoint) => signatureOf(one, key) === one.signature);
    const verifier = new Verifier({ hashOf, isSigned, checkpoints, anchors, store });
    await client.query(
      `declare rows no scroll cursor for
       select seq::float8 as seq, chain, entry, hash from howdah.audit order by audit.seq`,
    );
    let count = 0;
    for (;;) {
      const { rows } = await client.query<ChainRow>(`fetch ${ROWS_AT_ONCE} from rows`);
      for (const row of rows) verifier.take(row);
      count += rows.length;
      onProgress(count);
      if (rows.length < ROWS_AT_ONCE) break;
    }
    const verdict = verifier.end();
    return { ...verdict, findings: [...verdict.findings, ...(await guards(client))] };
  } finally {
    await client.query('rollback');
  }
}

const TRIGGERS = ['audit_checkpoint_stays', 'audit_goes', 'audit_stays'];

/** What keeps rows from being changed by mistake, and columns from saying what no row says. */
async function guards(client: pg.Client): Promise<string[]> {
  const { rows: off } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) name
     where not exists (
       select from pg_trigger t join pg_class c on c.oid = t.tgrelid
       join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'howdah' and t.tgname = name and t.tgenabled in ('O', 'A'))`,
    [TRIGGERS],
  );
  const { rows: loose } = await client.query<{ name: string }>(
    `select a.attname::text as name from pg_attribute a
     where a.attrelid = 'howdah.audit'::regclass and a.attnum > 0 and not a.attisdropped
       and a.attname not in ('seq', 'chain', 'entry', 'hash') and a.attgenerated = ''`,
  );
  return [
    ...off.map(({ name }) => `The trigger ${name}, which refuses changes of the audit, is off.`),
    ...loose.map(({ name }) => `The column ${name} of the audit is no longer made of its rows.`),
  ];
}
