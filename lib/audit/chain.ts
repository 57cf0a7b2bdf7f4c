/** One row as it is kept. `hash` is of this row and, by the hash before it, of all before it. */
export interface ChainRow {
  /** Without gaps, from 1. */
  readonly seq: number;
  /** The chain's own id. It stays the same for good, but where the chain was found to be broken. */
  readonly chain: string;
  readonly entry: string;
  readonly hash: string;
}

export type Head = Pick<ChainRow, 'chain' | 'seq' | 'hash'>;

/** What retention leaves of the rows that it has removed. */
export interface Checkpoint {
  readonly chain: string;
  /** The last row that was removed, and its hash. */
  readonly upto: number;
  readonly hash: string;
  /** How many went by this one. */
  readonly removed: number;
  readonly at: number;
  readonly signature: string;
}

/** A head as it was written to ZooKeeper, out of the store's reach. */
export interface Anchor extends Head {
  readonly at: number;
  /** The id of the store that it is the anchor of. */
  readonly store: string;
}

export type HashOf = (text: string) => string;

/** What the hash of a row is made of. `before`: of the row before it; empty for the first there was. */
export const hashedText = (before: string, { chain, seq, entry }: Omit<ChainRow, 'hash'>): string =>
  `${before}\n${chain}\n${seq}\n${entry}`;

/** What a checkpoint's signature is made of. */
export const signedText = ({ chain, upto, hash, removed, at }: Omit<Checkpoint, 'signature'>) =>
  ['checkpoint', chain, upto, hash, removed, at].join('\n');

/** Rows that go behind that head, hashed one after the other. */
export function linked(
  head: Pick<Head, 'seq' | 'hash'> | null,
  entries: readonly string[],
  { chain, hashOf }: { readonly chain: string; readonly hashOf: HashOf },
): ChainRow[] {
  let { seq, hash } = head ?? { seq: 0, hash: '' };
  return entries.map((entry) => {
    seq += 1;
    hash = hashOf(hashedText(hash, { chain, seq, entry }));
    return { chain, seq, entry, hash };
  });
}
