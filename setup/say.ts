/** One line to the reader. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** @returns a function that tells the seconds since now, as "1.2 s". */
export function stopwatch(): () => string {
  const began = performance.now();
  return () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
