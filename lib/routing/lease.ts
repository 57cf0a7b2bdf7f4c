import { z } from 'zod';

/**
 * What Howdah tells an agent: orders for the members of clusters, in force for `ttlMs` from when the
 * agent gets them, by the agent's own clock. A lease replaces the one before it. Only whoever holds
 * a lease may renew it; another Howdah has to wait until it has ended.
 */

const order = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('share'), percent: z.number().int().min(0).max(100) }),
  /** `forMs`: it ends by itself then, also where nobody says so any more; null: it doesn't. */
  z.strictObject({ is: z.literal('drain'), forMs: z.number().int().min(0).nullable() }),
  z.strictObject({ is: z.literal('cut'), why: z.string().max(200) }),
]);

export const leaseShape = z.strictObject({
  v: z.literal(1),
  /** Differs for each start of a Howdah. */
  holder: z.string().min(1).max(100),
  /** In words, for whoever wants the lease too. */
  name: z.string().max(300),
  /** Grows with each lease of a holder: one that comes late is not taken. */
  number: z.number().int().min(0),
  ttlMs: z.number().int().min(0).max(60_000),
  /** Its holder is about to stop: its words stay in force, and any other may speak from now on. */
  released: z.boolean().default(false),
  /** By cluster, by member. */
  orders: z.record(z.string(), z.record(z.string(), order)),
});

export type Lease = z.output<typeof leaseShape>;
export type LeasedOrder = z.output<typeof order>;

/** How long Howdah's leases last: what it said is gone so long after it died. */
export const LEASE_MS = 10_000;

/** What an agent answers to a lease, and to whoever asks how it is. */
export const agentReportShape = z.object({
  v: z.literal(1),
  /** Who holds the lease now; null: nobody, and all servers get all that Patroni lets them. */
  holder: z.object({ id: z.string(), name: z.string(), leftMs: z.number() }).nullable(),
  /** The lease that came with this request is in force. */
  taken: z.boolean(),
  /** What is wrong with the agent itself, in one sentence; null: nothing is. */
  fault: z.string().nullable(),
  /** What HAProxy has asked about of late, and what it was told. */
  asked: z.array(
    z.object({
      cluster: z.string(),
      member: z.string(),
      /** As HAProxy calls it, "backend/server"; null: it doesn't say. */
      server: z.string().nullable(),
      agoMs: z.number(),
      answer: z.string(),
    }),
  ),
  /** HAProxy's own figures, as `show stat` prints them; null: it isn't asked, or doesn't answer. */
  statistics: z.string().nullable(),
  /** Why there are none, in one sentence. */
  statisticsFault: z.string().nullable(),
});

export type AgentReport = z.output<typeof agentReportShape>;
