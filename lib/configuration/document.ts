/** A configuration, read. */
export type Document = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Document | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Document) : null;
}

/** What stands at a path such as "postgresql.use_slots"; undefined: nothing. */
export function valueAt(document: Document | null, path: string): unknown {
  let at: unknown = document;
  for (const name of path.split('.')) {
    const within = objectOf(at);
    if (within === null || !Object.hasOwn(within, name)) return undefined;
    at = within[name];
  }
  return at;
}

/** The parameters of PostgreSQL as they are written; names may have dots. */
export function parametersOf(document: Document | null): Document {
  return objectOf(valueAt(document, 'postgresql.parameters')) ?? {};
}

export const sameValue = (a: unknown, b: unknown): boolean =>
  JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  const within = objectOf(value);
  if (within === null) return value;
  return Object.entries(within)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}

/** In small letters; '' where it is no single value: an object needn't have a `toString` to call. */
export function wordOf(value: unknown): string {
  return typeof value === 'object' ? '' : String(value).toLowerCase();
}

/** As Patroni reads a boolean. */
export function patroniBool(value: unknown): boolean | null {
  const word = wordOf(value);
  if (['on', 'true', 'yes', '1'].includes(word)) return true;
  return ['off', 'false', 'no', '0'].includes(word) ? false : null;
}

/** As Patroni reads a whole number; null: it can't. */
export function patroniInt(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  return typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : null;
}
