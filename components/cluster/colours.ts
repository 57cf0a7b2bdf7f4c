/**
 * The colour of each member, the same wherever it is drawn: by its place among the names of the
 * cluster, missing ones included, so that nobody changes colour when somebody goes. Lines are never
 * dashed: a dash would read as a gap. Their names stand at their ends instead.
 */
export function coloursOf(names: Iterable<string>): ReadonlyMap<string, string> {
  const sorted = [...names].sort(new Intl.Collator('en', { numeric: true }).compare);
  return new Map(sorted.map((name, n) => [name, `var(--series-${(n % 6) + 1})`]));
}
