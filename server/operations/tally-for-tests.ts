/** For soaks: how many rounds of what ended how; says how far it is, and prints a table at the end. */
export class Tally {
  readonly #rounds: number;
  readonly #verdicts = new Map<string, Map<string, number>>();
  readonly #failures = new Map<string, string[]>();
  readonly #tookMs = new Map<string, number>();

  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  /** Runs all of them, also after one that fails. */
  async rounds(name: string, round: () => Promise<string>, count = this.#rounds): Promise<void> {
    const startedAt = performance.now();
    for (let n = 1; n <= count; n += 1) {
      const verdict = await round().catch((error: Error) => {
        this.#failures.set(name, [...this.failures(name), `round ${n}: ${error.message}`]);
        say(`${name}, round ${n} FAILED: ${error.stack ?? error.message}`);
        return 'FAILED';
      });
      this.note(name, verdict);
      if (n % 10 === 0 || n === count) say(`${name}: ${n} of ${count}, ${this.#told(name)}`);
    }
    this.#tookMs.set(name, performance.now() - startedAt);
  }

  note(name: string, verdict: string): void {
    const of = this.#verdicts.get(name) ?? new Map<string, number>();
    of.set(verdict, (of.get(verdict) ?? 0) + 1);
    this.#verdicts.set(name, of);
  }

  failures(name: string): readonly string[] {
    return this.#failures.get(name) ?? [];
  }

  print(title: string): void {
    say(`\n${title}\n\n| | rounds | how they ended | failed | s a round |\n|---|---|---|---|---|`);
    for (const [name, of] of this.#verdicts) {
      const rounds = [...of.values()].reduce((sum, n) => sum + n, 0);
      const each = ((this.#tookMs.get(name) ?? 0) / 1000 / rounds).toFixed(1);
      const failed = this.failures(name).length;
      say(`| ${name} | ${rounds} | ${this.#told(name)} | ${failed} | ${each} |`);
    }
  }

  #told(name: string): string {
    const of = [...(this.#verdicts.get(name) ?? [])].toSorted(([, a], [, b]) => b - a);
    return of.map(([verdict, n]) => `${n} ${verdict}`).join(', ');
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
