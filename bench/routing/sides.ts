import { setTimeout as delay } from 'node:timers/promises';
import { defaultCheckTimes } from '@/lib/routing/haproxy-checks';
import type { PatroniCluster, RoutingAgent, SandboxHaproxy } from '@/sandbox';
import type { Context } from '../benchmark';
import { startRouting } from './product';

/** How old what is read may be, milliseconds. */
export const LIMIT_MS = 3000;

export interface Stage {
  readonly connect: string;
  readonly cluster: PatroniCluster;
  readonly haproxy: SandboxHaproxy;
  readonly agent: RoutingAgent;
}

/** A way of keeping reads away from a standby that is behind. */
export interface Side {
  readonly name: 'howdah' | 'plain';
  /** How long it may take to notice that a lag has passed the limit, milliseconds. */
  readonly noticesMs: number;
  /** Returns once HAProxy goes by it. @returns what ends it */
  readonly takeUp: (context: Context, stage: Stage) => Promise<() => Promise<void>>;
}

const { interMs, fastMs, fall, agentMs } = defaultCheckTimes;

/** The times of production, of both sides. */
const checks = defaultCheckTimes;

/**
 * Howdah and its agent run only while it is their turn, so that plain does not pay for them and
 * Howdah's own figures do: in life Howdah has a machine of its own, and the agent shares HAProxy's.
 */
export const howdahSide: Side = {
  name: 'howdah',
  // One probe, a second, and one question of HAProxy to the agent.
  noticesMs: 1000 + agentMs,
  takeUp: async (context, stage) => {
    const { haproxy, agent } = stage;
    await agent.start();
    await haproxy.restart({ agentPort: agent.checkPort, checks });
    const howdah = await startRouting(context, stage, LIMIT_MS);
    return async () => {
      await howdah.stop();
      await agent.kill();
    };
  },
};

/**
 * Patroni's own check, with its limit: bytes. It gets those that the load writes within the limit in
 * time, measured just before, as it is writing now.
 */
export const plainSide: Side = {
  name: 'plain',
  // What HAProxy alone needs to believe a check that fails. How old Patroni's word is, is what is tested.
  noticesMs: interMs + (fall - 1) * fastMs,
  takeUp: async (context, { cluster, haproxy }) => {
    const bytes = Math.round((await bytesPerSecond(cluster)) * (LIMIT_MS / 1000));
    context.say(`Plain: /replica?lag=${bytes}, which is what is written in ${LIMIT_MS / 1000} s`);
    await haproxy.restart({ checks, edited: (config) => withLag(config, bytes) });
    return async () => {};
  },
};

const MEASURED_MS = 10_000;

async function bytesPerSecond(cluster: PatroniCluster): Promise<number> {
  const [from, began] = [await position(cluster), performance.now()];
  await delay(MEASURED_MS);
  const written = (await position(cluster)) - from;
  return written / ((performance.now() - began) / 1000);
}

async function position(cluster: PatroniCluster): Promise<number> {
  const [row] = await cluster.sql("SELECT pg_current_wal_lsn() - '0/0' AS bytes");
  return Number(row?.bytes);
}

const CHECK = '  option httpchk GET /replica\n';

function withLag(config: string, bytes: number): string {
  if (!config.includes(CHECK)) throw new Error('The port for reads has no check to be given a lag');
  return config.replace(CHECK, `${CHECK.trimEnd()}?lag=${bytes}\n`);
}
