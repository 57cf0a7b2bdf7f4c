import { randomUUID } from 'node:crypto';
import { doneBy } from '@/lib/audit/done-by';
import { doneAs, endedBy } from '@/lib/audit/ended';
import type { AuditAction, AuditIntent, AuditOutcome, BegunAct, Json } from '@/lib/audit/entry';
import { Failure } from '@/lib/errors';
import type { Identity } from '../auth/identities';
import type { Context } from './context';

/** What of a request the audit keeps. Never a password. */
export interface About {
  readonly cluster?: string;
  readonly decidedOn?: Json;
  readonly reason?: string;
  readonly detail?: Json;
}

/**
 * Does something that changes something: recorded before, and its outcome after. What is `followed`
 * goes on after this, and says itself what became of it: only what fails before is said here.
 * Throws `unavailable`, and does nothing, when the record can't be kept.
 */
export async function act<T>(
  ctx: Context & { readonly identity: Identity },
  what: { readonly action: AuditAction; readonly about: About; readonly followed?: boolean },
  does: (act: BegunAct) => Promise<T>,
): Promise<T> {
  const { audit, identity } = ctx;
  const intent = intentOf(ctx, what.action, what.about);
  const wait = await ctx.limit(identity.who.id);
  if (wait !== null) {
    const says = `Too many changes in a short time: try again in ${wait} s.`;
    const noted = await ctx.limit(`limited ${identity.who.id}`);
    if (noted === null) await audit.note(intent, refusedAs(intent, says));
    throw new Failure('limited', says);
  }
  await audit.begin(intent);
  const { followed = false } = what;
  try {
    const result = await does({ id: intent.id, by: identity.who.name });
    if (!followed) await audit.end(doneAs(intent, Date.now()));
    return result;
  } catch (error) {
    await audit.end(endedBy(error, { id: intent.id, at: Date.now(), followed }));
    throw error;
  }
}

const refusedAs = ({ id }: AuditIntent, says: string): AuditOutcome => ({
  ...{ id, at: Date.now(), result: 'refused', says, cost: null },
});

/** Somebody asked for what they may not. */
export async function noteRefused(
  ctx: Context,
  {
    path,
    cluster,
    says,
  }: { readonly path: string; readonly cluster: string | null; readonly says: string },
): Promise<void> {
  // Whoever is not known could fill the disk with it: so much of it is enough to be seen.
  const known = ctx.identity?.who.id ?? `nobody at ${ctx.from}`;
  if ((await ctx.limit(`refused ${known}`)) !== null) return;
  const intent = intentOf(ctx, 'refused-request', {
    ...(cluster === null ? {} : { cluster: cluster.slice(0, 600) }),
    detail: { asked: path },
  });
  await ctx.audit.note(intent, refusedAs(intent, says));
}

function intentOf(
  { identity, from }: Pick<Context, 'identity' | 'from'>,
  action: AuditAction,
  { cluster, decidedOn, reason, detail }: About,
): AuditIntent {
  return {
    id: randomUUID(),
    at: Date.now(),
    ...doneBy(identity?.who ?? null, cluster ?? null),
    from,
    action,
    cluster: cluster ?? null,
    decidedOn: decidedOn ?? null,
    reason: reason === undefined || reason.trim() === '' ? null : reason.trim(),
    detail: detail ?? null,
  };
}
