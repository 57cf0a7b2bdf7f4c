import { z } from 'zod';
import { procedure, router } from '../trpc';

const cluster = z.string().min(1).max(600);

export const switchoverRouter = router({
  preflight: procedure
    .input(z.object({ cluster }))
    .query(({ ctx, input }) => ctx.operations.preflight(input.cluster)),

  start: procedure
    .input(
      z.object({
        cluster,
        candidate: z.string().min(1).max(256),
        seen: z.object({
          leader: z.string().min(1).max(256),
          leaderCzxid: z.string().regex(/^[0-9a-f]+$/),
          configVersion: z.number().int().nullable(),
        }),
        confirm: z.string().max(600),
        reason: z.string().max(500),
      }),
    )
    .mutation(({ ctx, input }) => ctx.operations.switchover(input)),
});
