import { z } from 'zod';
import { onCluster, refusal } from '@/lib/access/who';
import { Failure } from '@/lib/errors';
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
    .query(({ ctx, input }) => {
      const { cluster: on, wish } = input;
      // A text is compared with the configuration as it is, passwords included: whoever may try
      // one text after the other could find them out.
      const isGuess = wish.kind === 'configuration' && wish.text !== null;
      const refused = isGuess && refusal(onCluster('operator'), ctx.identity.who, on);
      if (refused) throw new Failure('forbidden', refused.says);
      return ctx.operations.preflight(on, wish);
    }),

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
