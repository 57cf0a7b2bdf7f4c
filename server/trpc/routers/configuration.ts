import { z } from 'zod';
import { procedure, router } from '../trpc';

const cluster = z.string().min(1).max(600);
const seq = z.number().int().positive();

export const configurationRouter = router({
  preflight: procedure
    .input(z.object({ cluster, seq }))
    .query(({ ctx, input }) => ctx.restores.preflight(input.cluster, input.seq)),

  restore: procedure
    .input(
      z.object({
        cluster,
        seq,
        seenVersion: z.number().int().min(0),
        confirm: z.string().max(600),
        reason: z.string().max(500),
      }),
    )
    .mutation(({ ctx, input }) => ctx.restores.restore(input)),
});
