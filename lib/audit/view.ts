/** Something that a person should know. */
export interface AuditTrouble {
  /** `alarm`: somebody has been at the audit, or nothing can be recorded. `note`: less than that. */
  readonly severity: 'alarm' | 'note';
  /** One sentence. */
  readonly says: string;
}

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
  /** Empty: all is well. */
  readonly trouble: readonly AuditTrouble[];
  /** What is so by how it is set up, and no trouble: each one sentence. */
  readonly facts: readonly string[];
}

export const alarm = (says: string): AuditTrouble => ({ severity: 'alarm', says });
export const note = (says: string): AuditTrouble => ({ severity: 'note', says });
