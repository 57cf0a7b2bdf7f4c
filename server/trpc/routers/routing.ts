import { z } from 'zod';
import { anywhere, onCluster } from '@/lib/access/who';
import type { AuditAction } from '@/lib/audit/entry';
import { changeShape, type PolicyChange } from '@/lib/routing/change';
import { act } from '../acts';
import { procedure, router } from '../trpc';

const cluster = z.string().min(1).max(600);
const seen = z
  .object({ version: z.number().int().min(0), mzxid: z.string().regex(/^[0-9a-f]+$/) })
  .nullable();

const actions: Readonly<Record<PolicyChange['kind'], AuditAction>> = {
  policy: 'routing-policy',
  drain: 'drain',
  'drain-ended': 'drain-ended',
  removed: 'routing-removed',
};

export const routingRouter = router({
  /** How the reads of a cluster are spread now: what the stream tells as well. */
  view: procedure(onCluster('viewer'))
    .input(z.object({ cluster }))
    .query(({ ctx, input }) => ctx.routing.view(input.cluster)),

  /** Every cluster whose reads are spread, of those that somebody may see. */
  list: procedure(anywhere('viewer')).query(({ ctx }) =>
    ctx.routing.list().filter(({ cluster }) => ctx.identity.sight.sees(cluster)),
  ),

  /** Changes the policy, over exactly what was seen of it. */
  change: procedure(onCluster('operator'))
    .input(z.object({ cluster, seen, change: changeShape, reason: z.string().max(500) }))
    .mutation(({ ctx, input }) => {
      const { change, reason } = input;
      const about = {
        ...{ cluster: input.cluster, decidedOn: input.seen && { ...input.seen } },
        reason: change.kind === 'drain' ? change.reason : reason,
        detail: JSON.parse(JSON.stringify(change)),
      };
      return act(ctx, { action: actions[change.kind], about }, ({ by }) =>
        ctx.policies.change(input.cluster, { change, seen: input.seen, by }),
      );
    }),
});
