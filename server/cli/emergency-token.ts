import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandFailure, HelpWanted, UsageError } from './errors';

const USAGE = `The way in while accounts can't be asked.

howdah emergency-token FILE
  Makes a token in a file that only you can read: run it as Howdah's user. Howdah
  takes it where HOWDAH_EMERGENCY_TOKEN_FILE names that file. Whoever has it may do
  everything; each use is recorded. Remove the file, and it is good no more.
`;

/** `howdah emergency-token FILE` */
export async function emergencyToken(args: readonly string[]): Promise<void> {
  const [file, ...more] = args;
  if (file === '--help' || file === '-h') throw new HelpWanted(USAGE);
  if (file === undefined || more.length > 0 || file.startsWith('-')) {
    throw new UsageError('Say which file it is to be in.', USAGE);
  }
  const path = resolve(file);
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new CommandFailure(`${path} is there already: remove it first`);
    throw new CommandFailure(`${path} can't be written (${code})`);
  }
  process.stdout.write(`${path} has the token. Tell Howdah: HOWDAH_EMERGENCY_TOKEN_FILE=${path}\n`);
}
