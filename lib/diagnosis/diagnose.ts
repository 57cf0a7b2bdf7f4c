import type { Undiagnosed } from '../topology/assemble';
import type { ClusterView, Health } from '../topology/view';
import type { Problem, Severity } from './problem';
import { type Patient, rules } from './table';

/**
 * When each condition was first seen, by its key. What has not lasted for its rule's settling time
 * is remembered here but not a problem yet.
 */
export type Onsets = ReadonlyMap<string, number>;

export interface Diagnosis {
  readonly problems: readonly Problem[];
  readonly onsets: Onsets;
  /** When a condition that is settling will have lasted long enough; null when none is. */
  readonly nextAt: number | null;
}

const RANK: Readonly<Record<Severity, number>> = { critical: 0, attention: 1, unknown: 2 };

/** Judges a cluster by the table. Pure: what it remembers goes in and comes out. */
export function diagnose(patient: Patient, before: Onsets, now: number): Diagnosis {
  const onsets = new Map<string, number>();
  const found: (Problem & { readonly order: number })[] = [];
  let nextAt: number | null = null;
  for (const rule of rules) {
    for (const { member, about, says, advice } of rule.find(patient)) {
      const key = `${rule.code} ${member?.name ?? ''} ${about ?? ''}`;
      const since = before.get(key) ?? now;
      onsets.set(key, since);
      const settled = since + rule.settleMs;
      if (now < settled) {
        nextAt = Math.min(nextAt ?? settled, settled);
        continue;
      }
      const { code, severity, order } = rule;
      found.push({ code, severity, order, member: member?.name ?? null, says, advice, since });
    }
  }
  found.sort((a, b) => RANK[a.severity] - RANK[b.severity] || a.order - b.order);
  return { problems: found.map(({ order: _, ...problem }) => problem), onsets, nextAt };
}

/** Rolls problems up: the worst of them is the cluster's health. */
export function healthOf(problems: readonly Problem[]): Health {
  return problems[0]?.severity ?? 'good';
}

/** The sentence under the cluster's name. */
export function headlineOf(cluster: Undiagnosed, problems: readonly Problem[]): string {
  const [worst] = problems;
  if (worst)
    return problems.length === 1
      ? `${worst.says}.`
      : `${worst.says}, and ${problems.length - 1} more.`;
  if (cluster.bootstrapping) return `${cluster.name} is being bootstrapped.`;
  const standbys = cluster.members.filter((member) => !member.isLeader);
  const count = `${standbys.length} ${standbys.length === 1 ? 'standby' : 'standbys'}`;
  // What is broken for a moment is no problem yet, and not well either.
  const broken = standbys.filter((member) => member.upstream?.state === 'broken').length;
  return broken === 0
    ? `${cluster.name} is well: ${cluster.leader?.name} leads ${count}.`
    : `${cluster.name} is settling: ${broken} of ${count} ${broken === 1 ? 'does' : 'do'} not stream from ${cluster.leader?.name} yet.`;
}

export function withDiagnosis(cluster: Undiagnosed, problems: readonly Problem[]): ClusterView {
  return {
    ...cluster,
    problems,
    health: healthOf(problems),
    headline: headlineOf(cluster, problems),
  };
}
