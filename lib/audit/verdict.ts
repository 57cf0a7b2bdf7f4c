import type { Break } from './breaks';
import type { Anchor, Head } from './chain';

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
  /** Those of the findings that somebody may have a good reason for, and acknowledge. */
  readonly breaks: readonly Break[];
  /** What is broken and has been acknowledged: what, by whom, when and why. */
  readonly acknowledged: readonly string[];
  /** What could not be told. */
  readonly doubts: readonly string[];
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
  const but = all.acknowledged.length > 0 ? ' but for what was acknowledged' : '';
  const head = all.findings.length === 0 ? `The audit is whole${but}` : 'The audit is NOT whole';
  return [`${head}: ${there}${anchor}.`, ...all.findings, ...all.acknowledged, ...all.doubts];
}

export const when = (at: number): string => `at ${new Date(at).toISOString()}`;
export const rowsIn = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`;
export const rowsFromTo = (from: number, to: number): string =>
  from === to ? `Row ${from} is` : `Rows ${from} to ${to} are`;
