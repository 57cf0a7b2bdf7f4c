import { driftOf, type MemberDrift } from '@/lib/configuration/drift';
import type { ClusterSettings } from '@/lib/configuration/facts';
import type { TakenUp } from '@/lib/operations/follow-configuration';
import { readSettings } from '@/lib/operations/settings';
import type { ClusterView } from '@/lib/topology/view';

/** What of these settings each member that is there runs, by its own word. `changed` null: all. */
export function takenUpBy(
  view: ClusterView,
  text: string,
  by: { readonly settings: ClusterSettings; readonly changed: readonly string[] | null },
): readonly TakenUp[] {
  const document = readSettings(text);
  if (document === null) return [];
  const member = (name: string) => view.members.find((one) => one.name === name);
  return driftOf(document, by.settings, (name) => member(name) ?? null)
    .filter((drift) => member(drift.member)?.presence.is === 'present')
    .map((drift) => ({ member: drift.member, state: stateOf(drift, by.changed) }));
}

const PARAMETERS = 'postgresql.parameters.';

function stateOf(
  { untold, parameters: all }: MemberDrift,
  changed: readonly string[] | null,
): TakenUp['state'] {
  const names = new Set(
    changed?.map((path) =>
      path.slice(path.startsWith(PARAMETERS) ? PARAMETERS.length : 0).toLowerCase(),
    ),
  );
  // What was so before tells nothing of this change; nor does what can't be seen of it.
  const parameters =
    changed === null ? all : all.filter(({ name }) => names.has(name.toLowerCase()));
  if (untold || parameters.some(({ state }) => state === 'unknown')) return 'unknown';
  if (parameters.some(({ state }) => state === 'differs')) return 'differs';
  return parameters.some(({ state }) => state === 'pending-restart') ? 'pending-restart' : 'runs';
}
