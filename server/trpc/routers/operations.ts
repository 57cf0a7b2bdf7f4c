import { z } from 'zod';
import { onCluster } from '@/lib/access/who';
import { procedure, router } from '../trpc';

export const operationsRouter = router({
  list: procedure(onCluster('viewer'))
    .input(z.object({ cluster: z.string().min(1).max(600) }))
    .query(({ ctx, input }) => ctx.operations.list(input.cluster)),
});
