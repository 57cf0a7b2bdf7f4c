import type { ClusterSummary, Health, ModeView } from '@/lib/topology/view';
import type { FleetQuery, SortKey } from './query';

export const healthRank: Record<Health, number> = {
  critical: 3,
  attention: 2,
  unknown: 1,
  good: 0,
};

export type Totals = Readonly<Record<Health, number>> & { readonly all: number };

export function totals(rows: Iterable<ClusterSummary>): Totals {
  const count = { all: 0, critical: 0, attention: 0, unknown: 0, good: 0 };
  for (const row of rows) {
    count.all += 1;
    count[row.health] += 1;
  }
  return count;
}

export const areSameTotals = (a: Totals, b: Totals): boolean =>
  a.all === b.all &&
  a.critical === b.critical &&
  a.attention === b.attention &&
  a.unknown === b.unknown &&
  a.good === b.good;

/** Whether several ensembles or namespaces are watched: a name alone may not say which is meant. */
export function areInSeveralPlaces(rows: Iterable<ClusterSummary>): boolean {
  let first: ClusterSummary['key'] | null = null;
  for (const { key } of rows) {
    first ??= key;
    if (key.ensemble !== first.ensemble || key.namespace !== first.namespace) return true;
  }
  return false;
}

/** The rows a query shows, in its order; equal rows stand by name, so nothing jumps. */
export function select(rows: Iterable<ClusterSummary>, query: FleetQuery): ClusterSummary[] {
  const sign = query.direction === 'asc' ? 1 : -1;
  const compare = comparison(query.sort);
  return [...rows].filter(isChosen(query)).sort((a, b) => sign * compare(a, b) || byName(a, b));
}

/** Whether a query shows a row. */
export function isChosen(query: FleetQuery): (row: ClusterSummary) => boolean {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) =>
    (query.state === null || row.health === query.state) &&
    (words.length === 0 || matches(row, words));
}

type Compare = (a: ClusterSummary, b: ClusterSummary) => number;

/** Ascending, and 0 for rows that only their names tell apart. */
export const comparison = (sort: SortKey): Compare => comparisons[sort];

function matches(row: ClusterSummary, words: readonly string[]): boolean {
  const text = [
    row.name,
    row.key.ensemble,
    row.key.namespace,
    row.leader ?? 'no leader',
    row.health,
    row.worst?.says ?? '',
    modeWords(row.mode),
  ]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

const collator = new Intl.Collator('en', { numeric: true });
export const byName: Compare = (a, b) =>
  collator.compare(a.name, b.name) || collator.compare(a.id, b.id);

const comparisons: Record<SortKey, Compare> = {
  health: (a, b) => healthRank[a.health] - healthRank[b.health] || a.problemCount - b.problemCount,
  name: byName,
  leader: (a, b) => collator.compare(a.leader ?? '', b.leader ?? ''),
  members: (a, b) =>
    a.members.missing - b.members.missing ||
    notRunning(a) - notRunning(b) ||
    a.members.total - b.members.total,
  // Unknown stands above every figure: it is worth a look, and it is not zero.
  lag: (a, b) => lagRank(a) - lagRank(b),
  timeline: (a, b) => (a.timeline ?? -1) - (b.timeline ?? -1),
  mode: (a, b) => collator.compare(modeWords(a.mode), modeWords(b.mode)),
  changed: (a, b) => a.changedAt - b.changedAt,
};

function lagRank(row: ClusterSummary): number {
  if (row.lag?.bytes != null) return row.lag.bytes;
  return row.members.total > 1 ? Number.MAX_SAFE_INTEGER : -1;
}

export function notRunning({ members }: ClusterSummary): number {
  return Math.max(0, members.total - members.running - members.missing);
}

/** "3 running · 1 missing". */
export function memberWords(row: ClusterSummary): string {
  const { total, running, missing } = row.members;
  if (total === 0) return 'none';
  const other = notRunning(row);
  const parts = [`${running} running`];
  if (other > 0) parts.push(`${other} not running`);
  if (missing > 0) parts.push(`${missing} missing`);
  return parts.join(' · ');
}

const replicationWords: Record<ModeView['replication'], string> = {
  async: 'async',
  sync: 'sync',
  quorum: 'quorum',
  unknown: 'unknown',
};

/** "sync · paused". */
export function modeWords(mode: ModeView): string {
  const parts = [replicationWords[mode.replication]];
  if (mode.paused) parts.push('paused');
  if (mode.standbyCluster) parts.push('standby cluster');
  return parts.join(' · ');
}
