import { z } from 'zod';
import { eventCodes } from '@/lib/topology/event';
import { procedure, router } from '../trpc';

const moment = z.number().int().min(0);

export const historyRouter = router({
  events: procedure
    .input(
      z.object({
        /** Only older ones than this, by `seq`: what a page of events ended with. */
        cursor: z.number().int().positive().optional(),
        from: moment.optional(),
        until: moment.optional(),
        cluster: z.string().min(1).max(600).optional(),
        member: z.string().min(1).max(256).optional(),
        search: z.string().min(1).max(200).optional(),
        codes: z.array(z.enum(eventCodes)).min(1).optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .query(({ ctx, input: { cursor, ...query } }) =>
      ctx.history.events({ ...query, before: cursor }),
    ),
});
