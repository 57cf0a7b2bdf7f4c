import type { ClusterOptions, Sandbox } from '@/sandbox';

/** Livelier than Patroni's defaults: a failover is over in some 20 s, which one can watch. */
const TIMING = { ttl: 20, loopWait: 5, retryTimeout: 5 };

/** Two clusters that differ in what matters: a synchronous one, and one with a cascade. */
export const demoClusters: readonly ClusterOptions[] = [
  { scope: 'orders', syncMode: 'on', ...TIMING },
  { scope: 'billing', tags: { 'billing-3': { replicatefrom: 'billing-2' } }, ...TIMING },
];

/** Enough to see lag and WAL move, not enough to hear the fan. */
export async function startDemoLoad(sandbox: Sandbox): Promise<void> {
  await Promise.all(
    sandbox.clusters.map((cluster) =>
      cluster.startLoad({ clients: 2, rate: cluster.scope === 'orders' ? 20 : 10 }),
    ),
  );
}
