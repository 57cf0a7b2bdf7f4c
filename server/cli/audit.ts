import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seesAll } from '@/lib/access/sight';
import { anchorFolder, anchorOf } from '@/lib/audit/anchor';
import type { Anchor } from '@/lib/audit/chain';
import { csvHead, csvOf, jsonOf } from '@/lib/audit/export';
import type { AuditQuery } from '@/lib/audit/page';
import { verdictInWords } from '@/lib/audit/verify';
import { parseClusterId } from '@/lib/topology/cluster-id';
import { PostgresAuditReader } from '../adapters/store/audit-reader';
import { verifyAudit } from '../adapters/store/audit-verify';
import { measureSpool } from '../adapters/store/spool';
import { openTree } from '../adapters/zookeeper/tree';
import { storeMark } from '../audit-store-mark';
import { ConfigError, loadConfig, loadSecretConfig, loadStoreConfig } from '../config';
import { findSecret, keyFor } from '../secret';
import { CommandFailure, HelpWanted, UsageError } from './errors';
import { showRows } from './progress';
import { asAsked, type Reached, withStore } from './reach-store';

const USAGE = `The audit: what was done, by whom, and what became of it.

howdah audit verify [--no-anchor]
  Goes through all of it, and says what was altered, removed or cut off.
  What is cut off at its end is known by its anchor in ZooKeeper, which
  --no-anchor leaves alone.
howdah audit export --format csv|jsonl [--from TIME] [--until TIME] [--cluster ID]
  To standard output, the newest first, with the changes in ZooKeeper that
  Howdah did not make. TIME is as in 2026-01-31 or 2026-01-31T09:00:00Z, ID as
  the address of a cluster's page has it.

The store is found as Howdah finds it: by howdah.yaml and the environment.
`;

/** `audit verify` and `audit export`. */
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
  } else if (name === 'export') {
    const { format, from, until, cluster, ...others } = given;
    if (Object.keys(others).length > 0) throw misused(name, others);
    if (format !== 'csv' && format !== 'jsonl') {
      throw new UsageError('Say --format csv or --format jsonl.', USAGE);
    }
    if (cluster !== undefined && parseClusterId(cluster) === null) {
      throw new UsageError(`"${cluster}" is no cluster's id.`, USAGE);
    }
    await exportAs(format, {
      ...(from === undefined ? {} : { from: momentOf(from) }),
      ...(until === undefined ? {} : { until: momentOf(until) }),
      ...(cluster === undefined ? {} : { cluster }),
    });
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

async function verify(withoutAnchor: boolean): Promise<void> {
  const store = loadStoreConfig(process.env);
  const secret = secretIfKnown();
  // Before the rows: by then they are at least as far as that.
  const anchors = withoutAnchor ? null : await readAnchors();
  const progress = showRows('Verifying');
  const verdict = await withStore(store, 'read', async ({ client }) => {
    await expectAudit(client);
    return verifyAudit(client, {
      ...{
        key: secret === null ? null : keyFor(secret, 'audit checkpoints'),
        anchors,
        onProgress: progress.note,
      },
      store: secret !== null && store !== null ? storeMark(secret, store) : '',
    });
  }).finally(progress.end);
  for (const line of verdictInWords(verdict)) process.stdout.write(`${line}\n`);
  const { files } = await measureSpool(join(store?.folder ?? '', 'audit-spool'));
  if (files > 0) process.stdout.write(`${files} more wait on disk to be put into it.\n`);
  const { length } = verdict.findings;
  if (length > 0) throw new CommandFailure(`Found wrong: ${length}`);
}

/** Who verifies need not have it: then nothing is said of signatures. */
function secretIfKnown(): string | null {
  const secret = loadSecretConfig(process.env);
  try {
    return findSecret({ secret });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stdout.write(`${error.message}\n`);
    return null;
  }
}

async function expectAudit(client: Reached['client']): Promise<void> {
  const { rows } = await client.query(`select to_regclass('howdah.audit') is not null as there`);
  if (rows[0]?.there !== true) throw new CommandFailure('There is no audit in the store yet');
}

/** A lost connection has this long to come back, milliseconds. */
const PATIENCE_MS = 15_000;

async function readAnchors(): Promise<Anchor[]> {
  const { ensembles, root } = loadConfig(process.env);
  const [first] = ensembles;
  if (!first) return [];
  const { connect, digest, sessionTimeoutMs: timeoutMs } = first;
  const tree = await openTree({ connect, digest, timeoutMs, patienceMs: PATIENCE_MS });
  try {
    const folder = anchorFolder(root);
    await tree.sync(folder);
    const listed = await tree.children(folder, false);
    const found: Anchor[] = [];
    for (const name of listed?.names ?? []) {
      const znode = await tree.data(`${folder}/${name}`, false);
      const anchor = anchorOf(znode?.data.toString('utf8') ?? '');
      if (anchor?.chain === name) found.push(anchor);
      else process.stdout.write(`${folder}/${name} in ZooKeeper is no anchor of an audit.\n`);
    }
    return found;
  } finally {
    tree.close();
  }
}

const ITEMS_AT_ONCE = 500;

async function exportAs(
  format: 'csv' | 'jsonl',
  query: Pick<AuditQuery, 'from' | 'until' | 'cluster'>,
): Promise<void> {
  const write = (text: string) =>
    new Promise<void>((done) => {
      process.stdout.write(text, () => done());
    });
  const lineOf = format === 'csv' ? csvOf : jsonOf;
  const progress = showRows('Exporting');
  await withStore(loadStoreConfig(process.env), 'read', async ({ client }) => {
    await expectAudit(client);
    const reader = new PostgresAuditReader(asAsked(client));
    if (format === 'csv') await write(csvHead());
    let rows = 0;
    for (let before: string | null = ''; before !== null; ) {
      const at = before === '' ? {} : { before };
      const page = await reader.page({ ...query, ...at, limit: ITEMS_AT_ONCE }, seesAll);
      await write(page.items.map(lineOf).join(''));
      rows += page.items.length;
      progress.note(rows);
      before = page.cursor;
    }
  }).finally(progress.end);
}
