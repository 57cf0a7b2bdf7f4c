import { z } from 'zod';
import { onCluster } from '@/lib/access/who';
import { procedure, router } from '../trpc';

const cluster = z.string().min(1).max(600);

/** What a cluster is configured to, and what its members run with. */
export const settingsRouter = router({
  document: procedure(onCluster('viewer'))
    .input(z.object({ cluster }))
    .query(({ ctx, input }) => ctx.settings.document(input.cluster)),

  members: procedure(onCluster('viewer'))
    .input(z.object({ cluster }))
    .query(({ ctx, input }) => ctx.settings.members(input.cluster)),
});
