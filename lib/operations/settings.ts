import { isSecretName, MASK, withoutSecrets } from '../secrets';

/** One setting of a configuration that differs, as JSON; null: not set. */
export interface SettingChange {
  /** e.g. "postgresql.parameters.work_mem". */
  readonly path: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The object a configuration is; null where the text is none. */
export function readSettings(text: string | null): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** What differs between two configurations, setting by setting, in the order of their names. */
export function settingChanges(
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
): SettingChange[] {
  const [before, after] = [flat(from), flat(to)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .map((path) => ({ path, from: before.get(path) ?? null, to: after.get(path) ?? null }))
    .filter((one) => one.from !== one.to)
    .map(({ path, from, to }) => ({ path, from: shown(path, from), to: shown(path, to) }));
}

/** That a password changes is said; what it was and becomes is not. */
function shown(path: string, json: string | null): string | null {
  if (json === null) return null;
  return path.split('.').some(isSecretName) ? JSON.stringify(MASK) : withoutSecrets(json);
}

/** What a configuration gives those settings, as one text that can be compared. */
export function valuesAt(
  settings: Readonly<Record<string, unknown>>,
  paths: readonly string[],
): string {
  const all = flat(settings);
  return JSON.stringify(paths.map((path) => [path, all.get(path) ?? null]));
}

function flat(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isObject ? Object.entries(value) : [];
  if (!isObject || (entries.length === 0 && path !== '')) into.set(path, JSON.stringify(value));
  for (const [name, part] of entries) flat(part, path === '' ? name : `${path}.${name}`, into);
  return into;
}
