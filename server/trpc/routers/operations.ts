import { z } from 'zod';
import { onCluster } from '@/lib/access/who';
import { wishShape } from '@/lib/operations/wish';
import { act } from '../acts';
import { procedure, router } from '../trpc';

const cluster = z.string().min(1).max(600);
const version = z.number().int().min(0).nullable();

const seen = z.object({
  leader: z.string().min(1).max(256).nullable(),
  leaderCzxid: z
    .string()
    .regex(/^[0-9a-f]+$/)
    .nullable(),
  configVersion: version,
  requestVersion: version,
  lossBytes: z.number().min(0).nullable(),
});

export const operationsRouter = router({
  list: procedure(onCluster('viewer'))
    .input(z.object({ cluster }))
    .query(({ ctx, input }) => ctx.operations.list(input.cluster)),

  /** What would happen now: for a dialog, which asks again and again. */
  preflight: procedure(onCluster('viewer'))
    .input(z.object({ cluster, wish: wishShape }))
    .query(({ ctx, input }) => ctx.operations.preflight(input.cluster, input.wish)),

  start: procedure(onCluster('operator'))
    .input(
      z.object({
        ...{ cluster, seen, wish: wishShape },
        confirm: z.string().max(600),
        reason: z.string().max(500),
      }),
    )
    .mutation(({ ctx, input }) => {
      const { cluster: on, wish, reason } = input;
      const { kind, ...detail } = wish;
      // A configuration may hold passwords: what came of it is in its history.
      const kept = kind === 'configuration' ? { ...detail, text: null } : detail;
      const about = { cluster: on, decidedOn: { ...input.seen }, reason, detail: { ...kept } };
      return act(ctx, { action: kind, about, followed: true }, (by) =>
        ctx.operations.start(input, by),
      );
    }),
});
