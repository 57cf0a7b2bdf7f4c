import { type Sandbox, type SandboxOptions, startSandbox } from '@/sandbox';
import type { Context } from './benchmark';

/**
 * A sandbox for measuring: its data is in memory, so that the disk is not what is measured, and it
 * dies with the benchmark.
 */
export async function startEnsemble(
  context: Context,
  options: SandboxOptions = {},
): Promise<Sandbox> {
  const sandbox = await startSandbox({
    name: `bench-${process.pid}`,
    root: `/dev/shm/howdah-bench-${process.pid}`,
    ephemeral: true,
    clusters: [],
    zookeeperHeapMb: 512,
    onProgress: context.say,
    ...options,
  });
  context.onEnd(() => sandbox.down());
  return sandbox;
}
