/** How bad: critical wakes somebody, attention waits for the morning, unknown can't be judged. */
export type Severity = 'critical' | 'attention' | 'unknown';

/** One thing that is wrong, in words, with what to do about it. */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  /** The member it concerns; null for the cluster as a whole. */
  readonly member: string | null;
  readonly says: string;
  readonly advice: string;
  /** When Howdah first saw it, milliseconds since the epoch. */
  readonly since: number;
}
