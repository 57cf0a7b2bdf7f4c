import { withoutSecrets } from '@/lib/secrets';
import { ConfigError } from '../config';
import { audit } from './audit';
import { emergencyToken } from './emergency-token';
import { HelpWanted, inWords, UsageError } from './errors';
import { haproxy } from './haproxy';
import { store } from './store';
import { user } from './user';
import { znodes } from './znodes';

/** A group of commands by its name: it gets what is behind that. */
const groups: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  'emergency-token': emergencyToken,
  audit,
  haproxy,
  store,
  user,
  znodes,
};

const USAGE = `What Howdah can do on the command line.

howdah <group> <command> …
  groups: ${Object.keys(groups).join(', ')}
  howdah <group> --help says what is in one.
`;

// The reader may have gone, as `head` does.
process.stdout.on('error', () => undefined);

/** @returns the exit code: 2 for what makes no sense, 1 for what failed. */
async function main([name = '', ...args]: readonly string[]): Promise<number> {
  try {
    if (name === '--help' || name === '-h') throw new HelpWanted(USAGE);
    if (name === '') throw new UsageError('Say what to do.', USAGE);
    const run = Object.hasOwn(groups, name) ? groups[name] : undefined;
    if (!run) throw new UsageError(`There is no group "${name}".`, USAGE);
    await run(args);
    return 0;
  } catch (error) {
    if (error instanceof HelpWanted) {
      process.stdout.write(error.usage);
      return 0;
    }
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${error.usage}`);
      return 2;
    }
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    process.stderr.write(`${withoutSecrets(inWords(error))}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
