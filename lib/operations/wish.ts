import { z } from 'zod';
import type { OperationKind } from './kinds';

const member = z.string().min(1).max(256);
/** ISO 8601 with a zone: Patroni refuses a moment without one. */
const moment = z.iso.datetime({ offset: true });

/** What an operator wants done to a cluster, as they entered it. What is null is not chosen yet. */
export const wishShape = z.discriminatedUnion('kind', [
  /** Planned. `candidate` null: Patroni takes the best. `at` null: now. */
  z.object({
    kind: z.literal('switchover'),
    candidate: member.nullable(),
    at: moment.nullable(),
  }),
  /** Takes back a switchover that is scheduled. */
  z.object({ kind: z.literal('cancel-switchover') }),
  /** Forced: without a leader, or away from one that hangs. */
  z.object({ kind: z.literal('failover'), candidate: member.nullable() }),
  /** Of PostgreSQL, on each of these in turn, standbys first. `at`: of one member alone. */
  z.object({
    kind: z.literal('restart'),
    members: z.array(member).max(100),
    pendingOnly: z.boolean(),
    at: moment.nullable(),
  }),
  /** `at`: the moment that was seen; absent or null: whichever is seen as it is asked for. */
  z.object({
    kind: z.literal('cancel-restart'),
    member: member.nullable(),
    at: moment.nullish(),
  }),
  /** Patroni's own configuration and PostgreSQL's, read again. */
  z.object({ kind: z.literal('reload'), members: z.array(member).max(100) }),
  /** Throws a standby's data away and copies it anew. */
  z.object({ kind: z.literal('reinitialise'), member: member.nullable() }),
  /** Automatic failover off. `until`: when its owner is to be reminded, milliseconds. */
  z.object({ kind: z.literal('pause'), until: z.number().int().positive().nullable() }),
  z.object({ kind: z.literal('resume') }),
  /**
   * The whole dynamic configuration as it is to be: as JSON, or as it was in that version of the
   * history, to the byte. One of the two is null.
   */
  z.object({
    kind: z.literal('configuration'),
    text: z.string().max(60_000).nullable(),
    seq: z.number().int().positive().nullable(),
  }),
  /** Of all that ZooKeeper holds of a cluster that is dead. */
  z.object({ kind: z.literal('removal') }),
]);

export type Wish = z.output<typeof wishShape>;
export type { OperationKind } from './kinds';
/** One of these. */
export type WishOf<K extends OperationKind> = Extract<Wish, { readonly kind: K }>;
