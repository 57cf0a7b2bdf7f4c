// What is asked of dependencies: that the lock file says exactly what is installed and from where,
// that nothing runs at its installation unless package.json lets it, and, where the registry's
// advisories can be had, that none is high or critical. Without a network the last is not checked,
// and said not to be.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { npmCommand } from './node-packages.mjs';

const REGISTRY = 'https://registry.npmjs.org/';
const PATIENCE_MS = 15_000;

/**
 * @param {{ packages: Record<string, any> }} lock
 * @param {Record<string, boolean>} allowed the packages whose scripts may run, as in package.json
 * @returns {string[]} a sentence for each that is not as it should be
 */
export function lockMistakes(lock, allowed) {
  const mistakes = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    // The first is Howdah itself; what is bundled came with the package around it.
    if (path === '' || entry.inBundle) continue;
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13);
    // Where nothing is said, it is the registry that npm is set to.
    if (entry.resolved !== undefined && !entry.resolved.startsWith(REGISTRY)) {
      mistakes.push(`${name} comes from ${entry.resolved}, not from ${REGISTRY}`);
    }
    if (!/^sha512-/.test(entry.integrity ?? '')) {
      mistakes.push(`${name} has no hash of what it holds`);
    }
    if (entry.hasInstallScript && allowed[name] !== true) {
      mistakes.push(`${name} runs a script when it is installed, and is not in allowScripts`);
    }
  }
  return mistakes;
}

/**
 * @param {string[]} more arguments of npm
 * @returns {Promise<{ checked: boolean, says: string, grave: string[] }>}
 */
export async function advisories(more = []) {
  const said = await auditOf(more);
  if (said === null) {
    return {
      checked: false,
      says: "not checked: the registry's advisories can't be had",
      grave: [],
    };
  }
  const grave = Object.values(said.vulnerabilities)
    .filter(({ severity }) => severity === 'high' || severity === 'critical')
    .map(({ name, severity, range }) => `${name} ${range}: ${severity}`);
  return { checked: true, says: `${grave.length} high or critical`, grave };
}

/** What npm has found; null where it could not ask. */
function auditOf(more) {
  return new Promise((resolve) => {
    const [command, ...args] = npmCommand();
    const bounds = ['--fetch-retries=0', `--fetch-timeout=${PATIENCE_MS}`];
    const child = spawn(command, [...args, 'audit', '--omit=dev', '--json', ...bounds, ...more], {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    child.on('error', () => resolve(null));
    child.on('close', () => {
      try {
        const report = JSON.parse(said);
        resolve(report.vulnerabilities && report.metadata ? report : null);
      } catch {
        resolve(null);
      }
    });
  });
}

async function main() {
  const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
  const mistakes = lockMistakes(read('package-lock.json'), read('package.json').allowScripts ?? {});
  const { says, grave } = await advisories();
  for (const each of [...mistakes, ...grave]) process.stderr.write(`${each}\n`);
  process.stdout.write(
    `Dependencies: ${mistakes.length} mistakes in the lock file; advisories ${says}\n`,
  );
  if (mistakes.length + grave.length > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
