import type { Phase } from '@/components/stream/connection';
import type { StreamState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';

/** What was so when we last listened; undefined was not known, which is never news. */
export interface Heard {
  readonly lost: boolean;
  readonly fleetCritical: ReadonlySet<ClusterId> | undefined;
  readonly followed: ClusterId | null;
  readonly leader: string | null | undefined;
  readonly critical: ReadonlySet<string> | undefined;
}

export const nothingHeard: Heard = {
  lost: false,
  fleetCritical: undefined,
  followed: null,
  leader: undefined,
  critical: undefined,
};

/** What of the difference is worth interrupting somebody for. */
export function hear(
  before: Heard,
  stream: StreamState,
  page: { readonly phase: Phase; readonly followed: ClusterId | null },
): { readonly now: Heard; readonly news: readonly string[] } {
  const news: string[] = [];
  const lost = page.phase === 'lost' || (before.lost && page.phase !== 'live');
  if (lost && !before.lost) news.push('Disconnected from Howdah, what is shown may be out of date');
  if (!lost && before.lost) news.push('Connected to Howdah again');

  const same = before.followed === page.followed;
  const view = page.followed === null ? undefined : stream.clusters.get(page.followed)?.view;
  const leader = view === undefined ? undefined : (view?.leader?.name ?? null);
  if (view && same && before.leader !== undefined && leader !== before.leader) {
    news.push(leader ? `${leader} leads ${view.name}` : `${view.name} has no leader`);
  }
  const worst = view?.problems.filter((p) => p.severity === 'critical');
  const critical = worst && new Set(worst.map((p) => `${p.code} ${p.member}`));
  if (worst && same && before.critical !== undefined) {
    for (const p of worst) {
      if (!before.critical.has(`${p.code} ${p.member}`)) news.push(p.says);
    }
  }

  // Away from the fleet page its rows are not followed, and so not heard.
  const listening = page.followed === null && stream.fleetKnown;
  const fleetCritical = listening
    ? new Set([...stream.fleet.values()].filter((c) => c.health === 'critical').map((c) => c.id))
    : undefined;
  if (fleetCritical && before.fleetCritical !== undefined) {
    const fresh = [...fleetCritical].filter((id) => !before.fleetCritical?.has(id));
    const first = fresh[0] === undefined ? undefined : stream.fleet.get(fresh[0]);
    if (fresh.length === 1 && first) news.push(first.worst?.says ?? `${first.name} is critical`);
    else if (fresh.length > 1) news.push(`${fresh.length} more clusters are critical`);
  }
  return { now: { lost, fleetCritical, followed: page.followed, leader, critical }, news };
}
