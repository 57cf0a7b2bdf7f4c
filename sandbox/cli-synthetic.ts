import { attachSandbox } from './attach';
import { startSynthetic } from './synthetic';

interface SyntheticArguments {
  readonly name: string;
  readonly clusters: string;
  readonly members: string;
  readonly churn: string;
  readonly namespace: string;
  readonly seed: string;
  readonly connect?: string | undefined;
}

/** Writes synthetic clusters until it is interrupted, then removes them. */
export async function runSynthetic(
  args: SyntheticArguments,
  say: (line: string) => void,
): Promise<void> {
  const connectString = args.connect ?? (await attachSandbox(args.name)).connectString;
  const synthetic = await startSynthetic({
    connectString,
    namespace: args.namespace,
    clusters: Number(args.clusters),
    members: Number(args.members),
    churnPerSecond: Number(args.churn),
    seed: Number(args.seed),
    onProgress: say,
  });
  say(`${args.clusters} synthetic clusters are in ${args.namespace}; Ctrl-C removes them`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  say('Removing what was written');
  await synthetic.stop();
}
