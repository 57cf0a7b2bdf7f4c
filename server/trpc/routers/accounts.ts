import { z } from 'zod';
import { onAccounts } from '@/lib/access/who';
import { act } from '../acts';
import { procedure, router } from '../trpc';
import { email, grants, id, name, password } from './account-input';

/** Everybody's accounts. */
export const accountsRouter = router({
  list: procedure(onAccounts).query(({ ctx }) => ctx.accounts.list()),

  add: procedure(onAccounts)
    .input(z.object({ name, email, password, grants }))
    .mutation(({ ctx, input }) => {
      const { password: _, ...shown } = input;
      return act(ctx, { action: 'account-added', about: { detail: shown } }, () =>
        ctx.accounts.add(input),
      );
    }),

  setGrants: procedure(onAccounts)
    .input(z.object({ id, grants }))
    .mutation(async ({ ctx, input }) => {
      const before = await ctx.accounts.get(input.id);
      const detail = {
        account: before.email,
        before: before.grants.map(({ role, scope, source }) => ({ role, scope, source })),
        after: input.grants,
      };
      return act(ctx, { action: 'grant-changed', about: { detail } }, () =>
        ctx.accounts.setGrants(input.id, input.grants),
      );
    }),

  setDisabled: procedure(onAccounts)
    .input(z.object({ id, disabled: z.boolean() }))
    .mutation(async ({ ctx, input }) => {
      const { email: account } = await ctx.accounts.get(input.id);
      const detail = { account, disabled: input.disabled };
      return act(ctx, { action: 'account-changed', about: { detail } }, () =>
        ctx.accounts.setDisabled(ctx.identity, input.id, input.disabled),
      );
    }),

  resetPassword: procedure(onAccounts)
    .input(z.object({ id, password }))
    .mutation(async ({ ctx, input }) => {
      const { email: account } = await ctx.accounts.get(input.id);
      return act(ctx, { action: 'password-changed', about: { detail: { account } } }, () =>
        ctx.accounts.resetPassword(input.id, input.password),
      );
    }),

  remove: procedure(onAccounts)
    .input(z.object({ id }))
    .mutation(async ({ ctx, input }) => {
      const { email: account } = await ctx.accounts.get(input.id);
      return act(ctx, { action: 'account-removed', about: { detail: { account } } }, () =>
        ctx.accounts.remove(ctx.identity, input.id),
      );
    }),

  sessions: procedure(onAccounts)
    .input(z.object({ id }))
    .query(({ ctx, input }) => ctx.accounts.sessions(input.id)),

  endSessions: procedure(onAccounts)
    .input(z.object({ id, session: id.optional() }))
    .mutation(async ({ ctx, input }) => {
      const { email: account } = await ctx.accounts.get(input.id);
      const detail = { account, session: input.session ?? 'all' };
      return act(ctx, { action: 'session-revoked', about: { detail } }, () =>
        ctx.accounts.endSessions(
          input.id,
          input.session === undefined ? {} : { only: input.session },
        ),
      );
    }),

  tokens: procedure(onAccounts).query(({ ctx }) => ctx.accounts.tokens(null)),

  revokeToken: procedure(onAccounts)
    .input(z.object({ id }))
    .mutation(async ({ ctx, input }) => {
      const token = await ctx.accounts.token(null, input.id);
      const detail = { token: token.id, name: token.name, account: token.owner };
      return act(ctx, { action: 'token-revoked', about: { detail } }, () =>
        ctx.accounts.revokeToken(token),
      );
    }),
});
