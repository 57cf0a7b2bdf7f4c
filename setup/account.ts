import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Sandbox } from '@/sandbox';

export interface Account {
  readonly email: string;
  readonly password: string;
}

const EMAIL = 'admin@example.org';

/**
 * An administrator for a Howdah that watches this sandbox, made beside it by Howdah's own command,
 * which is run by `args` of Node. A sandbox that stays has the one it was given first.
 * @throws Error when the command fails
 */
export async function administrator(sandbox: Sandbox, args: readonly string[]): Promise<Account> {
  const file = join(sandbox.root, 'admin-password');
  const isNew = !existsSync(file);
  if (isNew) writeFileSync(file, randomBytes(12).toString('base64url'), { mode: 0o600 });
  const password = readFileSync(file, 'utf8');
  if (!isNew) return { email: EMAIL, password };
  const wanted = ['--role', 'admin', '--password-file', file, '--final'];
  const child = spawn(process.execPath, [...args, 'user', 'add', EMAIL, ...wanted], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOWDAH_STORE_FOLDER: join(sandbox.root, 'howdah') },
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`No administrator could be made: ${said.trim()}`);
  return { email: EMAIL, password };
}
