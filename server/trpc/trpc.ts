import { initTRPC, TRPCError } from '@trpc/server';
import { type Need, type Refusal, refusal } from '@/lib/access/who';
import { Failure, failureCodes } from '@/lib/errors';
import { withoutSecrets } from '@/lib/secrets';
import type { Identity } from '../auth/identities';
import { noteRefused } from './acts';
import type { Context } from './context';

/** Says who may ask. A procedure that says nothing is nobody's. */
interface Meta {
  readonly need: Need;
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
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
const failures = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof Failure)) return result;
  const { cause } = result.error;
  throw new TRPCError({ code: failureCodes[cause.code].trpc, message: cause.message, cause });
});

/**
 * Lets through who may. What reads is decided on what was known within two seconds; what changes
 * anything on what is so now, and while that can't be known it is refused.
 */
const gate = t.middleware(async (call) => {
  const { ctx, meta, type, path, next } = call;
  const need = meta?.need;
  // Read only where it decides: a call without input has none to be read.
  const cluster = need?.of === 'cluster' ? clusterIn(await call.getRawInput()) : null;
  const identity = type === 'query' ? ctx.identity : await now(ctx.identity);
  const refused: Refusal | null = need
    ? refusal(need, identity?.who ?? null, cluster)
    : { code: 'forbidden', says: 'Nobody may ask that.' };
  if (refused === null && identity !== null) return next({ ctx: { ...ctx, identity } });
  if (identity === null && ctx.unknown) throw ctx.unknown;
  const { code, says } = refused ?? { code: 'signed-out', says: 'Sign in first.' };
  if (type === 'mutation') await noteRefused({ ...ctx, identity }, { path, cluster, says });
  throw new Failure(code === 'hidden' ? 'not-found' : code, says);
});

async function now(identity: Identity | null): Promise<Identity | null> {
  if (identity === null) return null;
  try {
    return await identity.fresh();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'unavailable') throw error;
    const says =
      'Accounts can not be asked whether you still may: what you see goes on, and the emergency token may act.';
    throw new Failure('unavailable', says, error);
  }
}

function clusterIn(input: unknown): string | null {
  const cluster = (input as { cluster?: unknown } | null | undefined)?.cluster;
  return typeof cluster === 'string' ? cluster : null;
}

const guarded = t.procedure.use(failures).use(gate);

/** A procedure for those who have what it needs: `ctx.identity` is theirs. */
export const procedure = (need: Need) => guarded.meta({ need });
