import { policyShape, type RoutingPolicy } from '@/lib/routing/policy';

/** A policy as it is typed: texts, since what is half typed is no number yet. */
export interface PolicyDraft {
  readonly limitSeconds: string;
  readonly limitMb: string;
  readonly closeStale: boolean;
  readonly leaderReads: RoutingPolicy['leaderReads'];
  readonly leaderWeight: string;
  readonly leastStandbys: string;
  readonly slowStartSeconds: string;
  /** By member. */
  readonly weights: Readonly<Record<string, string>>;
}

const MB = 1024 * 1024;

export function draftOf(policy: RoutingPolicy): PolicyDraft {
  const { limit, leaderWeight, leastStandbys, slowStartMs, weights } = policy;
  return {
    limitSeconds: limit.ms === null ? '' : String(limit.ms / 1000),
    limitMb: limit.bytes === null ? '' : String(limit.bytes / MB),
    closeStale: policy.closeStale,
    leaderReads: policy.leaderReads,
    leaderWeight: String(leaderWeight),
    leastStandbys: String(leastStandbys),
    slowStartSeconds: String(slowStartMs / 1000),
    weights: Object.fromEntries(
      Object.entries(weights).map(([name, weight]) => [name, String(weight)]),
    ),
  };
}

/** The policy that was typed, with the drains as they stand; or what is wrong, in one sentence. */
export function policyIn(
  draft: PolicyDraft,
  drains: RoutingPolicy['drains'],
): RoutingPolicy | { readonly wrong: string } {
  const ms = scaled(draft.limitSeconds, 1000);
  const bytes = scaled(draft.limitMb, MB);
  const numbers: readonly (readonly [string, string])[] = [
    ['The limit in time', draft.limitSeconds],
    ['The limit in bytes', draft.limitMb],
    ['Slow start', draft.slowStartSeconds],
    ['The number of standbys', draft.leastStandbys],
    ['The weight of the leader', draft.leaderWeight],
    ...Object.entries(draft.weights).map(
      ([name, text]) => [`The weight of ${name}`, text] as const,
    ),
  ];
  const odd = numbers.find(([, text]) => text.trim() !== '' && Number.isNaN(numberOf(text)));
  if (odd) return { wrong: `${odd[0]} is "${odd[1]}": it takes a number, like 10.` };
  const weights = Object.entries(draft.weights)
    .filter(([, text]) => text.trim() !== '' && numberOf(text) !== 100)
    .map(([name, text]) => [name, numberOf(text)]);
  const parsed = policyShape.safeParse({
    v: 1,
    weights: Object.fromEntries(weights),
    limit: { ms, bytes },
    closeStale: draft.closeStale,
    leaderReads: draft.leaderReads,
    leaderWeight: numberOf(draft.leaderWeight || '100'),
    leastStandbys: numberOf(draft.leastStandbys || '1'),
    slowStartMs: scaled(draft.slowStartSeconds, 1000) ?? 0,
    drains,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { wrong: `${nameOf(issue?.path ?? [])}: ${issue?.message}.` };
}

const names: Readonly<Record<string, string>> = {
  'limit.ms': 'The limit in time',
  'limit.bytes': 'The limit in bytes',
  limit: 'The limits',
  leaderWeight: 'The weight of the leader',
  leastStandbys: 'The number of standbys',
  slowStartMs: 'Slow start',
};

function nameOf(path: readonly PropertyKey[]): string {
  const at = path.map(String);
  if (at[0] === 'weights') return `The weight of ${at[1]}`;
  return names[at.join('.')] ?? at.join('.');
}

/** A comma is a point for many. */
const numberOf = (text: string): number => {
  const trimmed = text.trim().replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
};

const scaled = (text: string, by: number): number | null =>
  text.trim() === '' ? null : Math.round(numberOf(text) * by);
