/** A stretch of time: milliseconds since the epoch, the first included and the last not. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** The same time, in order and none touching another. */
export function united(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const { from, until } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && from <= last.until) {
      all[all.length - 1] = { from: last.from, until: Math.max(last.until, until) };
    } else all.push({ from, until });
  }
  return all;
}

/** What of some stretches lies in none of the holes. */
export function without(stretches: readonly Stretch[], holes: readonly Stretch[]): Stretch[] {
  return holes.reduce<Stretch[]>(
    (left, hole) =>
      left
        .flatMap(({ from, until }) => [
          { from, until: Math.min(until, hole.from) },
          { from: Math.max(from, hole.until), until },
        ])
        .filter(({ from, until }) => from < until),
    [...stretches],
  );
}

/** How much of a stretch lies in others that do not overlap, milliseconds. */
export function lengthWithin(stretches: readonly Stretch[], { from, until }: Stretch): number {
  return stretches.reduce(
    (all, one) => all + Math.max(0, Math.min(one.until, until) - Math.max(one.from, from)),
    0,
  );
}
