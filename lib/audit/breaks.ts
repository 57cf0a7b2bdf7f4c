import type { ChainRow } from './chain';
import type { Json } from './entry';

/** A place where the chain is known to be broken, which somebody may have a good reason for. */
export interface Break {
  /** The same for the same break whenever it is found. */
  readonly key: string;
  readonly says: string;
}

/** That somebody has looked at breaks and knows what they come from, such as an older backup. */
export interface Acknowledgement {
  /** The number of its row. */
  readonly seq: number;
  readonly at: number;
  readonly by: string;
  readonly reason: string;
  readonly keys: readonly string[];
  /** By Howdah's secret, so that whoever merely writes to the store can't put one in. */
  readonly signature: string;
}

export const breakAtRow = (seq: number): string => `row ${seq}`;

/** What an acknowledgement's signature is made of. */
export const acknowledgedText = (id: string, at: number, keys: readonly string[]): string =>
  ['acknowledgement', id, at, ...keys].join('\n');

/** What of an acknowledgement its intent has as the detail. */
export const acknowledgedDetail = (breaks: readonly Break[], signature: string): Json => ({
  breaks: breaks.map(({ key, says }) => ({ key, says })),
  signature,
});

/** Makes the signature of a text; null: the secret is not known. */
export type Sign = ((text: string) => string) | null;

/**
 * Null: that row is none. `forged`: it looks like one and is not signed with the secret, and so
 * acknowledges nothing.
 */
export function acknowledgementIn(
  { seq, entry }: Pick<ChainRow, 'seq' | 'entry'>,
  sign: Sign,
): Acknowledgement | 'forged' | null {
  const found = intentIn(entry, 'break-acknowledged');
  if (found === null) return null;
  const { id, at, actor, reason, detail } = found as {
    readonly [part: string]: unknown;
    readonly actor?: { readonly name?: unknown };
    readonly detail?: { readonly breaks?: unknown; readonly signature?: unknown };
  };
  const breaks = Array.isArray(detail?.breaks) ? (detail.breaks as unknown[]) : [];
  const keys = breaks.map((one) => String(Object(one).key));
  const signature = String(detail?.signature);
  const isSigned =
    sign === null || sign(acknowledgedText(String(id), Number(at), keys)) === signature;
  if (!isSigned) return 'forged';
  const [by, why] = [String(actor?.name), String(reason)];
  return { seq, at: Number(at), by, reason: why, keys, signature };
}

/** The fields of an entry that is the beginning of such an act; null: it is none. */
export function intentIn(
  entry: string,
  action: string,
): { readonly [field: string]: unknown } | null {
  // Most rows are not, and need not be parsed.
  if (!entry.includes(`"${action}"`)) return null;
  try {
    const fields = Object(JSON.parse(entry));
    return fields.action === action && (fields.kind ?? 'intent') === 'intent' ? fields : null;
  } catch {
    return null;
  }
}

/** Of rows in their order, that the audit was found broken and nobody has acknowledged it since. */
export function standingBreaks(
  rows: readonly Pick<ChainRow, 'seq' | 'entry'>[],
  sign: Sign,
): readonly Break[] {
  const standing = new Map<string, Break>();
  for (const row of rows) {
    const told = intentIn(row.entry, 'chain-broken');
    const key = breakAtRow(row.seq);
    if (told) standing.set(key, { key, says: String(told.reason) });
    const acknowledged = acknowledgementIn(row, sign);
    if (acknowledged === null || acknowledged === 'forged') continue;
    for (const one of acknowledged.keys) standing.delete(one);
  }
  return [...standing.values()];
}
