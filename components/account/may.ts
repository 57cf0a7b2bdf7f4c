import { type Need, refusal, type Who } from '@/lib/access/who';
import type { ClusterId } from '@/lib/topology/cluster-id';

/**
 * Why somebody may not do something, in one sentence for beside the button; null: they may. The
 * server decides; this only spares people a click that leads to a refusal.
 */
export function mayNot(
  { need, cluster }: { readonly need: Need; readonly cluster: ClusterId | null },
  who: Who | null,
  fault: string | null,
): string | null {
  if (who === null) {
    return fault === null
      ? 'Howdah is being asked what you may.'
      : 'It can’t be told now what you may.';
  }
  const refused = refusal(need, who, cluster);
  if (refused !== null) return refused.says;
  if (who.readOnlySince !== null) {
    return 'Accounts can’t be asked now: acting takes the emergency token.';
  }
  return null;
}

/** Whatever they ask for but their own account would be refused: the stream as well. */
export const isRefusedAll = (who: Who | null): boolean =>
  who !== null && (who.mustChangePassword || who.grants.length === 0);

/** Signed in, with no role on anything: there is nothing to show. */
export const seesNothing = (who: Who | null): boolean =>
  who !== null && !who.mustChangePassword && who.grants.length === 0;
