import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type pg from 'pg';
import type { Json } from '@/lib/audit/entry';
import { formatBytes } from '@/lib/units';
import { backUp } from '../adapters/store/backup';
import { checkWhole, partsOf, writeWhole } from '../adapters/store/backup-file';
import { checkVersion, filledTables, restore } from '../adapters/store/backup-restore';
import { measureSpool } from '../adapters/store/spool';
import { statsOf } from '../adapters/store/stats';
import { loadStoreConfig } from '../config';
import { CommandFailure, HelpWanted, inWords, UsageError } from './errors';
import { showProgress } from './progress';
import { type Pruned, pruneStore } from './prune';
import { withStore } from './reach-store';
import { bringUpToDate, recorder } from './recorded';
import { renderStats } from './stats-table';

const USAGE = `The history that Howdah keeps in PostgreSQL.

howdah store backup FILE [--force]
  All of it, as of one moment, into one file. Howdah may run meanwhile.
  --force replaces the file if there is one.
howdah store restore FILE [--replace --yes]
  Into a store that is empty, while no Howdah runs. --replace says what is
  there and would be lost, and does it with --yes.
howdah store prune
  Drops what is older than it is kept for, and what there is no room for.
howdah store stats [--json]
  How much there is, since when, and what it grows by.

The store is found as Howdah finds it: by howdah.yaml and the environment.
`;

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  backup,
  restore: restoreFrom,
  prune,
  stats,
};

/** `howdah store …` */
export async function store([name = '', ...args]: readonly string[]): Promise<void> {
  if (name === '--help' || name === '-h') throw new HelpWanted(USAGE);
  if (name === '') throw new UsageError('Say what to do with the store.', USAGE);
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!run) throw new UsageError(`There is no command "store ${name}".`, USAGE);
  await run(args);
}

async function backup(args: readonly string[]): Promise<void> {
  const { values, file } = read(args, { force: { type: 'boolean', default: false } }, 'FILE');
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandFailure(`There is no folder ${dirname(file)}`);
  }
  const progress = showProgress('Backing up');
  const bytes = await withStore(loadStoreConfig(process.env), 'read', ({ client }) =>
    writeWhole(file, backUp(client, progress.note), { replace: values.force }),
  ).finally(progress.end);
  say(`${file} has all of the history: ${formatBytes(bytes)}.`);
}

async function restoreFrom(args: readonly string[]): Promise<void> {
  const options = {
    replace: { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
  } as const;
  const { values, file } = read(args, options, 'FILE');
  if (values.yes && !values.replace) throw new UsageError('--yes goes with --replace.', USAGE);
  if (!existsSync(file)) throw new CommandFailure(`There is no file ${file}`);
  // The file is looked at first: what is wrong with it need not trouble the store.
  const checking = showProgress('Checking the file');
  const { header, totals } = await checkWhole(file, checking.note).finally(checking.end);
  checkVersion(header);
  const progress = showProgress('Restoring');
  const leftOut = await withStore(
    loadStoreConfig(process.env),
    'alone',
    async ({ client, where }) => {
      const filled = await filledTables(client);
      if (filled.length > 0 && !(values.replace && values.yes)) {
        throw new CommandFailure(await wouldBeLost(client, { where, replace: values.replace }));
      }
      // What no longer makes sense is no reason to leave it in its place.
      const before = await whatIsThere(client, filled).catch(() => 'it could not be read');
      const left = await restore(client, partsOf(file), progress.note);
      // In the chain that was restored: what it goes on from is what stands there now.
      const detail = { file: basename(file), madeAt: header.at, rows: totals.rows, before };
      await recorder(client)([{ action: 'store-restored', detail }], async () => {}).catch(
        (error: unknown) =>
          say(`It is restored, and that could not be recorded: ${inWords(error)}`),
      );
      return left;
    },
  ).finally(progress.end);
  for (const name of leftOut) say(`${name} is left out: no Howdah makes such a table.`);
  say(`History is as it was at ${header.at}: ${totals.rows.toLocaleString('en')} rows.`);
}

async function wouldBeLost(
  client: Parameters<typeof statsOf>[0],
  { where, replace }: { where: string; replace: boolean },
): Promise<string> {
  if (!replace) {
    return `The history ${where} is not empty: --replace says what would be lost`;
  }
  const { kinds, bytes } = await statsOf(client, Date.now());
  const rows = kinds
    .filter((one) => one.rows > 0)
    .map((one) => `${one.rows.toLocaleString('en')} ${one.kind}`);
  const oldest = Math.min(...kinds.flatMap((one) => one.oldest ?? []));
  const since = Number.isFinite(oldest) ? ` since ${new Date(oldest).toISOString()}` : '';
  return `All that is ${where} would be lost (${rows.join(', ')}; ${formatBytes(bytes)}${since}): add --yes to do it`;
}

/** What a restore does away with, and how far its audit went. Null: there was nothing. */
async function whatIsThere(client: pg.Client, filled: readonly string[]): Promise<Json> {
  if (filled.length === 0) return null;
  const { kinds } = await statsOf(client, Date.now());
  const rows = Object.fromEntries(
    kinds.filter((one) => one.rows > 0).map((one) => [one.kind, one.rows]),
  );
  if (!filled.includes('audit')) return { rows };
  const { rows: last } = await client.query<{ chain: string; seq: number; hash: string }>(
    'select chain, seq::float8 as seq, hash from howdah.audit order by audit.seq desc limit 1',
  );
  return { rows, audit: last[0] ?? null };
}

async function prune(args: readonly string[]): Promise<void> {
  read(args, {}, null);
  const config = loadStoreConfig(process.env);
  const { tooOld, noRoom } = await withStore(config, 'tidy', async (reached) => {
    await bringUpToDate(reached);
    return recorder(reached.client)(
      [{ action: 'store-pruned' }],
      () => pruneStore(reached, config),
      (pruned) => (pruned === null ? [] : [{ says: prunedInWords(pruned) }]),
    );
  });
  for (const name of tooOld) say(`${name} is dropped: it was older than it is kept for.`);
  for (const name of noRoom) say(`${name} is dropped: there was no room for it.`);
  if (tooOld.length + noRoom.length === 0) say('There was nothing to drop.');
}

function prunedInWords({ tooOld, noRoom }: Pruned): string {
  const dropped = [...tooOld, ...noRoom];
  return dropped.length === 0 ? 'There was nothing to drop.' : `Dropped: ${dropped.join(', ')}.`;
}

async function stats(args: readonly string[]): Promise<void> {
  const { values } = read(args, { json: { type: 'boolean', default: false } }, null);
  const config = loadStoreConfig(process.env);
  const report = await withStore(config, 'read', async ({ client, version, where }) => ({
    server: `PostgreSQL ${version}, ${where}`,
    ...(await statsOf(client, Date.now())),
    budgetBytes: config?.budgetBytes ?? null,
    spool: {
      ...(await measureSpool(join(config?.folder ?? '', 'spool'))),
      mostBytes: config?.spoolBytes ?? 0,
    },
  }));
  say(values.json ? JSON.stringify(report, null, 2) : renderStats(report));
}

/** The options of one command, and the file where it wants one. @throws UsageError */
function read<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
  wants: 'FILE' | null,
) {
  const help = { help: { type: 'boolean', short: 'h', default: false } } as const;
  const config = {
    args: [...args],
    options: { ...options, ...help },
    allowPositionals: true,
  } as const;
  const parsed = parse(config);
  if ((parsed.values as { help: boolean }).help) throw new HelpWanted(USAGE);
  const { positionals } = parsed;
  const most = wants === null ? 0 : 1;
  if (positionals.length > most) {
    throw new UsageError(`"${positionals[most]}" is one too many.`, USAGE);
  }
  if (positionals.length < most) throw new UsageError('Name the file.', USAGE);
  // npm runs this in Howdah's folder, wherever it was called.
  const file = resolve(process.env.INIT_CWD ?? '.', positionals[0] ?? '');
  return { values: parsed.values, file };
}

function parse<T extends ParseArgsConfig>(config: T) {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node goes on with what else might have been meant.
    const [says = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new UsageError(`${says.replace(/\.$/, '')}.`, USAGE);
  }
}
