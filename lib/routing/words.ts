import { formatAge, formatBytes, formatDuration } from '../units';
import type { Candidate } from './candidate';
import { drainOf, type RoutingPolicy } from './policy';
import type { Standing } from './standing';

/**
 * Why a member gets what it gets. `serves`: by the policy. `returning`: it comes back by and by.
 * `lagging`, `unknown`: out for its lag. `least-behind`: out as well, but there is nobody better.
 * `leads`: the leader serves no reads now. `helps`: it does, as too few standbys do. `silent`: it
 * should, and does not answer.
 */
export type Why =
  | 'serves'
  | 'returning'
  | 'lagging'
  | 'unknown'
  | 'least-behind'
  | 'barred'
  | 'drained'
  | 'weightless'
  | 'leads'
  | 'helps'
  | 'silent';

interface About {
  readonly candidate: Candidate;
  readonly standing: Standing;
  readonly policy: RoutingPolicy;
  readonly now: number;
}

/** One sentence for the person who asks why. */
export function wordsFor(why: Why, about: About): string {
  const { candidate, standing, policy, now } = about;
  const { name } = candidate;
  switch (why) {
    case 'serves':
      return candidate.isLeader
        ? `${name} leads, and serves reads as well by the policy.`
        : `${name} serves: ${lagInWords(candidate, about)}.`;
    case 'returning':
      return `${name} is back since ${formatAge(now - standing.since)}, and its share grows slowly.`;
    case 'lagging':
      return `${name} is out: ${lagInWords(candidate, about)}${wayBack(standing)}.`;
    case 'unknown':
      return `${name} is out: how far behind it is, is not known.`;
    case 'least-behind':
      return `${name} serves for want of a better one: ${lagInWords(candidate, about)}.`;
    case 'barred':
      return `${candidate.barred}: it serves nobody.`;
    case 'drained':
      return drainInWords(about);
    case 'weightless':
      return `${name} is given the weight 0 by the policy.`;
    case 'leads':
      return policy.leaderReads === 'fallback'
        ? `${name} leads: it serves reads only while ${tooFew(policy)}.`
        : `${name} leads: by the policy it serves no reads.`;
    case 'silent':
      return `${name} leads, and has not answered Howdah${silence(candidate, now)}: it gets no reads.`;
    case 'helps':
      return `${name} leads, and serves reads while ${tooFew(policy)}.`;
  }
}

/** "replays 1.2 s behind, of 10 s allowed", in time where that is limited, else in bytes. */
export function lagInWords(
  { freshAsOf, lagBytes }: Candidate,
  { policy, now }: { readonly policy: RoutingPolicy; readonly now: number },
): string {
  const { ms, bytes } = policy.limit;
  const parts = [
    ms === null ? null : `${inTime(freshAsOf, now)} behind, of ${formatDuration(ms)} allowed`,
    bytes === null ? null : `${formatBytes(lagBytes)} behind, of ${formatBytes(bytes)} allowed`,
  ].filter((part) => part !== null);
  return `at most ${parts.join(', and ')}`;
}

const tooFew = ({ leastStandbys }: RoutingPolicy): string =>
  leastStandbys === 1 ? 'no standby does' : `fewer than ${leastStandbys} standbys do`;

const silence = ({ leaderAt }: Candidate, now: number): string =>
  leaderAt === null ? '' : ` for ${formatDuration(Math.max(0, now - leaderAt))}`;

const inTime = (freshAsOf: number | null, now: number): string =>
  freshAsOf === null ? 'for an unknown time' : formatDuration(Math.max(0, now - freshAsOf));

const wayBack = ({ good }: Standing): string =>
  good === 0 ? '; it returns below half of that' : `; ${good} of 3 good samples until it returns`;

function drainInWords(about: About): string {
  const { candidate, policy, now } = about;
  const { name } = candidate;
  const drain = drainOf(policy, name, now);
  if (drain === null) return `${name} is drained.`;
  const by = drain.by === null ? '' : ` by ${drain.by}`;
  const since = formatAge(now - drain.since);
  const why = drain.reason === '' ? '' : `: ${drain.reason}`;
  const until =
    drain.until === null ? '' : ` It ends by itself in ${formatDuration(drain.until - now)}.`;
  const barred = candidate.barred === null ? '' : ` Besides, ${candidate.barred}.`;
  return `${name} was drained${by} ${since}${why}.${until}${barred}`;
}
