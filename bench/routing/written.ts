import { setTimeout as delay } from 'node:timers/promises';
import type { PatroniCluster } from '@/sandbox';

/** Bytes of WAL that the leader writes a second, over so long. */
export async function writtenPerSecond(cluster: PatroniCluster, ms: number): Promise<number> {
  const [from, began] = [await position(cluster), performance.now()];
  await delay(ms);
  const written = (await position(cluster)) - from;
  return written / ((performance.now() - began) / 1000);
}

async function position(cluster: PatroniCluster): Promise<number> {
  const [row] = await cluster.sql("SELECT pg_current_wal_lsn() - '0/0' AS bytes");
  return Number(row?.bytes);
}
