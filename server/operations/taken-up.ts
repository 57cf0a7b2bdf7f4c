import { driftOf, type MemberDrift } from '@/lib/configuration/drift';
import type { ClusterSettings } from '@/lib/configuration/facts';
import type { TakenUp } from '@/lib/operations/follow-configuration';
import { readSettings } from '@/lib/operations/settings';
import type { ClusterView } from '@/lib/topology/view';

/** What of a configuration each member that is there runs, by its own settings. */
export function takenUpBy(
  view: ClusterView,
  text: string,
  settings: ClusterSettings,
): readonly TakenUp[] {
  const document = readSettings(text);
  if (document === null) return [];
  const member = (name: string) => view.members.find((one) => one.name === name);
  return driftOf(document, settings, (name) => member(name) ?? null)
    .filter((drift) => member(drift.member)?.presence.is === 'present')
    .map((drift) => ({ member: drift.member, state: stateOf(drift) }));
}

function stateOf({ untold, parameters }: MemberDrift): TakenUp['state'] {
  if (untold || parameters.some(({ state }) => state === 'unknown')) return 'unknown';
  if (parameters.some(({ state }) => state === 'differs')) return 'differs';
  return parameters.some(({ state }) => state === 'pending-restart') ? 'pending-restart' : 'runs';
}
