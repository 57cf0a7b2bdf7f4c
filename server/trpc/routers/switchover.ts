import { z } from 'zod';
import { onCluster } from '@/lib/access/who';
import { act } from '../acts';
import { procedure, router } from '../trpc';

const cluster = z.string().min(1).max(600);

export const switchoverRouter = router({
  preflight: procedure(onCluster('viewer'))
    .input(z.object({ cluster }))
    .query(({ ctx, input }) => ctx.operations.preflight(input.cluster)),

  start: procedure(onCluster('operator'))
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
    .mutation(({ ctx, input }) => {
      const { cluster: on, seen, reason, candidate } = input;
      const about = { cluster: on, decidedOn: { ...seen }, reason, detail: { candidate } };
      return act(ctx, { action: 'switchover', about, followed: true }, (by) =>
        ctx.operations.switchover(input, by),
      );
    }),
});
