import {
  type Anchor,
  type ChainRow,
  type Checkpoint,
  type HashOf,
  type Head,
  hashedText,
} from './chain';

export interface VerifierOptions {
  readonly hashOf: HashOf;
  /** Null: the secret is not known, so that nothing can be said of signatures. */
  readonly isSigned: ((checkpoint: Checkpoint) => boolean) | null;
  readonly checkpoints: readonly Checkpoint[];
  /** Those in ZooKeeper that were read before the rows. Null: it was not asked. */
  readonly anchors: readonly Anchor[] | null;
  /** What the anchors of this store are marked with. */
  readonly store: string;
}

/** What was found: each is a sentence. */
export interface Verdict {
  readonly rows: number;
  /** The first and the last that are there. */
  readonly from: number | null;
  readonly upto: Head | null;
  /** Removed by retention, by checkpoints that are right. */
  readonly removed: number;
  /** How far the last chain is anchored; null: it is not, or that was not asked. */
  readonly anchored: Anchor | null;
  /** What is wrong. Empty: the chain is whole. */
  readonly findings: readonly string[];
  /** What could not be told. */
  readonly doubts: readonly string[];
}

/** Beyond so many sentences of one kind the rest is counted. */
const MOST_TOLD = 100;

/**
 * Goes through a chain row by row, in the order of their numbers, and says what does not fit. It
 * holds no rows, however many there are.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #findings: string[] = [];
  readonly #doubts: string[] = [];
  #untold = 0;
  #rows = 0;
  #from: number | null = null;
  #removed = 0;
  /** Where the rows that are there go on from. */
  #next = 1;
  /** The hash of the row before; null: that row is missing. */
  #before: string | null = '';
  #chain: string | null = null;
  #last: Head | null = null;
  /** Of each chain, the last row that is there or was removed by a checkpoint. */
  readonly #ends = new Map<string, number>();
  readonly #anchors: ReadonlyMap<string, Anchor>;
  #wasAnchored = false;

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#anchors = new Map((options.anchors ?? []).map((anchor) => [anchor.chain, anchor]));
    for (const checkpoint of options.checkpoints) this.#begin(checkpoint);
  }

  #begin(checkpoint: Checkpoint): void {
    const { chain, upto, hash, removed } = checkpoint;
    const { isSigned } = this.#options;
    const which = `The checkpoint after row ${upto}`;
    if (isSigned === null) this.#doubts.push(`${which} is signed, and the secret is not known.`);
    else if (!isSigned(checkpoint)) {
      this.#find(
        `${which} is not signed with Howdah's secret: it says that ${rowsIn(removed)} went.`,
      );
    }
    if (removed !== upto - this.#next + 1) {
      const gone = upto - this.#next + 1;
      this.#find(`${which} says that ${rowsIn(removed)} went, and ${rowsIn(gone)} did.`);
    }
    this.#removed += removed;
    this.#next = upto + 1;
    this.#before = hash;
    this.#chain = chain;
    this.#ends.set(chain, upto);
    this.#compare({ chain, seq: upto, hash });
  }

  take(row: ChainRow): void {
    const { seq, chain, hash, entry } = row;
    this.#rows += 1;
    this.#from ??= seq;
    if (seq < this.#next) {
      const gone = seq < (this.#last?.seq ?? this.#next) ? 'is out of order' : 'was to be removed';
      this.#find(`Row ${seq} ${gone}, and is there.`);
      return;
    }
    if (seq > this.#next) {
      this.#find(`${rowsFromTo(this.#next, seq - 1)} missing.`);
      this.#before = null;
    }
    if (this.#chain !== null && chain !== this.#chain) {
      this.#find(`The chain was begun anew at row ${seq}: ${whyAnew(entry)}`);
    }
    if (this.#before !== null && hash !== this.#options.hashOf(hashedText(this.#before, row))) {
      const earlier = this.#last === null ? '' : `, or row ${seq - 1} before it`;
      this.#find(`Row ${seq} does not fit: it${earlier} has been altered.`);
    }
    this.#compare(row);
    if (isAnchorBegun(entry)) this.#wasAnchored = true;
    this.#ends.set(chain, seq);
    this.#next = seq + 1;
    this.#before = hash;
    this.#chain = chain;
    this.#last = { chain, seq, hash };
  }

  end(): Verdict {
    for (const anchor of this.#anchors.values()) this.#judge(anchor);
    const { anchors } = this.#options;
    const anchored = this.#chain === null ? null : (this.#anchors.get(this.#chain) ?? null);
    if (anchors === null)
      this.#doubts.push('Whether rows are cut off at the end was not looked at.');
    else if (anchored === null && this.#chain !== null) {
      const says = 'in ZooKeeper: rows cut off at the end would not be found.';
      if (this.#wasAnchored) this.#find(`The chain had an anchor, and has none any more ${says}`);
      else this.#doubts.push(`The chain has no anchor yet ${says}`);
    }
    const more = this.#untold > 0 ? [`And ${this.#untold} more.`] : [];
    return {
      ...{ rows: this.#rows, from: this.#from, upto: this.#last, removed: this.#removed },
      ...{ anchored, findings: [...this.#findings, ...more], doubts: this.#doubts },
    };
  }

  /** Whether what is anchored is what is there. */
  #compare({ chain, seq, hash }: Head): void {
    const anchor = this.#anchors.get(chain);
    if (anchor?.seq !== seq || anchor.hash === hash) return;
    this.#find(
      `Row ${seq} is not the one that was anchored ${when(anchor.at)}: rows up to it have been rewritten.`,
    );
  }

  #judge({ chain, seq, at, store }: Anchor): void {
    const end = this.#ends.get(chain);
    if (end === undefined) {
      if (store === this.#options.store) {
        const says = `A chain of this store was anchored up to row ${seq} ${when(at)}, and is gone`;
        this.#find(`${says}: ${chain}.`);
      }
      return;
    }
    if (end >= seq) return;
    this.#find(`${rowsFromTo(end + 1, seq)} cut off: row ${seq} was anchored ${when(at)}.`);
  }

  #find(says: string): void {
    if (this.#findings.length < MOST_TOLD) this.#findings.push(says);
    else this.#untold += 1;
  }
}

/** A verdict in lines for a person. */
export function verdictInWords({ rows, from, upto, anchored, ...all }: Verdict): string[] {
  const removed = all.removed > 0 ? `, ${rowsIn(all.removed)} before them removed by age` : '';
  const there =
    from === null || upto === null
      ? `no rows${removed}`
      : `${rowsIn(rows)}, from ${from} to ${upto.seq}${removed}`;
  const behind = anchored && upto && anchored.seq < upto.seq ? upto.seq - anchored.seq : 0;
  const later = behind > 0 ? `, ${rowsIn(behind)} not anchored yet` : '';
  const anchor = anchored ? `; anchored up to ${anchored.seq} ${when(anchored.at)}${later}` : '';
  const head = all.findings.length === 0 ? 'The audit is whole' : 'The audit is NOT whole';
  return [`${head}: ${there}${anchor}.`, ...all.findings, ...all.doubts];
}

const when = (at: number): string => `at ${new Date(at).toISOString()}`;
const rowsIn = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`;
const rowsFromTo = (from: number, to: number): string =>
  from === to ? `Row ${from} is` : `Rows ${from} to ${to} are`;

function fieldsOf(entry: string): { readonly action?: unknown; readonly reason?: unknown } {
  try {
    return Object(JSON.parse(entry));
  } catch {
    return {};
  }
}

const isAnchorBegun = (entry: string): boolean =>
  entry.includes('"anchor-begun"') && fieldsOf(entry).action === 'anchor-begun';

function whyAnew(entry: string): string {
  const { action, reason } = fieldsOf(entry);
  return action === 'chain-broken' && typeof reason === 'string' ? reason : 'nothing says why.';
}
