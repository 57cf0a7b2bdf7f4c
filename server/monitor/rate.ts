const SLICE_MS = 1000;
const SLICES = 5;

/** How many a second, over the last five whole seconds: it neither jumps nor remembers for long. */
export class Rate {
  readonly #counts: number[] = new Array(SLICES + 1).fill(0);
  readonly #began: number;
  #slice = 0;

  constructor(now: number) {
    this.#began = now;
  }

  add(count: number, now: number): void {
    this.#turn(now);
    this.#counts[this.#slice % (SLICES + 1)] =
      (this.#counts[this.#slice % (SLICES + 1)] ?? 0) + count;
  }

  /** Of the whole seconds that have passed, at most five; 0 before the first has. */
  perSecond(now: number): number {
    this.#turn(now);
    const whole = Math.min(SLICES, this.#slice);
    if (whole === 0) return 0;
    let sum = 0;
    for (let back = 1; back <= whole; back += 1) {
      sum += this.#counts[(this.#slice - back) % (SLICES + 1)] ?? 0;
    }
    return sum / whole;
  }

  #turn(now: number): void {
    const slice = Math.max(this.#slice, Math.floor((now - this.#began) / SLICE_MS));
    const passed = Math.min(slice - this.#slice, SLICES + 1);
    for (let ahead = 1; ahead <= passed; ahead += 1) {
      this.#counts[(slice - passed + ahead) % (SLICES + 1)] = 0;
    }
    this.#slice = slice;
  }
}
