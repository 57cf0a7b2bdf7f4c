import type { Read } from '@/sandbox';

/** How old what is read may be, milliseconds. */
export const LIMIT_MS = 3000;

export interface Judged {
  /** Reads on connections that were opened once it had had time to notice. */
  readonly judged: number;
  /** Of these, those that were older than the limit. */
  readonly stale: number;
  /** From when the lag had passed the limit until the last read that was too old was opened, ms. */
  readonly lastMs: number;
  /** The oldest that was read, milliseconds. */
  readonly oldestMs: number;
  readonly failed: readonly string[];
}

/** Of reads while one standby's lag was above the limit, from `since` on. */
export function judge(
  reads: readonly Read[],
  { since, noticesMs }: { readonly since: number; readonly noticesMs: number },
): Judged {
  const judged = reads.filter(({ ok, openedAt }) => ok && openedAt > since + noticesMs);
  const old = reads.filter(({ value, openedAt }) => isOld(value) && openedAt > since);
  return {
    judged: judged.length,
    stale: judged.filter(({ value }) => isOld(value)).length,
    lastMs: Math.max(0, ...old.map(({ openedAt }) => openedAt - since)),
    oldestMs: Math.max(0, ...reads.map(({ value }) => value ?? 0)),
    failed: reads.flatMap(({ error }) => error ?? []),
  };
}

/** Null: nothing was read. */
const isOld = (value: number | null): boolean => value !== null && value > LIMIT_MS;
