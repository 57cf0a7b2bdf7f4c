import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './child';
import { say, stopwatch } from './say';

const SOURCES = ['agent', 'app', 'components', 'lib', 'public', 'server', 'zookeeper'];
const FILES = ['package.json', 'next.config.js', 'postcss.config.mjs', 'setup/bundle.mjs'];
const STAMP = 'dist/.built';

/**
 * Builds pages and server, unless they are built from these very sources.
 * @returns whether they are built now.
 */
export async function buildIfNeeded(): Promise<boolean> {
  const sources = hashOfSources();
  const built = ['dist/main.js', '.next/BUILD_ID', STAMP].every((file) => existsSync(file));
  if (built && readFileSync(STAMP, 'utf8') === sources) {
    say('The build is current');
    return true;
  }
  const elapsed = stopwatch();
  say('Building …');
  const env = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
  if ((await runCommand('node_modules/.bin/next', ['build'], env)) !== 0) return false;
  if ((await runCommand(process.execPath, ['setup/bundle.mjs'])) !== 0) return false;
  writeFileSync(STAMP, sources);
  say(`Built in ${elapsed()}`);
  return true;
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const files = [...SOURCES.flatMap(filesOf), ...FILES.filter((file) => existsSync(file))];
  for (const file of files.sort()) {
    if (/\.i?test\.tsx?$/.test(file)) continue;
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesOf(path);
    return entry.isFile() ? [path] : [];
  });
}
