import { z } from 'zod';

/**
 * How the reads of one cluster are to be spread: a znode at `<root>/routing/<cluster>`, written by
 * compare-and-set. It says what is wanted; what each member gets of it now is in `weigh.ts`.
 */

/** Below this a member could leave for the age of its samples alone. */
const LEAST_LIMIT_MS = 2000;

const name = z.string().min(1).max(256);
const moment = z.number().int().positive();

const drain = z.strictObject({
  /** Who drained it; null: not known. */
  by: z.string().max(200).nullable(),
  reason: z.string().max(500),
  since: moment,
  /** When it ends by itself; null: when somebody ends it. */
  until: moment.nullable(),
});

export const policyShape = z.strictObject({
  v: z.literal(1),
  /** What a member can carry in relation to the others, 0 to 100; 100 for those not named. */
  weights: z.record(name, z.number().int().min(0).max(100)).default({}),
  /** How far behind a standby may be and still serve reads. At least one of the two. */
  limit: z
    .strictObject({
      ms: z
        .number()
        .int()
        .min(LEAST_LIMIT_MS, `a limit is ${LEAST_LIMIT_MS / 1000} s at least`)
        .max(86_400_000)
        .nullable(),
      bytes: z
        .number()
        .int()
        .min(65_536, 'a limit is 64 kB at least')
        .max(2 ** 50)
        .nullable(),
    })
    .refine(({ ms, bytes }) => ms !== null || bytes !== null, {
      message: 'a limit in time or in bytes is needed: without one every standby counts as fresh',
    }),
  /** Close the sessions of a standby that has fallen behind, too. */
  closeStale: z.boolean().default(false),
  /** `fallback`: while fewer than `leastStandbys` serve. */
  leaderReads: z.enum(['never', 'fallback', 'always']).default('fallback'),
  /** What the leader gets where it serves reads, 1 to 100. */
  leaderWeight: z.number().int().min(1).max(100).default(100),
  /** So many standbys are to serve; a drain that leaves fewer is refused. */
  leastStandbys: z.number().int().min(1).max(32).default(1),
  /** How long a member that comes back takes from nothing to all of its share. */
  slowStartMs: z.number().int().min(0).max(3_600_000).default(10_000),
  drains: z.record(name, drain).default({}),
});

export type RoutingPolicy = z.output<typeof policyShape>;
export type Drain = RoutingPolicy['drains'][string];

/** What a cluster gets that is given no limits of its own: ten seconds. */
export const defaultPolicy: RoutingPolicy = policyShape.parse({
  v: 1,
  limit: { ms: 10_000, bytes: null },
});

/** What a policy's znode holds; a sentence where that is no policy. */
export function parsePolicy(text: string): RoutingPolicy | { readonly unreadable: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { unreadable: 'It is no JSON.' };
  }
  const parsed = policyShape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.join('.') ?? '';
  return { unreadable: `${at === '' ? 'It' : at} can't be read: ${issue?.message}.` };
}

/** The drains of a policy of which the rest can't be read, as of a Howdah to come; none where they can't either. */
export function drainsIn(text: string): RoutingPolicy['drains'] {
  try {
    const value = JSON.parse(text) as { drains?: unknown } | null;
    return policyShape.shape.drains.safeParse(value?.drains).data ?? {};
  } catch {
    return {};
  }
}

/** The drain of a member that is in force then; null: there is none. */
export function drainOf(policy: RoutingPolicy, member: string, now: number): Drain | null {
  const found = Object.hasOwn(policy.drains, member) ? policy.drains[member] : undefined;
  return found && (found.until === null || found.until > now) ? found : null;
}

/** What a member can carry in relation to the others. */
export const capacityOf = ({ weights }: RoutingPolicy, member: string): number =>
  (Object.hasOwn(weights, member) ? weights[member] : undefined) ?? 100;
