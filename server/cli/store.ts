import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { formatBytes } from '@/lib/units';
import { backUp } from '../adapters/store/backup';
import { checkWhole, partsOf, writeWhole } from '../adapters/store/backup-file';
import { checkVersion, filledTables, restore } from '../adapters/store/backup-restore';
import { measureSpool } from '../adapters/store/spool';
import { statsOf } from '../adapters/store/stats';
import { loadStoreConfig } from '../config';
import { CommandFailure, HelpWanted, UsageError } from './errors';
import { showProgress } from './progress';
import { pruneStore } from './prune';
import { withStore } from './reach-store';
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
      return restore(client, partsOf(file), progress.note);
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

async function prune(args: readonly string[]): Promise<void> {
  read(args, {}, null);
  const config = loadStoreConfig(process.env);
  const { tooOld, noRoom } = await withStore(config, 'tidy', (reached) =>
    pruneStore(reached, config),
  );
  for (const name of tooOld) say(`${name} is dropped: it was older than it is kept for.`);
  for (const name of noRoom) say(`${name} is dropped: there was no room for it.`);
  if (tooOld.length + noRoom.length === 0) say('There was nothing to drop.');
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
