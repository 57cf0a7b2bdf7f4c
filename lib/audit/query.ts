import { z } from 'zod';
import { auditActions, auditResults } from './entry';

/** Up to the end of the year 9999, as far as PostgreSQL and people write dates. */
const moment = z.coerce.number().int().min(0).max(253_402_300_799_999);
/** PostgreSQL's text has no NUL. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\0]*$/);
const actions = Object.keys(auditActions) as (keyof typeof auditActions)[];
/** A list, or in an address its items with commas between them. */
const listOf = <T extends string>(items: readonly T[]) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? given.split(',') : given),
    z
      .array(z.enum(items as readonly [T, ...T[]]))
      .min(1)
      .max(items.length),
  );

/** What of the audit is asked for: the same by the page, by scripts and by the export's address. */
export const auditFilter = z.object({
  from: moment.optional(),
  until: moment.optional(),
  cluster: text(600).optional(),
  actions: listOf(actions).optional(),
  actor: text(254).optional(),
  results: listOf([...auditResults, 'open']).optional(),
  search: text(200).optional(),
  by: z.enum(['everyone', 'howdah', 'others']).optional(),
});

export type AuditFilter = z.output<typeof auditFilter>;
