import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { ChainRow } from '@/lib/audit/chain';
import { MIGRATIONS } from './migrations';

/** Each column that is made of a row's text, and where in the text it is. */
const COLUMNS = {
  ...{ act: ['id'], kind: ['kind'], action: ['action'], actor_kind: ['actor', 'kind'] },
  ...{ actor_id: ['actor', 'id'], actor: ['actor', 'name'], address: ['from'] },
  ...{ cluster: ['cluster'], reason: ['reason'], result: ['result'], says: ['says'] },
  zxid: ['cost', 'zxid'],
} as const satisfies Record<string, readonly string[]>;

export type RowWithColumns = ChainRow & { readonly at_ms: number } & {
  readonly [column in keyof typeof COLUMNS]: string | null;
};

/** What to select of `howdah.audit`. */
export const WITH_COLUMNS = `seq::float8 as seq, chain, entry, hash,
  round(extract(epoch from at) * 1000)::float8 as at_ms, ${Object.keys(COLUMNS).join(', ')}`;

/**
 * By which columns a row is found and shown as something else than its text says. Whoever may alter
 * the table may have them made of something else, and so hide acts from whoever looks for them.
 */
export function strayColumns(row: RowWithColumns): string[] {
  let fields: unknown;
  try {
    fields = JSON.parse(row.entry);
  } catch {
    return ['entry'];
  }
  const strays = Object.entries(COLUMNS).flatMap(([column, path]) => {
    const value = path.reduce<unknown>((found, name) => Object(found)[name], fields);
    const words = value == null ? null : typeof value === 'string' ? value : JSON.stringify(value);
    return row[column as keyof typeof COLUMNS] === words ? [] : [column];
  });
  return Math.round(Number(Object(fields).at)) === row.at_ms ? strays : ['at', ...strays];
}

/** What keeps rows from being changed by mistake, with what each trigger does and when. */
const TRIGGERS = {
  audit_checkpoint_stays: ['audit_checkpoint', 'audit_stays', 'DELETE OR UPDATE OR TRUNCATE'],
  audit_goes: ['audit', 'audit_goes', 'DELETE'],
  audit_stays: ['audit', 'audit_stays', 'UPDATE OR TRUNCATE'],
} as const;

/** What is no longer as Howdah made it, of what guards the audit and of what it is read by. */
export async function guards(client: pg.Client): Promise<string[]> {
  return [
    ...(await triggersAmiss(client)),
    ...(await columnsAmiss(client)),
    ...(await tableAmiss(client)),
  ];
}

async function triggersAmiss(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; on: boolean; does: string; body: string }>(
    `select t.tgname::text as name, t.tgenabled in ('O', 'A') as on, p.prosrc as body,
            pg_get_triggerdef(t.oid) as does
     from pg_trigger t join pg_proc p on p.oid = t.tgfoid
     where t.tgrelid in ('howdah.audit'::regclass, 'howdah.audit_checkpoint'::regclass)
       and not t.tgisinternal`,
  );
  const there = new Map(rows.map((row) => [row.name, row]));
  const bodies = bodiesMade();
  const others = rows.filter(({ name }) => !Object.hasOwn(TRIGGERS, name));
  const amiss = Object.entries(TRIGGERS).flatMap(([name, [table, does, on]]) => {
    const found = there.get(name);
    const which = `The trigger ${name}, which refuses changes of the audit,`;
    if (!found?.on) return [`${which} is off.`];
    const each = name === 'audit_goes' ? 'ROW' : 'STATEMENT';
    const made = `CREATE TRIGGER ${name} BEFORE ${on} ON howdah.${table} FOR EACH ${each} EXECUTE FUNCTION howdah.${does}()`;
    return found.does === made && found.body === bodies.get(does)
      ? []
      : [`${which} does something else than Howdah made it for.`];
  });
  // One that is asked before a row is put in can leave it out.
  const says = 'stands on the audit, and Howdah did not make it.';
  return [...amiss, ...others.map(({ name }) => `The trigger ${name} ${says}`)];
}

/** The bodies of functions as migrations make them: the last one counts. */
function bodiesMade(): ReadonlyMap<string, string> {
  const { migrationsFolder: folder } = MIGRATIONS;
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const bodies = new Map<string, string>();
  for (const file of files.sort()) {
    const text = readFileSync(join(folder, file), 'utf8');
    const made = /FUNCTION howdah\.(\w+)\(\)[^$]*\$\$(.*?)\$\$/gs;
    for (const [, name = '', body = ''] of text.matchAll(made)) bodies.set(name, body);
  }
  return bodies;
}

async function columnsAmiss(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select a.attname::text as name from pg_attribute a
     where a.attrelid = 'howdah.audit'::regclass and a.attnum > 0 and not a.attisdropped
       and a.attname not in ('seq', 'chain', 'entry', 'hash') and a.attgenerated = ''`,
  );
  return rows.map(({ name }) => `The column ${name} of the audit is no longer made of its rows.`);
}

/** It is a table, of which all rows are shown, and an act's beginning and end are there once. */
async function tableAmiss(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ plain: boolean; once: boolean }>(
    `select c.relkind = 'r' and not c.relrowsecurity and not c.relhasrules
              and not exists (select from pg_inherits i where i.inhparent = c.oid) as plain,
            exists (
              select from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid
                and i.indpred is null and i.indnkeyatts = 2
                and (select array_agg(a.attname::text order by a.attname) from pg_attribute a
                     where a.attrelid = c.oid and a.attnum = any (i.indkey)) = '{act,kind}'
            ) as once
     from pg_class c where c.oid = 'howdah.audit'::regclass`,
  );
  const { plain, once } = rows[0] ?? { plain: false, once: false };
  return [
    ...(plain ? [] : ['The audit is no plain table: what is read of it need not be all there is.']),
    ...(once ? [] : ['The key is gone by which each beginning and end of an act is there once.']),
  ];
}
