import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './steps.mjs';

const STAMP = 'node_modules/.howdah-installed';

/** What was asked for, and the Node it was installed for. */
function wanted() {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const file of ['package.json', 'package-lock.json']) {
    hash.update(existsSync(file) ? readFileSync(file) : 'none');
  }
  return hash.digest('hex');
}

/** @returns {boolean} whether node_modules is what package.json and the lock file ask for. */
export function nodePackagesAreCurrent() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted();
}

/** @param {string[]} log */
export async function installNodePackages(log) {
  const env = { NEXT_TELEMETRY_DISABLED: '1' };
  await npm(['install', '--no-fund', '--no-audit'], { log, env });
  writeFileSync(STAMP, wanted());
}

function npm(args, options) {
  const [command, ...first] = npmCommand();
  return run(command, [...first, ...args], options);
}

/** The npm that called us, else the one beside Node, else the one on the PATH. @returns {string[]} */
export function npmCommand() {
  const caller = process.env.npm_execpath;
  if (caller?.endsWith('.js')) return [process.execPath, caller];
  const beside = join(dirname(process.execPath), 'npm');
  return [existsSync(beside) ? beside : 'npm'];
}
