import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem, run } from './steps.mjs';

const STAMP = 'node_modules/.howdah-installed';
const ADDON = 'node_modules/zookeeper/build/Release';

/** What was asked for, and the Node for which the addon was compiled. */
function wanted() {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const file of ['package.json', 'package-lock.json']) {
    hash.update(existsSync(file) ? readFileSync(file) : 'none');
  }
  return hash.digest('hex');
}

/** @returns {boolean} whether node_modules is what package.json and the lock file ask for. */
export function nodePackagesAreCurrent() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted() && addonIsBuilt();
}

/** @param {string[]} log */
export async function installNodePackages(log) {
  const env = { NEXT_TELEMETRY_DISABLED: '1', ...headers() };
  await npm(['install', '--no-fund', '--no-audit'], { log, env });
  // Compiled for another Node, or its script was not run.
  if (!addonIsBuilt() || !(await loads(log))) {
    await npm(['rebuild', 'zookeeper'], { log, env });
    if (!(await loads(log))) {
      throw new Problem('The ZooKeeper client did not compile: see above what it lacks');
    }
  }
  writeFileSync(STAMP, wanted());
}

function addonIsBuilt() {
  return existsSync(ADDON) && readdirSync(ADDON).some((file) => file.endsWith('.node'));
}

function loads(log) {
  return run(process.execPath, ['-e', 'require("zookeeper")'], { log }).then(
    () => true,
    () => false,
  );
}

/** Node's own headers, where they were installed with it: node-gyp would fetch them instead. */
function headers() {
  const prefix = dirname(dirname(process.execPath));
  const there = existsSync(join(prefix, 'include', 'node', 'node_version.h'));
  return there ? { npm_config_nodedir: prefix } : {};
}

/** The npm that called us, else the one beside Node, else the one on the PATH. */
function npm(args, options) {
  const caller = process.env.npm_execpath;
  if (caller?.endsWith('.js')) return run(process.execPath, [caller, ...args], options);
  const beside = join(dirname(process.execPath), 'npm');
  return run(existsSync(beside) ? beside : 'npm', args, options);
}
