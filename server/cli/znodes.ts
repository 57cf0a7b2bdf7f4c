import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '@/lib/errors';
import { absolutePath } from '@/lib/znodes/path';
import { type OpenTree, openTree } from '../adapters/zookeeper/tree';
import { type Config, type EnsembleConfig, loadConfig } from '../config';
import { type Applied, applyImport } from '../operations/znodes/import-apply';
import { planImport } from '../operations/znodes/import-plan';
import { exportSubtree } from '../operations/znodes/subtree-export';
import { HelpWanted, UsageError } from './errors';
import { ImportActs } from './import-acts';
import { CannotRecord, withRecorder } from './recorded';
import { linesOfOne, taken, writeLines } from './subtree-file';
import { saidOfApplied, saidOfExport, saidOfPlan } from './znodes-words';

export const USAGE = `howdah znodes export <ensemble> <path> <file> [--force]
howdah znodes import <ensemble> <file> [--overwrite] [--skip-refused] [--yes] [--unrecorded]
`;

/** A lost connection has this long to come back, milliseconds. */
const PATIENCE_MS = 60_000;
/** A line of progress for so many znodes. */
const PROGRESS_EVERY = 5000;

const say = (lines: readonly string[]) => {
  for (const line of lines) process.stdout.write(`${line}\n`);
};

/**
 * `znodes export` and `znodes import`, over the ensembles that the configuration names. Throws an
 * `Error` with one sentence for the person who asked; also after an import that could not do all.
 */
export async function znodes(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) throw new HelpWanted(USAGE);
  const { values, positionals } = argumentsOf(args);
  const [verb, ...rest] = positionals;
  if (verb === 'export') {
    const [ensemble, root, file] = exactly(3, rest);
    const { overwrite, yes, unrecorded } = values;
    if (overwrite || values['skip-refused'] || yes || unrecorded) throw misused();
    await exportTo({ ensemble, root, file, force: values.force });
  } else if (verb === 'import') {
    const [ensemble, file] = exactly(2, rest);
    if (values.force) throw misused();
    const { overwrite, yes, unrecorded } = values;
    const skipRefused = values['skip-refused'];
    await importFrom({ ensemble, file, overwrite, skipRefused, yes, unrecorded });
  } else {
    throw misused();
  }
}

function argumentsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        force: { type: 'boolean', default: false },
        overwrite: { type: 'boolean', default: false },
        'skip-refused': { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        unrecorded: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw misused(error instanceof Error ? error.message.split('. ')[0] : undefined);
  }
}

function exactly(count: number, given: readonly string[]): [string, string, string] {
  if (given.length !== count) throw misused();
  const [one = '', two = '', three = ''] = given;
  return [one, two, three];
}

function misused(why = 'That is not how it is called'): UsageError {
  return new UsageError(`${why}.`, USAGE);
}

interface ExportArguments {
  readonly ensemble: string;
  readonly root: string;
  readonly file: string;
  readonly force: boolean;
}

async function exportTo({ ensemble, root: text, file, force }: ExportArguments): Promise<void> {
  const root = absolutePath(text);
  if (root === null) throw new Failure('bad-input', `"${text}" is no path in ZooKeeper.`);
  if (!force && existsSync(file)) throw taken(file);
  const { found } = configured(ensemble);
  await withTree(found, async (tree) => {
    const onProgress = progress('read');
    const exported = await writeLines(file, { replace: force }, (write) =>
      exportSubtree({ tree, root, ensemble, now: Date.now(), write, onProgress }),
    );
    say(saidOfExport(exported, { root, file }));
  });
}

interface ImportArguments {
  readonly ensemble: string;
  readonly file: string;
  readonly overwrite: boolean;
  readonly skipRefused: boolean;
  readonly yes: boolean;
  readonly unrecorded: boolean;
}

async function importFrom(asked: ImportArguments): Promise<void> {
  const { config, found } = configured(asked.ensemble);
  const rules = { namespaces: found.namespaces, root: config.root };
  const lines = linesOfOne(asked.file);
  await withTree(found, async (tree) => {
    const plan = await planImport({ tree, lines, rules });
    say(saidOfPlan(plan, asked));
    if (!asked.yes) {
      say(['Nothing was changed. Say --yes to import.']);
      return;
    }
    const { ensemble } = asked;
    const acts = new ImportActs(plan, { ensemble, namespaces: found.namespaces }, asked);
    const applied = await recorded(acts, asked, async () => {
      const { overwrite, skipRefused } = asked;
      const writing = { tree: acts.noting(tree), plan, lines, overwrite, skipRefused };
      try {
        return await applyImport({ ...writing, onProgress: progress('done') });
      } finally {
        // What can't be told now shows as a change by somebody else, and its act says so.
        await acts.settle(tree).catch(() => {});
      }
    });
    say(saidOfApplied(applied));
    const undone = applied.moved.length + applied.failed.length;
    if (undone === 0) return;
    const says = `${undone} of ${plan.verdicts.size} znodes were not imported: see above.`;
    throw new Failure('moved', says);
  });
}

/** Nothing is written to ZooKeeper that the audit does not know of, unless that is asked for. */
async function recorded(
  acts: ImportActs,
  { file, overwrite, skipRefused, unrecorded }: ImportArguments,
  does: () => Promise<Applied>,
): Promise<Applied> {
  const intents = acts.acts({ file: basename(file), overwrite, skipRefused });
  if (intents.length === 0) return does();
  if (unrecorded) {
    say(['This is not recorded in the audit.']);
    return does();
  }
  try {
    return await withRecorder((record) => record(intents, does, (done) => acts.ended(done)));
  } catch (error) {
    if (!(error instanceof CannotRecord)) throw error;
    const says = error.message.replace(/\.$/, '');
    throw new CannotRecord(`${says} (--unrecorded imports it all the same)`);
  }
}

function configured(name: string): { readonly config: Config; readonly found: EnsembleConfig } {
  const config = loadConfig(process.env);
  const found = config.ensembles.find((one) => one.name === name);
  if (found) return { config, found };
  const names = config.ensembles.map((one) => one.name).join(', ');
  throw new Failure(
    'bad-input',
    `There is no ensemble "${name}" in the configuration, but ${names}.`,
  );
}

async function withTree(
  { connect, digest, sessionTimeoutMs }: EnsembleConfig,
  work: (tree: OpenTree) => Promise<void>,
): Promise<void> {
  const tree = await openTree({
    connect,
    digest,
    timeoutMs: sessionTimeoutMs,
    patienceMs: PATIENCE_MS,
  });
  try {
    await work(tree);
  } finally {
    tree.close();
  }
}

/** Where it is not in the way of what is written to standard output. */
function progress(what: string) {
  return (done: number, total?: number) => {
    if (done % PROGRESS_EVERY !== 0) return;
    process.stderr.write(`${done}${total === undefined ? '' : ` of ${total}`} znodes ${what}\n`);
  };
}
