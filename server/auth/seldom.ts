const MOST_KEYS = 10_000;

/** Says whether something is due to be noted again: not before so long. */
export function notedSeldom(now: () => number): (key: string, ms: number) => boolean {
  const last = new Map<string, number>();
  return (key, ms) => {
    if (now() - (last.get(key) ?? Number.NEGATIVE_INFINITY) < ms) return false;
    if (last.size >= MOST_KEYS) last.clear();
    last.set(key, now());
    return true;
  };
}
