/** How well the audit is being kept. */
export interface AuditView {
  /**
   * `off`: nothing is kept, so that entries go to the log. `starting`: it is being opened. `ready`:
   * what comes is in the store at once. `waiting`: it waits on disk for that. `refusing`: it can be kept
   * nowhere, and so nothing is done that has to be recorded.
   */
  readonly state: 'off' | 'starting' | 'ready' | 'waiting' | 'refusing';
  /** Entries that are not in the store yet, and since when the oldest of them waits. */
  readonly waiting: { readonly entries: number; readonly since: number | null };
  /** How far its anchor in ZooKeeper is known to be; null: not known yet. */
  readonly anchored: { readonly seq: number; readonly at: number } | null;
  /** Since when there is more in the store than is anchored; null: there is not. */
  readonly unanchoredSince: number | null;
  /** What a person should know, each in one sentence. Empty: all is well. */
  readonly trouble: readonly string[];
}
