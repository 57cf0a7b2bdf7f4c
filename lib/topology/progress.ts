/** How far the members of a cluster have replayed, as it matters to whoever reads from them. */
export interface Progress {
  /** The leader's recent rate of WAL; null: it is not known. */
  readonly bytesPerSecond: number | null;
  /** When the leader's position was last sampled; null: it is not known. */
  readonly leaderAt: number | null;
  readonly members: ReadonlyMap<string, MemberProgress>;
}

export interface MemberProgress {
  /** Behind the leader's last known position; null: not known. */
  readonly replayBytes: number | null;
  /** Behind it in time when both were sampled last; null: not known. */
  readonly replayMs: number | null;
  /**
   * All that the leader had committed by then is replayed: at any later moment t what is read is at
   * most t - freshAsOf old, whatever has happened since. Null: not known.
   */
  readonly freshAsOf: number | null;
  readonly sampledAt: number | null;
}
