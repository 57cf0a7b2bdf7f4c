/**
 * Log sequence numbers. They outgrow a double in under three years of heavy writing, so they are
 * bigint in code and text ("16/B374D848", as PostgreSQL prints them) wherever they are stored or
 * sent. Only differences between two of them are ever plain numbers of bytes.
 */
export type Lsn = bigint;

const PRINTED = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;

/** Reads PostgreSQL's printed form; null for anything else. */
export function parseLsn(text: string | null | undefined): Lsn | null {
  const match = PRINTED.exec(text ?? '');
  if (!match?.[1] || !match[2]) return null;
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

/** Prints as PostgreSQL does: two hexadecimal halves. */
export function formatLsn(lsn: Lsn): string {
  const high = (lsn >> 32n).toString(16).toUpperCase();
  const low = (lsn & 0xffffffffn).toString(16).toUpperCase();
  return `${high}/${low}`;
}

/**
 * Bytes from `behind` up to `ahead`, never below 0: two positions sampled at slightly different
 * moments may cross, which is no lag rather than a negative one. Null when either is not known.
 */
export function bytesBetween(behind: Lsn | null, ahead: Lsn | null): number | null {
  if (behind === null || ahead === null) return null;
  return ahead > behind ? Number(ahead - behind) : 0;
}
