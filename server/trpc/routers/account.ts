import { z } from 'zod';
import { scopeKey } from '@/lib/access/roles';
import { anybodyKnown, oneself } from '@/lib/access/who';
import { Failure } from '@/lib/errors';
import { act } from '../acts';
import type { Context } from '../context';
import { procedure, router } from '../trpc';
import { days, grants, id, name, password } from './account-input';

/** One's own account. */
export const accountRouter = router({
  /** Who asks, as the server knows them. */
  me: procedure(anybodyKnown).query(async ({ ctx }) => {
    const { who, account, session } = ctx.identity;
    // While accounts can't be asked there is nothing more to say of it.
    const known = account === null ? null : await ctx.accounts.get(account).catch(() => null);
    return {
      ...{ ...who, account, session },
      /** How they sign in; null: not known, or not with an account. */
      logins: known?.logins ?? null,
      grants: who.grants.map(({ role, scope }) => {
        const held = known?.grants.find(
          (one) => one.role === role && scopeKey(one.scope) === scopeKey(scope),
        );
        return { role, scope, source: held?.source ?? null };
      }),
    };
  }),

  sessions: procedure(oneself).query(({ ctx }) => ctx.accounts.sessions(own(ctx))),

  endSession: procedure(oneself)
    .input(z.object({ id }))
    .mutation(({ ctx, input }) =>
      act(ctx, { action: 'session-revoked', about: { detail: { session: input.id } } }, () =>
        ctx.accounts.endSessions(own(ctx), { only: input.id }),
      ),
    ),

  /** Everywhere but here. */
  endOtherSessions: procedure(oneself).mutation(({ ctx }) =>
    act(ctx, { action: 'session-revoked', about: { detail: { session: 'all others' } } }, () =>
      ctx.accounts.endSessions(
        own(ctx),
        ctx.identity.session === null ? {} : { except: ctx.identity.session },
      ),
    ),
  ),

  changePassword: procedure(oneself)
    .input(z.object({ current: password, next: password }))
    .mutation(({ ctx, input }) =>
      act(ctx, { action: 'password-changed', about: {} }, () =>
        ctx.accounts.changePassword(ctx.identity, input, ctx.from),
      ),
    ),

  tokens: procedure(oneself).query(({ ctx }) => ctx.accounts.tokens(own(ctx))),

  makeToken: procedure(oneself)
    .input(z.object({ name, grants: grants.min(1), days }))
    .mutation(({ ctx, input }) => {
      if (ctx.identity.who.mustChangePassword) {
        throw new Failure('forbidden', 'Change your first password before anything else.');
      }
      return act(ctx, { action: 'token-made', about: { detail: { ...input } } }, () =>
        ctx.accounts.makeToken(ctx.identity, input),
      );
    }),

  revokeToken: procedure(oneself)
    .input(z.object({ id }))
    .mutation(async ({ ctx, input }) => {
      const token = await ctx.accounts.token(own(ctx), input.id);
      const detail = { token: token.id, name: token.name };
      return act(ctx, { action: 'token-revoked', about: { detail } }, () =>
        ctx.accounts.revokeToken(token),
      );
    }),
});

function own({ identity }: Pick<Context, 'identity'>): string {
  const account = identity?.account ?? null;
  if (account !== null) return account;
  throw new Failure('refused', 'That has no account: sign in with one.');
}
