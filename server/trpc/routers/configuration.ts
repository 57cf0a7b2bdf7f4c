import { z } from 'zod';
import { onCluster } from '@/lib/access/who';
import { act } from '../acts';
import { procedure, router } from '../trpc';

const cluster = z.string().min(1).max(600);
const seq = z.number().int().positive();

export const configurationRouter = router({
  preflight: procedure(onCluster('viewer'))
    .input(z.object({ cluster, seq }))
    .query(({ ctx, input }) => ctx.restores.preflight(input.cluster, input.seq)),

  restore: procedure(onCluster('operator'))
    .input(
      z.object({
        cluster,
        seq,
        seenVersion: z.number().int().min(0),
        confirm: z.string().max(600),
        reason: z.string().max(500),
      }),
    )
    .mutation(({ ctx, input }) => {
      const { cluster: on, seq: version, seenVersion, reason } = input;
      const about = { cluster: on, decidedOn: { seenVersion }, reason, detail: { version } };
      return act(ctx, { action: 'configuration-restore', about, followed: true }, (by) =>
        ctx.restores.restore(input, by),
      );
    }),
});
