/** What a benchmark is given to run with. */
export interface Context {
  /** Alternations of product and baseline. */
  readonly rounds: number;
  /** Shorter phases and fewer rounds: to see that it works, not for figures to be quoted. */
  readonly quick: boolean;
  /** Howdah writes a CPU profile of each of its runs below dist/profiles; it is slower meanwhile. */
  readonly profile: boolean;
  /** Which PostgreSQL is Howdah's own: `embedded`, or `debian`. */
  readonly server: string;
  /** One line on what is being done now. */
  readonly say: (line: string) => void;
  /** Runs when the benchmark is over, however it ends; the last registered first. */
  readonly onEnd: (task: () => unknown) => void;
}

/** A figure of the table: the product's, the baseline's, and the bar it is held to. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly howdah: number | string;
  readonly baseline?: number | string;
  readonly ratio?: number;
  /** What the figure or the ratio has to be, in words, and whether it is. */
  readonly bar?: { readonly says: string; readonly held: boolean };
}

export interface Report {
  readonly rows: readonly Row[];
  /** The keys that the benchmark promises. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Why its figures say nothing, in one sentence: the run has failed. */
  readonly voidAs?: string;
}

export interface Benchmark {
  readonly name: string;
  /** One sentence: the work, and the baseline. */
  readonly says: string;
  /** How many rounds by default. */
  readonly rounds: number;
  /** It measures parts of the product as they are in the sources: the pages need not be built. */
  readonly unbuilt?: true;
  readonly run: (context: Context) => Promise<Report>;
}
