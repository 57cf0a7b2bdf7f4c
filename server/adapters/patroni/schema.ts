import { z } from 'zod';

/**
 * The shapes Patroni 2.1 to 4.1 write. Loose on purpose: fields this version of Howdah doesn't know
 * pass through, known ones must have their type.
 */

/** An integer of any size, as decimal text. */
const bigText = z
  .union([z.number().int(), z.string().regex(/^-?\d+$/)])
  .transform((value) => String(value));

const flag = z
  .union([z.boolean(), z.string()])
  .transform((value) => value === true || value === 'true');

export const memberShape = z.looseObject({
  conn_url: z.string().optional(),
  api_url: z.string().optional(),
  state: z.string().optional(),
  role: z.string().optional(),
  version: z.string().optional(),
  timeline: z.number().int().optional(),
  xlog_location: bigText.optional(),
  replication_state: z.string().optional(),
  pending_restart: z.boolean().optional(),
  pending_restart_reason: z.record(z.string(), z.unknown()).optional(),
  scheduled_restart: z.looseObject({ schedule: z.string().optional() }).nullish(),
  pause: z.boolean().optional(),
  tags: z.record(z.string(), z.unknown()).optional(),
});

export const configShape = z.looseObject({
  ttl: z.coerce.number().default(30),
  loop_wait: z.coerce.number().default(10),
  retry_timeout: z.coerce.number().default(10),
  maximum_lag_on_failover: z.coerce.number().default(1_048_576),
  synchronous_mode: z
    .union([z.boolean(), z.string()])
    .nullish()
    .transform((value) => {
      if (value === 'quorum') return 'quorum' as const;
      return value === true || value === 'on' || value === 'true'
        ? ('on' as const)
        : ('off' as const);
    }),
  synchronous_mode_strict: flag.nullish(),
  pause: flag.nullish(),
  standby_cluster: z.unknown().optional(),
  failsafe_mode: flag.nullish(),
  check_timeline: flag.nullish(),
});

export const syncShape = z.looseObject({
  leader: z.string().nullish(),
  sync_standby: z.string().nullish(),
  quorum: z.number().int().nullish(),
});

export const failoverShape = z.looseObject({
  leader: z.string().nullish(),
  member: z.string().nullish(),
  scheduled_at: z.string().nullish(),
});

export const statusShape = z.looseObject({
  optime: bigText.optional(),
  slots: z.record(z.string(), bigText).nullish(),
});

export const historyShape = z.array(
  z.tuple([z.number().int(), bigText, z.string()]).rest(z.union([z.string(), z.null()])),
);

export const failsafeShape = z.record(z.string(), z.string());
