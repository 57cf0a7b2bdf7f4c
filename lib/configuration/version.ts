/** Whether a version of Patroni is that or newer; null: it can't be read. */
export function isSince(version: string, wanted: string): boolean | null {
  const [a, b] = [partsOf(version), partsOf(wanted)];
  if (a === null || b === null) return null;
  for (let n = 0; n < 3; n += 1) {
    const difference = (a[n] ?? 0) - (b[n] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const partsOf = (version: string): number[] | null =>
  /^\d+(\.\d+)*/.exec(version)?.[0].split('.').map(Number) ?? null;

/** Those that are older; what can't be read is taken for old. */
export function olderThan(versions: readonly string[], wanted: string): readonly string[] {
  return [...new Set(versions)].filter((version) => isSince(version, wanted) !== true);
}
