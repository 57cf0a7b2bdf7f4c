/**
 * The colour and dash of each member, the same wherever it is drawn: by its place among the names
 * of the cluster, missing ones included, so that nobody changes colour when somebody goes.
 */
export interface Series {
  readonly colour: string;
  readonly dash: string | undefined;
}

const dashes = [undefined, '7 3', '2 3', '9 3 2 3', '5 5', '1 4'] as const;

export function seriesOf(names: Iterable<string>): ReadonlyMap<string, Series> {
  const sorted = [...names].sort(new Intl.Collator('en', { numeric: true }).compare);
  return new Map(
    sorted.map((name, n) => [
      name,
      { colour: `var(--series-${(n % 6) + 1})`, dash: dashes[n % dashes.length] },
    ]),
  );
}
