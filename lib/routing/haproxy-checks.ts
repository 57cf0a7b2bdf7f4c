/** How often HAProxy asks Patroni and the agent, milliseconds, and how often until it believes. */
export interface CheckTimes {
  readonly interMs: number;
  /** While what is known of a server is changing. */
  readonly fastMs: number;
  /** While it is down. */
  readonly downMs: number;
  /** The same three of the twins, which add to what Patroni is asked and serve only when all else fails. */
  readonly twinMs: number;
  readonly twinFastMs: number;
  readonly twinDownMs: number;
  readonly timeoutMs: number;
  readonly agentMs: number;
  readonly fall: number;
  readonly rise: number;
}

export const defaultCheckTimes: CheckTimes = {
  interMs: 3000,
  fastMs: 1000,
  downMs: 1000,
  twinMs: 10_000,
  twinFastMs: 1000,
  twinDownMs: 2000,
  timeoutMs: 2000,
  agentMs: 1000,
  fall: 3,
  rise: 2,
};
