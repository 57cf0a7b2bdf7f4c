import { startAgent } from './agent';
import { agentOptions, OptionError, USAGE } from './options';

/** Exit code 2: it was called wrongly; 1: it could not start. */
async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return;
  }
  try {
    const agent = await startAgent(agentOptions(args));
    const stop = () => {
      agent.close();
      process.exit(0);
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    const wrong = error instanceof OptionError;
    process.stderr.write(`${(error as Error).message}\n${wrong ? `\n${USAGE}` : ''}`);
    process.exitCode = wrong ? 2 : 1;
  }
}

await main(process.argv.slice(2));
