import { z } from 'zod';
import { MOST_PASSWORD } from '@/lib/access/account';
import { roles } from '@/lib/access/roles';
import { clusterId, isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';

/** PostgreSQL's text has no NUL. */
const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\0]*$/);

export const id = z.uuid().or(z.string().regex(/^[A-Za-z0-9]{16,64}$/));
export const name = text(100);
export const email = z.email().max(254);
export const password = z.string().min(1).max(MOST_PASSWORD);
export const days = z.number().int().min(1).max(730);

const cluster = z.string().max(600).refine(isCluster, { message: 'there can be no such cluster' });

export const scope = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('all') }),
  z.strictObject({
    of: z.literal('namespace'),
    ensemble: text(63),
    namespace: text(1024).refine(isNamespace, {
      message: 'a namespace begins with a slash and does not end with one, like /service',
    }),
  }),
  z.strictObject({ of: z.literal('cluster'), cluster }),
]);

export const grants = z.array(z.strictObject({ role: z.enum(roles), scope })).max(200);

/** As it is written everywhere else: another way of writing it would fit nothing. */
function isCluster(given: string): boolean {
  const key = parseClusterId(given);
  return key !== null && !isEnsemble(key) && clusterId(key) === given && !given.includes('\0');
}

function isNamespace(given: string): boolean {
  return given === '/' || /^\/.*[^/]$/.test(given);
}
