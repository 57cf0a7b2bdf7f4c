import {
  type Acknowledgement,
  acknowledgementIn,
  type Break,
  breakAtRow,
  intentIn,
} from './breaks';
import {
  type Anchor,
  type ChainRow,
  type Checkpoint,
  type HashOf,
  type Head,
  hashedText,
  signedText,
} from './chain';
import { rowsFromTo, rowsIn, type Verdict, when } from './verdict';

export interface VerifierOptions {
  readonly hashOf: HashOf;
  /** Null: the secret is not known, so that nothing can be said of signatures. */
  readonly sign: ((text: string) => string) | null;
  readonly checkpoints: readonly Checkpoint[];
  /** Those in ZooKeeper that were read before the rows. Null: it was not asked. */
  readonly anchors: readonly Anchor[] | null;
  /** The store's own id, which its anchors have; null: it has none. */
  readonly store: string | null;
}

/** Beyond so many sentences of one kind the rest is counted. */
const MOST_TOLD = 100;

/** What was found, and by which key it can be acknowledged; null: by none. */
type Finding = Omit<Break, 'key'> & { readonly key: string | null };

/**
 * Goes through a chain row by row, in the order of their numbers, and says what does not fit. It
 * holds no rows, however many there are.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #findings: Finding[] = [];
  readonly #doubts: string[] = [];
  readonly #acknowledgements: Acknowledgement[] = [];
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
  /** Losses that rows tell of: what tells of one may be there twice. */
  readonly #losses = new Set<unknown>();

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#anchors = new Map((options.anchors ?? []).map((anchor) => [anchor.chain, anchor]));
    for (const checkpoint of options.checkpoints) this.#begin(checkpoint);
  }

  #begin(checkpoint: Checkpoint): void {
    const { chain, upto, hash, removed, signature } = checkpoint;
    const { sign } = this.#options;
    const which = `The checkpoint after row ${upto}`;
    if (sign === null) this.#doubts.push(`${which} is signed, and the secret is not known.`);
    else if (sign(signedText(checkpoint)) !== signature) {
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
    const { seq, chain, hash } = row;
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
    if (this.#before !== null && hash !== this.#options.hashOf(hashedText(this.#before, row))) {
      const earlier = this.#last === null ? '' : `, or row ${seq - 1} before it`;
      this.#find(`Row ${seq} does not fit: it${earlier} has been altered.`);
    }
    this.#read(row);
    this.#compare(row);
    this.#ends.set(chain, seq);
    this.#next = seq + 1;
    this.#before = hash;
    this.#chain = chain;
    this.#last = { chain, seq, hash };
  }

  /** What a row tells of the chain itself. */
  #read(row: ChainRow): void {
    const { seq, chain, entry } = row;
    const broken = intentIn(entry, 'chain-broken');
    if (this.#chain !== null && chain !== this.#chain) {
      const why = typeof broken?.reason === 'string' ? broken.reason : 'nothing says why.';
      this.#losses.add(why);
      this.#find(`The chain was begun anew at row ${seq}: ${why}`, breakAtRow(seq));
    }
    const begun = intentIn(entry, 'anchor-begun');
    if (begun) this.#wasAnchored = true;
    const lost = broken?.reason ?? Object(begun?.detail).lost;
    if (typeof lost === 'string') this.#lose(seq, lost);
    const acknowledged = acknowledgementIn(row, this.#options.sign);
    if (acknowledged === 'forged') {
      this.#find(`Row ${seq} acknowledges a break, and is not signed with Howdah's secret.`);
    } else if (acknowledged) {
      this.#acknowledgements.push(acknowledged);
      if (this.#options.sign !== null) return;
      const says = 'acknowledges a break by a signature, and the secret is not known.';
      this.#doubts.push(`Row ${seq} ${says}`);
    }
  }

  #lose(seq: number, lost: string): void {
    if (!this.#losses.has(lost)) {
      this.#find(`Row ${seq} tells that the audit was found broken: ${lost}`, breakAtRow(seq));
    }
    this.#losses.add(lost);
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
    const judged = this.#findings.map((finding) => ({ finding, by: this.#acknowledges(finding) }));
    const found = judged.flatMap(({ finding, by }) => (by ? [] : [finding]));
    const more = this.#untold > 0 ? [`And ${this.#untold} more.`] : [];
    return {
      ...{ rows: this.#rows, from: this.#from, upto: this.#last, removed: this.#removed },
      ...{ anchored, findings: [...found.map(({ says }) => says), ...more], doubts: this.#doubts },
      breaks: found.flatMap(({ key, says }) => (key === null ? [] : [{ key, says }])),
      acknowledged: judged.flatMap(({ finding, by }) =>
        by ? [`${finding.says} Acknowledged by ${by.by} ${when(by.at)}: ${by.reason}`] : [],
      ),
    };
  }

  #acknowledges({ key }: Finding): Acknowledgement | undefined {
    return this.#acknowledgements.find(({ keys }) => key !== null && keys.includes(key));
  }

  /** Whether what is anchored is what is there. */
  #compare({ chain, seq, hash }: Head): void {
    const anchor = this.#anchors.get(chain);
    if (anchor?.seq !== seq || anchor.hash === hash) return;
    this.#find(
      `Row ${seq} is not the one that was anchored ${when(anchor.at)}: rows up to it have been rewritten.`,
      keyOf(anchor),
    );
  }

  #judge(anchor: Anchor): void {
    const { chain, seq, at } = anchor;
    const end = this.#ends.get(chain);
    if (end === undefined) this.#judgeLeft(anchor);
    else if (end < seq) {
      const says = `cut off: row ${seq} was anchored ${when(at)}.`;
      this.#find(`${rowsFromTo(end + 1, seq)} ${says}`, keyOf(anchor));
    }
  }

  /** Nothing of its chain is there. Several stores may share a root in ZooKeeper. */
  #judgeLeft(anchor: Anchor): void {
    const { chain, seq, at, store } = anchor;
    const { store: here } = this.#options;
    if (here === store || here === null || !isStoreId(store)) {
      const whose = here === store ? 'of this store' : 'of this store, for all that is known,';
      const says = `A chain ${whose} was anchored up to row ${seq} ${when(at)}, and is gone`;
      this.#find(`${says}: ${chain}.`, keyOf(anchor));
    } else if (this.#chain === null) {
      const says = `The store has no audit, and one was anchored up to row ${seq} ${when(at)}`;
      this.#find(`${says}: ${chain}.`, keyOf(anchor));
    } else {
      const says = `A chain that is not here was anchored up to row ${seq} ${when(at)}`;
      this.#doubts.push(`${says}, of a store with another id: ${chain}, of ${store}.`);
    }
  }

  #find(says: string, key: string | null = null): void {
    if (this.#findings.length < MOST_TOLD) this.#findings.push({ says, key });
    else this.#untold += 1;
  }
}

/** An anchor that is left behind stays what it is. */
const keyOf = ({ chain, seq, hash }: Anchor): string => `anchor ${chain} ${seq} ${hash}`;

/** What anchors were marked with before stores had an id says nothing of which store it was. */
const isStoreId = (store: string): boolean =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(store);
