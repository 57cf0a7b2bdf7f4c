import { initTRPC, TRPCError } from '@trpc/server';
import { Failure, failureCodes } from '@/lib/errors';
import { withoutSecrets } from '@/lib/secrets';
import type { Context } from './context';

const t = initTRPC.context<Context>().create({
  errorFormatter: ({ shape, error }) => {
    const failure = error.cause instanceof Failure ? error.cause : null;
    const internal = error.code === 'INTERNAL_SERVER_ERROR' && failure === null;
    return {
      ...shape,
      // What nobody foresaw may say what nobody may read.
      message: internal
        ? 'Howdah met an error of its own: see its log.'
        : withoutSecrets(shape.message),
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path,
        failure: failure?.code ?? (error.code === 'BAD_REQUEST' ? 'bad-input' : 'internal'),
      },
    };
  },
});

export const router = t.router;

/** Turns a `Failure` into its one transport code; the sentence travels as the message. */
export const procedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof Failure)) return result;
  const { cause } = result.error;
  throw new TRPCError({ code: failureCodes[cause.code].trpc, message: cause.message, cause });
});
