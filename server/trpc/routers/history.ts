import { z } from 'zod';
import { anywhere, onCluster } from '@/lib/access/who';
import { figures } from '@/lib/history/lag';
import { causes, eventCodes } from '@/lib/topology/event';
import { procedure, router } from '../trpc';

/** Up to the end of the year 9999, as far as PostgreSQL and people write dates. */
const moment = z.number().int().min(0).max(253_402_300_799_999);
/** PostgreSQL's text has no NUL. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\0]*$/);

const stretch = {
  cluster: text(600),
  from: moment,
  until: moment,
  buckets: z.number().int().min(10).max(4000),
};
const isForward = ({ from, until }: { from: number; until: number }) => from < until;
const backward = { message: 'the end must be later than the beginning' };

export const historyRouter = router({
  events: procedure(anywhere('viewer'))
    .input(
      z.object({
        /** Only older ones than this, by `seq`: what a page of events ended with. */
        cursor: z.number().int().positive().optional(),
        from: moment.optional(),
        until: moment.optional(),
        cluster: text(600).optional(),
        member: text(256).optional(),
        search: text(200).optional(),
        codes: z.array(z.enum(eventCodes)).min(1).optional(),
        causes: z.array(z.enum(causes)).min(1).optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .query(({ ctx, input: { cursor, ...query } }) =>
      ctx.history.events({ ...query, before: cursor }, ctx.identity.sight),
    ),
  lag: procedure(onCluster('viewer'))
    .input(z.object({ ...stretch, figure: z.enum(figures) }).refine(isForward, backward))
    .query(({ ctx, input }) => ctx.history.lag(input)),
  versions: procedure(onCluster('viewer'))
    .input(
      z.object({
        cluster: text(600),
        name: text(1024),
        /** Only older ones than this, by `seq`: what a page of versions ended with. */
        cursor: z.number().int().positive().optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input: { cursor, ...query } }) =>
      ctx.history.versions({ ...query, before: cursor }),
    ),
  znodes: procedure(onCluster('viewer'))
    .input(z.object({ cluster: text(600) }))
    .query(({ ctx, input }) => ctx.history.znodes(input.cluster)),
  runs: procedure(onCluster('viewer'))
    .input(
      z.object({
        cluster: text(600),
        /** Only older ones than this: what a page of runs ended with. */
        cursor: z.object({ startedAt: moment, id: text(100) }).optional(),
        kinds: z.array(text(40)).min(1).max(30).optional(),
        limit: z.number().int().min(1).max(100).default(50),
      }),
    )
    .query(({ ctx, input: { cursor, ...query } }) =>
      ctx.history.runs({ ...query, before: cursor }),
    ),
  run: procedure(onCluster('viewer'))
    .input(z.object({ cluster: text(600), run: text(100) }))
    .query(({ ctx, input }) => ctx.history.run({ cluster: input.cluster, id: input.run })),
  past: procedure(onCluster('viewer'))
    .input(z.object({ cluster: text(600), kind: z.enum(['switchover', 'failover']) }))
    .query(({ ctx, input }) => ctx.history.past(input)),
  replay: procedure(onCluster('viewer'))
    .input(z.object(stretch).refine(isForward, backward))
    .query(({ ctx, input }) => ctx.history.replay(input)),
  reliability: procedure(anywhere('viewer'))
    .input(
      z
        .object({ cluster: text(600).optional(), from: moment, until: moment })
        .refine(isForward, backward),
    )
    .query(({ ctx, input }) => ctx.history.reliability(input, ctx.identity.sight)),
});
