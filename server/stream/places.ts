/** Whose place it is, and how many of theirs there may be at once. */
export interface Share {
  /** e.g. "address 192.0.2.1". */
  readonly of: string;
  readonly most: number;
}

/** Places that are taken and given back: so many in all, and so many for each who shares in them. */
export class Places {
  readonly #most: number;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes one if all of these have one left. @returns what gives it back; null where none is left */
  take(shares: readonly Share[]): (() => void) | null {
    if (this.#all >= this.#most) return null;
    if (shares.some(({ of, most }) => this.#countOf(of) >= most)) return null;
    this.#all += 1;
    for (const { of } of shares) this.#taken.set(of, this.#countOf(of) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#all -= 1;
      for (const { of } of shares) {
        const left = this.#countOf(of) - 1;
        if (left > 0) this.#taken.set(of, left);
        else this.#taken.delete(of);
      }
    };
  }

  #countOf(name: string): number {
    return this.#taken.get(name) ?? 0;
  }
}
