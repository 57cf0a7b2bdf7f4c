import { z } from 'zod';
import { procedure, router } from '../trpc';

export const operationsRouter = router({
  list: procedure
    .input(z.object({ cluster: z.string().min(1).max(600) }))
    .query(({ ctx, input }) => ctx.operations.list(input.cluster)),
});
