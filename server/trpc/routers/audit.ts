import { z } from 'zod';
import { auditSightOf } from '@/lib/access/sight';
import { anywhere, onEverything } from '@/lib/access/who';
import { auditFilter } from '@/lib/audit/query';
import { procedure, router } from '../trpc';

export const auditRouter = router({
  /** How well it is being kept: how much there is in all tells what everybody does. */
  state: procedure(onEverything('admin')).query(({ ctx }) => ctx.audit.view),

  /** Newest first. `cursor`: what the page before ended with. */
  page: procedure(anywhere('operator'))
    .input(
      auditFilter.extend({
        cursor: z.string().max(60).optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .query(({ ctx, input: { cursor, ...query } }) =>
      ctx.audit.page({ ...query, before: cursor }, auditSightOf(ctx.identity.who.grants)),
    ),
});
