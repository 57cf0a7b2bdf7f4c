import { type SettingChange, settingChanges } from '../operations/settings';
import type { Document } from './document';
import type { ParameterFacts } from './facts';
import { LOCAL_ONLY } from './known';
import { OWNED } from './owned';

/** What becomes of one setting that the edit changes. */
export interface SettingEffect extends SettingChange {
  /** When PostgreSQL takes it, as pg_settings has it; null: it is no parameter, or not known. */
  readonly context: string | null;
  /**
   * restart: every member runs it only after a restart; reload: PostgreSQL reads it again by
   * itself; patroni: Patroni heeds it in its next loop; ignored: nothing comes of it.
   */
  readonly effect: 'restart' | 'reload' | 'patroni' | 'ignored' | 'unknown';
}

const PARAMETERS = 'postgresql.parameters.';
/** PostgreSQL reads these files again. */
const FILES = /^postgresql\.(?:pg_hba|pg_ident)(?:\.|$)/;

/** Setting by setting, what an edit does; `parameters` null: not known. */
export function effectsOf(
  from: Document,
  to: Document,
  parameters: ParameterFacts | null,
): readonly SettingEffect[] {
  return settingChanges(from, to).map((change) => ({
    ...change,
    ...effectOf(change.path, parameters),
  }));
}

function effectOf(
  path: string,
  parameters: ParameterFacts | null,
): Pick<SettingEffect, 'context' | 'effect'> {
  if (FILES.test(path)) return { context: null, effect: 'reload' };
  if (!path.startsWith(PARAMETERS)) {
    const section = /^postgresql\.([^.]+)/.exec(path)?.[1];
    const ignored = section !== undefined && LOCAL_ONLY.has(section);
    return { context: null, effect: ignored ? 'ignored' : 'patroni' };
  }
  const key = path.slice(PARAMETERS.length).toLowerCase();
  const context = parameters && Object.hasOwn(parameters, key) ? parameters[key]?.context : null;
  if (OWNED[key]?.takes === null) return { context: context ?? null, effect: 'ignored' };
  // What Patroni gives on the command line is read at the start only.
  if (key in OWNED || context === 'postmaster') {
    return { context: context ?? 'postmaster', effect: 'restart' };
  }
  if (context === 'internal') return { context, effect: 'ignored' };
  if (context != null) return { context, effect: 'reload' };
  if (key.includes('.')) return { context: null, effect: 'reload' };
  return { context: null, effect: parameters === null ? 'unknown' : 'ignored' };
}
