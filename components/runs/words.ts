import type { State } from '@/components/ui/state-icon';
import type { OperationView } from '@/lib/operations/types';
import type { OperationKind } from '@/lib/operations/wish';
import { formatDuration } from '@/lib/units';

/** What can be done to a cluster, in the order in which it is looked for. */
const kinds = {
  switchover: 'Switchover',
  'cancel-switchover': 'Switchover called off',
  failover: 'Failover',
  restart: 'Restart',
  'cancel-restart': 'Restart called off',
  reload: 'Reload',
  reinitialise: 'Reinitialisation',
  pause: 'Maintenance begun',
  resume: 'Maintenance ended',
  configuration: 'Configuration',
  removal: 'Removal',
} as const satisfies Record<OperationKind, string>;

export type RunKind = OperationKind;
export const runKinds = Object.keys(kinds) as readonly RunKind[];

/** A kind that is not known here is shown as it is called. */
export const kindWord = (kind: string): string =>
  (kinds as Readonly<Record<string, string>>)[kind] ?? kind;

/** What of a run its title is made of; a newer Howdah may say it itself. */
export type Titled = Pick<OperationView, 'kind'> & {
  readonly from?: string | null;
  readonly to?: string | null;
  readonly title?: string | null;
};

export function titleOf({ kind, from = null, to = null, title = null }: Titled): string {
  if (title !== null && title !== '') return title;
  const word = kindWord(kind);
  if (from !== null && to !== null) return `${word} from ${from} to ${to}`;
  if (to !== null) return `${word} to ${to}`;
  return from === null ? word : `${word} of ${from}`;
}

/** Who asked for it: somebody here, somebody elsewhere, or nobody. */
export function originOf({ cause, by }: Pick<OperationView, 'cause' | 'by'>): string {
  if (cause === 'automatic') return 'not by Howdah: nobody asked for it';
  if (cause === 'request') return 'not by Howdah: somebody asked Patroni';
  return `by ${by ?? 'somebody who is not known'}`;
}

export interface Result {
  readonly state: State;
  readonly word: string;
}

const results: Readonly<Record<string, Result>> = {
  done: { state: 'good', word: 'Done' },
  'done-other': { state: 'attention', word: 'Another leads' },
  refused: { state: 'attention', word: 'Refused' },
  failed: { state: 'critical', word: 'Failed' },
  unknown: { state: 'unknown', word: 'Unknown' },
};

/** What became of it; a run without an outcome has not ended. */
export function resultOf({ outcome }: { readonly outcome: { readonly code: string } | null }) {
  if (outcome === null) return { state: 'unknown', word: 'Under way' } satisfies Result;
  return results[outcome.code] ?? ({ state: 'unknown', word: outcome.code } satisfies Result);
}

/** What it cost, as far as it was measured; none: nothing of it was. */
export function costsOf(
  run: Pick<OperationView, 'leaderlessMs' | 'outageMs' | 'startedAt' | 'outcome'>,
): readonly string[] {
  const { leaderlessMs, outageMs, startedAt, outcome } = run;
  const figures: readonly (readonly [string, number | null])[] = [
    ['no writes for at most', outageMs],
    ['no leader for', leaderlessMs],
    ['took', outcome === null ? null : outcome.at - startedAt],
  ];
  return figures.flatMap(([words, ms]) => {
    const figure = ms === null ? null : formatDuration(ms);
    // What the outcome says already isn't said twice.
    return figure === null || outcome?.says.includes(figure) ? [] : [`${words} ${figure}`];
  });
}

/** The same run from the stream is newer than what is kept of it, and is there before it is kept. */
export function withLive(
  kept: readonly OperationView[],
  live: OperationView | null,
  kind: string | null,
): readonly OperationView[] {
  if (live === null || (kind !== null && live.kind !== kind)) return kept;
  const others = kept.filter(({ id }) => id !== live.id);
  if (others.length < kept.length) return kept.map((one) => (one.id === live.id ? live : one));
  const [newest] = kept;
  return newest && newest.startedAt > live.startedAt ? kept : [live, ...kept];
}
