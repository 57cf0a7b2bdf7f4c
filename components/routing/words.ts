import type { State } from '@/components/ui/state-icon';
import type { RoutingPolicy } from '@/lib/routing/policy';
import type { AgentView, RoutingView, ServerFigures } from '@/lib/routing/view';
import type { Verdict } from '@/lib/routing/weigh';
import type { Why } from '@/lib/routing/words';
import { formatBytes, formatDuration } from '@/lib/units';

/** Why a member gets what it gets, in a word. */
export const whyWords: Readonly<Record<Why, { readonly word: string; readonly state: State }>> = {
  serves: { word: 'serves', state: 'good' },
  returning: { word: 'coming back', state: 'attention' },
  lagging: { word: 'out: behind', state: 'attention' },
  unknown: { word: 'out: lag unknown', state: 'unknown' },
  'least-behind': { word: 'serves, though behind', state: 'critical' },
  barred: { word: 'out', state: 'unknown' },
  drained: { word: 'drained', state: 'attention' },
  weightless: { word: 'weight 0', state: 'unknown' },
  leads: { word: 'no reads', state: 'good' },
  silent: { word: 'silent', state: 'critical' },
  helps: { word: 'helping', state: 'attention' },
};

export const agentStates: Readonly<Record<AgentView['is'], { word: string; state: State }>> = {
  pending: { word: 'not heard of yet', state: 'unknown' },
  holds: { word: 'told by this Howdah', state: 'good' },
  other: { word: 'told by another Howdah', state: 'good' },
  away: { word: 'does not answer', state: 'critical' },
};

/** Half a percent and more is told as one. */
export const percentOf = (share: number | null): string =>
  share === null ? '–' : `${Math.round(share * 100)} %`;

/** Sessions of a member over all ports of all HAProxies; null: nobody says. */
export function sessionsOf(
  servers: readonly ServerFigures[],
  member: string,
  ports: readonly ServerFigures['port'][],
): number | null {
  const all = servers
    .filter((one) => one.member === member && ports.includes(one.port))
    .flatMap(({ sessions }) => sessions ?? []);
  return all.length === 0 ? null : all.reduce((sum, one) => sum + one, 0);
}

/** The limit of a policy in words: "10 s", "10 s or 16 MB". */
export function limitInWords({ ms, bytes }: RoutingPolicy['limit']): string {
  const parts = [
    ...(ms === null ? [] : [formatDuration(ms)]),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
  ];
  return parts.join(' or ');
}

/** What is wrong with how reads are spread, the gravest first; null: nothing is. */
export function troubleOf(
  routing: Pick<RoutingView, 'policy' | 'weighing' | 'agents'>,
): { readonly state: State; readonly says: string } | null {
  const { policy, weighing, agents } = routing;
  if (policy.is === 'none') return null;
  if (policy.is === 'unreadable') {
    const says = `The policy can't be read, so reads are spread as Patroni alone has it: ${policy.why}`;
    return { state: 'critical', says };
  }
  if (weighing === null) {
    const says =
      'Nothing is weighed now, as what Howdah holds of this cluster can not be vouched for.';
    return { state: 'unknown', says: `${says} Reads are spread as Patroni alone has it.` };
  }
  const away = agents.filter(({ is }) => is === 'away');
  if (agents.length > 0 && away.length === agents.length) {
    return { state: 'critical', says: 'No agent answers: these weights reach no HAProxy.' };
  }
  if (weighing.flag !== null) return { state: 'attention', says: weighing.flag };
  if (away.length > 0) {
    const says = `${away.map(({ url }) => url).join(' and ')} does not answer: its HAProxy has no weights.`;
    return { state: 'attention', says };
  }
  return null;
}

/** A verdict's place in a list: whoever carries most is first. */
export const byWeight = (a: Verdict, b: Verdict): number =>
  b.percent - a.percent || (a.member < b.member ? -1 : 1);
