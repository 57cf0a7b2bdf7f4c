/** A leader that came to be, or was seen, by name; seconds on the clock of `usage.now`. */
export interface Sighting {
  readonly name: string;
  readonly at: number;
}

/**
 * How long each change took to be seen, milliseconds. An observer that passed over a change has
 * seen it when it saw a later one: state may be skipped, but not for longer than that. A change
 * that was never seen takes for ever.
 */
export function latencies(changes: readonly Sighting[], seen: readonly Sighting[]): number[] {
  const at: number[] = new Array(changes.length).fill(Number.POSITIVE_INFINITY);
  let known = -1;
  for (const sighting of seen) {
    // Names recur: the newest change of that name that had been made by then.
    let index = changes.length - 1;
    while (index > known) {
      const change = changes[index];
      if (change && change.at <= sighting.at && change.name === sighting.name) break;
      index -= 1;
    }
    for (let passed = known + 1; passed <= index; passed += 1) at[passed] = sighting.at;
    known = Math.max(known, index);
  }
  return at.map((moment, index) => (moment - (changes[index]?.at ?? 0)) * 1000);
}
