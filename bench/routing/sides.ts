import { defaultCheckTimes } from '@/lib/routing/haproxy-checks';
import {
  type PatroniCluster,
  type RoutingAgent,
  type SandboxHaproxy,
  startHeartbeat,
} from '@/sandbox';
import type { Context } from '../benchmark';
import { LIMIT_MS } from './judge';
import { startRouting } from './product';
import { writtenPerSecond } from './written';

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
  /** Returns once HAProxy goes by it. */
  readonly takeUp: (context: Context, stage: Stage) => Promise<TakenUp>;
}

export interface TakenUp {
  /** What the limit was in bytes; null: it is in time. */
  readonly limitBytes: number | null;
  readonly end: () => Promise<void>;
}

/** For that long it is measured what is written. */
const MEASURED_MS = 10_000;

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
    const end = async () => {
      await howdah.stop();
      await agent.kill();
    };
    return { limitBytes: null, end };
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
    // The load, and the heartbeat that tells how old a read is.
    const heartbeat = await startHeartbeat(cluster);
    const written = await writtenPerSecond(cluster, MEASURED_MS);
    await heartbeat.stop();
    const limitBytes = Math.round((written * LIMIT_MS) / 1000);
    context.say(`plain: /replica?lag=${limitBytes}`);
    await haproxy.restart({ checks, edited: (config) => withLag(config, limitBytes) });
    return { limitBytes, end: async () => {} };
  },
};

const CHECK = '  option httpchk GET /replica\n';

function withLag(config: string, bytes: number): string {
  if (!config.includes(CHECK)) throw new Error('The port for reads has no check to be given a lag');
  return config.replace(CHECK, `${CHECK.trimEnd()}?lag=${bytes}\n`);
}
