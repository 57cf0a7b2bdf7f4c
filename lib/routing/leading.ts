import type { Candidate } from './candidate';
import { drainOf, type RoutingPolicy } from './policy';
import { type Standing, standingOf } from './standing';
import type { Why } from './words';

interface Moment {
  readonly policy: RoutingPolicy;
  readonly now: number;
}

/** What the leader gets of reads. */
export interface Leading {
  readonly why: Why;
  readonly percent: number;
  readonly standing: Standing;
}

/** Longer than this a leader is not believed to be there, whatever the limit. */
const SILENT_MS = 10_000;
/** It begins to help at once, and ends only when it was not needed for so long. */
const HELP_MS = 5000;

/**
 * The leader gets reads where the policy says so; with `fallback` while too few standbys serve, and
 * for five seconds more, so that it is not turned to and fro by what happens at the edge.
 *
 * @param serving how many standbys serve
 */
export function leading(
  candidate: Candidate,
  serving: number,
  { moment, before }: { readonly moment: Moment; readonly before: Standing | undefined },
): Leading {
  const { policy, now } = moment;
  const isNeeded = policy.leaderReads === 'fallback' && serving < policy.leastStandbys;
  const helpedAt = isNeeded ? now : (before?.helpedAt ?? null);
  const helps = policy.leaderReads === 'fallback' && helpedAt !== null && now - helpedAt < HELP_MS;
  const why = whyOf(candidate, helps, moment);
  const percent = why === 'helps' || why === 'serves' ? policy.leaderWeight : 0;
  // Once it is a standby again it comes back like any other.
  const standing: Standing = {
    ...standingOf(candidate, before, moment),
    ...{ isIn: true, good: 0, percent, leftAt: null, isReturning: percent === 0, helpedAt },
  };
  return { why, percent, standing };
}

function whyOf(candidate: Candidate, helps: boolean, moment: Moment): Why {
  const { policy, now } = moment;
  if (drainOf(policy, candidate.name, now)) return 'drained';
  if (candidate.barred !== null) return 'barred';
  if (!helps && policy.leaderReads !== 'always') return 'leads';
  if (isSilent(candidate, moment)) return 'silent';
  return helps ? 'helps' : 'serves';
}

/** It has the lock, and Howdah has not heard of it: reads sent there may hang until it is found dead. */
function isSilent({ leaderAt }: Candidate, { policy, now }: Moment): boolean {
  const most = Math.min(policy.limit.ms ?? SILENT_MS, SILENT_MS);
  return leaderAt === null || now - leaderAt > most;
}
