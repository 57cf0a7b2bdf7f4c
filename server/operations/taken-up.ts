import type { Document } from '@/lib/configuration/document';
import { parametersOf } from '@/lib/configuration/document';
import { type Drift, driftOf, type MemberDrift, type Pending } from '@/lib/configuration/drift';
import type { ClusterSettings, ParameterFact, RunningSetting } from '@/lib/configuration/facts';
import { LOCAL_ONLY } from '@/lib/configuration/known';
import { OWNED, ofRecovery } from '@/lib/configuration/owned';
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
  const changes = sorted(document, by.changed);
  return driftOf(document, by.settings, (name) => member(name) ?? null)
    .filter((drift) => member(drift.member)?.presence.is === 'present')
    .map((drift) => {
      const removed = changes.removed.map((key) =>
        withoutIt(key, by.settings, { name: drift.member, pending: member(drift.member) ?? null }),
      );
      return { member: drift.member, state: stateOf(drift, { ...changes, removed }) };
    });
}

const PARAMETERS = 'postgresql.parameters.';

interface Changes {
  /** Of what is set now: those that were changed, in lower case; null: all. */
  readonly set: ReadonlySet<string> | null;
  /** That are not set any more. */
  readonly removed: readonly string[];
  /** Whether Patroni itself is to heed some of it, which nobody tells. */
  readonly ofPatroni: boolean;
}

function sorted(document: Document, changed: readonly string[] | null): Changes {
  if (changed === null) return { set: null, removed: [], ofPatroni: true };
  const names = changed
    .filter((path) => path.startsWith(PARAMETERS))
    .map((path) => path.slice(PARAMETERS.length).toLowerCase());
  const isSet = new Set(
    Object.entries(parametersOf(document)).flatMap(([name, value]) =>
      value === null ? [] : [name.toLowerCase()],
    ),
  );
  return {
    set: new Set(names),
    removed: names.filter((name) => !isSet.has(name) && isHeeded(name)),
    ofPatroni: changed.some((path) => !path.startsWith(PARAMETERS) && !isOfOneMember(path)),
  };
}

/** Of some Patroni takes nothing from here. */
const isHeeded = (name: string): boolean => OWNED[name]?.takes !== null && !ofRecovery(name);

const isOfOneMember = (path: string): boolean =>
  LOCAL_ONLY.has(/^postgresql\.([^.]+)/.exec(path)?.[1] ?? '');

type State = Drift['state'];

/** What became of a parameter that is not set any more. */
function withoutIt(
  key: string,
  { parameters, members }: ClusterSettings,
  { name, pending }: { readonly name: string; readonly pending: Pending | null },
): State {
  const told = members.find((one) => one.name === name);
  const settings = told?.is === 'ok' ? told.settings : {};
  const running = Object.hasOwn(settings, key) ? settings[key] : undefined;
  const fact = parameters && Object.hasOwn(parameters, key) ? parameters[key] : undefined;
  if (running === undefined) return 'unknown';
  if (running.pendingRestart) return 'pending-restart';
  if (isBack(key, running, fact)) return 'runs';
  // Where else it may be set is not known: the member's own file, ALTER SYSTEM.
  const atStart = key in OWNED || fact?.context === 'postmaster';
  return atStart && pending?.pendingRestart === true ? 'pending-restart' : 'unknown';
}

/** Whether it is what it is where nobody sets it. */
function isBack(key: string, running: RunningSetting, fact: ParameterFact | undefined): boolean {
  const fallback = OWNED[key]?.fallback ?? null;
  if (fallback !== null) return running.setting === fallback;
  return running.source === 'default' || (fact != null && running.setting === fact.bootVal);
}

function stateOf(
  { untold, parameters: all }: MemberDrift,
  { set, removed, ofPatroni }: Omit<Changes, 'removed'> & { readonly removed: readonly State[] },
): TakenUp['state'] {
  // What was so before tells nothing of this change; nor does what can't be seen of it.
  const changed = set === null ? all : all.filter(({ name }) => set.has(name.toLowerCase()));
  const states = new Set([...changed.map(({ state }) => state), ...removed]);
  const asked = set === null || set.size > 0;
  if (untold && asked) return 'unknown';
  const worst = (['differs', 'unknown', 'pending-restart'] as const).find((one) => states.has(one));
  return worst ?? (ofPatroni ? 'reads' : 'runs');
}
