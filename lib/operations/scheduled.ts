import type { ClusterView } from '../topology/view';
import type { Run } from './run';

/** Moments of what stands in a cluster, milliseconds, by whom they are about; '' is the cluster. */
export type Standing = ReadonlyMap<string, number>;

/** The switchover that is scheduled. Null: what stands there can't be read now. */
export function standingSwitchover({ request, unreadable }: ClusterView): Standing | null {
  if (unreadable.some(({ path }) => path.endsWith('/failover'))) return null;
  return momentOf('', request?.scheduledAt);
}

/** The restarts that are scheduled, by member; of one that has left, what it had. */
export const standingRestarts = ({ members }: ClusterView): Standing =>
  new Map(members.flatMap(({ name, scheduledRestart }) => [...momentOf(name, scheduledRestart)]));

/** Garbage that somebody wrote there is no moment: Patroni does nothing with it either. */
function momentOf(about: string, text: string | null | undefined): Standing {
  const at = Date.parse(text ?? '');
  return new Map(Number.isNaN(at) ? [] : [[about, at]]);
}

/** Whoever asked for that run, where it has scheduled exactly that; null: it is another. */
export function madeBy(
  { wish, view }: Run,
  { about, at }: { readonly about: string; readonly at: number },
): { readonly by: string | null } | null {
  if (wish.kind !== 'restart' && wish.kind !== 'switchover') return null;
  const isIt =
    wish.kind === 'restart' ? wish.members.length === 1 && wish.members[0] === about : about === '';
  const isThen = wish.at !== null && Date.parse(wish.at) === at;
  return isIt && isThen && view.outcome?.code === 'done' ? { by: view.by ?? null } : null;
}
