import { hkdfSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type SecretConfig } from './config';

/** What sessions, tokens and the audit's checkpoints are signed with. At least so many characters. */
const LEAST = 32;
const NAME = 'secret';

/**
 * Howdah's secret: the one that is set, or the one in the store's folder, which is made where there
 * is none yet. Howdahs that share a database need the same one. It is never logged.
 * @throws ConfigError
 */
export function loadSecret(config: { readonly secret: SecretConfig }): string {
  const { folder } = config.secret;
  const found = findSecret(config);
  if (found !== null) return found;
  // Nothing is kept, so nothing has to be known again after this process.
  if (folder === null) return fresh();
  try {
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    make(join(folder, NAME));
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new ConfigError([`The secret can't be kept in ${folder}: ${why}.`]);
  }
  return findSecret(config) ?? fresh();
}

/** The secret as far as there is one; null: none was ever made. @throws ConfigError */
export function findSecret({ secret }: { readonly secret: SecretConfig }): string | null {
  if (secret.given !== null) return checked(secret.given, 'The secret that is set');
  if (secret.folder === null) return null;
  const path = join(secret.folder, NAME);
  try {
    const { mode } = lstatSync(path);
    if ((mode & 0o077) !== 0) {
      throw new ConfigError([`${path} can be read by others: chmod 600 it, or make a new one.`]);
    }
    return checked(readFileSync(path, 'utf8').trim(), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([
      `${path} can't be read: ${error instanceof Error ? error.message : ''}.`,
    ]);
  }
}

/** A key for one purpose, 32 bytes: of one key nothing is learnt about another, or the secret. */
export function keyFor(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `howdah ${purpose}`, 32));
}

const fresh = (): string => randomBytes(32).toString('base64url');

function checked(secret: string, what: string): string {
  if (secret.length >= LEAST) return secret;
  throw new ConfigError([`${what} is too short: it takes ${LEAST} characters at least.`]);
}

/** It gets its name once it is on disk, and only where there is none: of two who start, one makes it. */
function make(path: string): void {
  const own = `${path}.${process.pid}.new`;
  rmSync(own, { force: true });
  const file = openSync(own, 'wx', 0o600);
  try {
    writeSync(file, `${fresh()}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  const folder = openSync(join(path, '..'), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
