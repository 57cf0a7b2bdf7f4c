import { MASK } from '../secrets';
import { parameterIn } from './check-parameters';
import { type Document, parametersOf, patroniBool, valueAt } from './document';
import type { ClusterSettings, ParameterFact, RunningSetting } from './facts';
import { OWNED, ofRecovery } from './owned';
import { readValue } from './value';

export type DriftState = 'runs' | 'pending-restart' | 'differs' | 'unknown';

/** One parameter on one member, against what the configuration wants. */
export interface Drift {
  /** As PostgreSQL spells it. */
  readonly name: string;
  readonly wanted: string;
  /** With its unit, as pg_settings has it; null: not known. */
  readonly runs: string | null;
  readonly state: DriftState;
  /** Why it differs or is not known, where there is more to say; empty: nothing. */
  readonly says: string;
}

export interface MemberDrift {
  readonly member: string;
  /** By name; empty where the member has not told. */
  readonly parameters: readonly Drift[];
  /** True: nothing of it has been told. */
  readonly untold: boolean;
}

/** What Patroni says of a member that has something to be restarted for. */
export interface Pending {
  readonly pendingRestart: boolean;
  /** Names, where Patroni tells them (since 3.3). */
  readonly pendingRestartReason: readonly string[];
}

/** These come with Howdah's own session, or with its role: the server's own can't be seen in them. */
const OF_THE_SESSION = new Set(['client', 'session', 'user', 'database', 'database user']);

/** What each member runs otherwise than the configuration wants it. */
export function driftOf(
  desired: Document,
  settings: ClusterSettings,
  pending: (member: string) => Pending | null,
): readonly MemberDrift[] {
  const { parameters } = settings;
  return settings.members.map((member) => {
    if (member.is !== 'ok' || parameters === null) {
      return { member: member.name, untold: true, parameters: [] };
    }
    const drifts = wantedNames(desired).map((key) => {
      const fact = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
      const running = Object.hasOwn(member.settings, key) ? member.settings[key] : undefined;
      return driftOn(desired, key, { fact, running, pending: pending(member.name) });
    });
    return { member: member.name, untold: false, parameters: drifts };
  });
}

/** Every member runs what the configuration wants, or will after its restart. */
export function converged(drifts: readonly MemberDrift[]): boolean {
  return drifts.every(
    ({ untold, parameters }) =>
      !untold && parameters.every(({ state }) => state === 'runs' || state === 'pending-restart'),
  );
}

/** In lower case, and in order: what Patroni makes PostgreSQL run with because of it. */
function wantedNames(desired: Document): readonly string[] {
  const mode = valueAt(desired, 'synchronous_mode');
  const syncOn = mode !== undefined && patroniBool(mode) !== false;
  const names = new Set<string>();
  for (const [name, value] of Object.entries(parametersOf(desired))) {
    const key = name.toLowerCase();
    if (value === null || OWNED[key]?.takes === null || ofRecovery(key)) continue;
    if (key === 'synchronous_standby_names' && syncOn) continue;
    names.add(key);
  }
  return [...names].sort();
}

interface Seen {
  readonly fact: ParameterFact | undefined;
  readonly running: RunningSetting | undefined;
  readonly pending: Pending | null;
}

function driftOn(desired: Document, key: string, { fact, running, pending }: Seen): Drift {
  const written = parameterIn(desired, key);
  const owned = OWNED[key];
  const taken = owned?.takes?.(written) === false ? (owned.fallback ?? written) : written;
  const wanted = typeof taken === 'string' ? taken : JSON.stringify(taken);
  if (!fact || !running) {
    const says = key.includes('.')
      ? 'PostgreSQL tells it only where something has declared it'
      : 'the member does not tell it: it has none of that name, or Howdah may not see it';
    return { name: fact?.name ?? key, wanted, runs: null, state: 'unknown', says };
  }
  const { name, unit } = fact;
  const isOfSession = OF_THE_SESSION.has(running.source);
  const setting = isOfSession ? null : (running.setting ?? null);
  const runs = setting === null ? null : shown(setting, unit);
  const base = { name, wanted, runs };
  if (isOfSession) {
    return { ...base, state: 'unknown', says: "Howdah's own session brings a value of its own" };
  }
  if (setting === null || setting.includes(MASK) || wanted.includes(MASK)) {
    return { ...base, state: 'unknown', says: 'it holds what may be a secret' };
  }
  const [want, is] = [
    readValue(taken, fact),
    readValue(setting, { ...fact, min: null, max: null }),
  ];
  if (want.is !== 'value') return { ...base, state: 'differs', says: `it ${want.why}` };
  if (is.is !== 'value') return { ...base, state: 'unknown', says: `it ${is.why}` };
  if (want.value === is.value && !running.pendingRestart) {
    return { ...base, state: 'runs', says: '' };
  }
  if (isPending(key, fact, { running, pending })) {
    const says =
      want.value === is.value
        ? 'it runs this, and its file has another value that waits for a restart'
        : 'it takes effect with a restart';
    return { ...base, state: 'pending-restart', says };
  }
  return { ...base, state: 'differs', says: whyOf(running.source) };
}

/**
 * PostgreSQL tells what its file has waiting. What Patroni gives on the command line stands above
 * the file, and of that only Patroni tells.
 */
function isPending(
  key: string,
  fact: ParameterFact,
  { running, pending }: { readonly running: RunningSetting; readonly pending: Pending | null },
): boolean {
  if (running.pendingRestart) return true;
  if (fact.context !== 'postmaster' || pending === null || !pending.pendingRestart) return false;
  const { pendingRestartReason: reasons } = pending;
  return reasons.length === 0 || reasons.some((one) => one.toLowerCase() === key);
}

function whyOf(source: string): string {
  if (source === 'command line') return 'it was started with that';
  if (source === 'default') return 'nothing sets it there';
  return "the member's own file, ALTER SYSTEM or a file that was edited may say otherwise";
}

function shown(setting: string, unit: string | null): string {
  if (unit === null) return setting;
  return /^\d/.test(unit) ? `${setting} × ${unit}` : `${setting} ${unit}`;
}
