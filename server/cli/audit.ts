import { parseArgs } from 'node:util';
import { seesAll } from '@/lib/access/sight';
import { csvHead, csvOf, jsonOf } from '@/lib/audit/export';
import type { AuditQuery } from '@/lib/audit/page';
import { parseClusterId } from '@/lib/topology/cluster-id';
import { PostgresAuditReader } from '../adapters/store/audit-reader';
import { loadStoreConfig } from '../config';
import { acknowledge, expectAudit, verify } from './audit-check';
import { HelpWanted, UsageError } from './errors';
import { showRows } from './progress';
import { asAsked, type Reached, withStore } from './reach-store';
import { CannotRecord, recorder } from './recorded';

const USAGE = `The audit: what was done, by whom, and what became of it.

howdah audit verify [--no-anchor]
  Goes through all of it, and says what was altered, removed or cut off.
  What is cut off at its end is known by its anchor in ZooKeeper, which
  --no-anchor leaves alone.
howdah audit acknowledge --reason TEXT
  Says that breaks of the chain come of something that is known, such as an
  older backup that was restored. It is recorded, and signed with the secret;
  verify goes on to tell of them, and no longer fails for them.
howdah audit export --format csv|jsonl [--from TIME] [--until TIME] [--cluster ID] [--unrecorded]
  To standard output, the newest first, with the changes in ZooKeeper that
  Howdah did not make. TIME is as in 2026-01-31 or 2026-01-31T09:00:00Z, ID as
  the address of a cluster's page has it. That it was taken out is recorded
  itself; --unrecorded is for who may not write to the store.

The store is found as Howdah finds it: by howdah.yaml and the environment.
`;

/** `audit verify`, `audit acknowledge` and `audit export`. */
export async function audit(args: readonly string[]): Promise<void> {
  const { values, positionals } = argumentsOf(args);
  if (values.help) throw new HelpWanted(USAGE);
  const [name, ...more] = positionals;
  if (name === undefined) throw new UsageError('Say what to do with the audit.', USAGE);
  if (more.length > 0) throw new UsageError(`"${more[0]}" is one too many.`, USAGE);
  const { help: _, ...given } = values;
  if (name === 'verify') {
    const { 'no-anchor': withoutAnchor, ...others } = given;
    if (Object.keys(others).length > 0) throw misused(name, others);
    await verify(withoutAnchor ?? false);
  } else if (name === 'acknowledge') {
    const { reason = '', ...others } = given;
    if (Object.keys(others).length > 0) throw misused(name, others);
    if (reason.trim() === '') throw new UsageError('Say why, by --reason.', USAGE);
    await acknowledge(reason.trim());
  } else if (name === 'export') {
    const { format, from, until, cluster, unrecorded = false, ...others } = given;
    if (Object.keys(others).length > 0) throw misused(name, others);
    if (format !== 'csv' && format !== 'jsonl') {
      throw new UsageError('Say --format csv or --format jsonl.', USAGE);
    }
    if (cluster !== undefined && parseClusterId(cluster) === null) {
      throw new UsageError(`"${cluster}" is no cluster's id.`, USAGE);
    }
    await exportAs(
      { format, unrecorded },
      {
        ...(from === undefined ? {} : { from: momentOf(from) }),
        ...(until === undefined ? {} : { until: momentOf(until) }),
        ...(cluster === undefined ? {} : { cluster }),
      },
    );
  } else {
    throw new UsageError(`There is no command "audit ${name}".`, USAGE);
  }
}

function argumentsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        'no-anchor': { type: 'boolean' },
        format: { type: 'string' },
        from: { type: 'string' },
        until: { type: 'string' },
        cluster: { type: 'string' },
        reason: { type: 'string' },
        unrecorded: { type: 'boolean' },
      },
    });
  } catch (error) {
    const [says = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new UsageError(`${says.replace(/\.$/, '')}.`, USAGE);
  }
}

function misused(name: string, options: object): UsageError {
  return new UsageError(`--${Object.keys(options)[0]} does not go with ${name}.`, USAGE);
}

function momentOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new UsageError(`"${text}" is no time.`, USAGE);
  return at;
}

const ITEMS_AT_ONCE = 500;

type Narrowing = Pick<AuditQuery, 'from' | 'until' | 'cluster'>;

async function exportAs(
  { format, unrecorded }: { readonly format: 'csv' | 'jsonl'; readonly unrecorded: boolean },
  query: Narrowing,
): Promise<void> {
  await withStore(loadStoreConfig(process.env), 'read', async ({ client }) => {
    await expectAudit(client);
    const write = () => writeOut(client, format, query);
    if (unrecorded) {
      process.stderr.write('That it was exported is not recorded.\n');
      await write();
      return;
    }
    const detail = { format, filter: { ...query } };
    const act = { action: 'exported', cluster: query.cluster ?? null, detail } as const;
    await recorder(client)([act], write, (rows) =>
      rows === null ? [] : [{ cost: { rows } }],
    ).catch((error: unknown) => {
      if (!(error instanceof CannotRecord)) throw error;
      const says = error.message.replace(/\.$/, '');
      throw new CannotRecord(`${says} (--unrecorded exports it all the same)`);
    });
  });
}

/** @returns how many acts and changes were written */
async function writeOut(
  client: Reached['client'],
  format: 'csv' | 'jsonl',
  query: Narrowing,
): Promise<number> {
  const write = (text: string) =>
    new Promise<void>((done) => {
      process.stdout.write(text, () => done());
    });
  const lineOf = format === 'csv' ? csvOf : jsonOf;
  const progress = showRows('Exporting');
  const reader = new PostgresAuditReader(asAsked(client));
  let rows = 0;
  try {
    if (format === 'csv') await write(csvHead());
    for (let before: string | null = ''; before !== null; ) {
      const at = before === '' ? {} : { before };
      const page = await reader.page({ ...query, ...at, limit: ITEMS_AT_ONCE }, seesAll);
      await write(page.items.map(lineOf).join(''));
      rows += page.items.length;
      progress.note(rows);
      before = page.cursor;
    }
  } finally {
    progress.end();
  }
  return rows;
}
