'use client';

import { Pencil } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { capacityOf, type RoutingPolicy } from '@/lib/routing/policy';
import type { ClusterView } from '@/lib/topology/view';
import { formatDuration } from '@/lib/units';
import { limitInWords } from './words';

const leaderWords: Readonly<Record<RoutingPolicy['leaderReads'], string>> = {
  never: 'never',
  fallback: 'while too few standbys do',
  always: 'always',
};

/** The policy as it stands, in words. */
export function PolicyPanel({
  view,
  policy,
  version,
  mayNot,
  onEdit,
  onLift,
}: {
  view: ClusterView;
  policy: RoutingPolicy;
  version: number;
  mayNot: string | null;
  onEdit: () => void;
  onLift: (member: string) => void;
}) {
  // They have no row among those that carry.
  const absent = Object.entries(policy.drains).filter(
    ([name]) => !view.members.some((one) => one.name === name),
  );
  const weighted = view.members.filter(({ name }) => capacityOf(policy, name) !== 100);
  const facts: readonly (readonly [string, string])[] = [
    ['A standby serves up to', `${limitInWords(policy.limit)} behind`],
    [
      'Sessions of one that is further behind',
      policy.closeStale ? 'are closed' : 'go on to their end',
    ],
    ['The leader serves reads', leaderWords[policy.leaderReads]],
    ['Standbys that are to serve', `${policy.leastStandbys} at least`],
    ['Who comes back has all of its share after', formatDuration(policy.slowStartMs)],
    [
      'Weights',
      weighted.length === 0
        ? 'all alike'
        : weighted.map(({ name }) => `${name} ${capacityOf(policy, name)}`).join(', '),
    ],
  ];
  return (
    <Panel
      id="policy"
      title="Policy"
      aside={
        <Button size="sm" disabled={mayNot !== null} title={mayNot ?? undefined} onClick={onEdit}>
          <Pencil className="size-4" aria-hidden />
          Edit …
        </Button>
      }
    >
      <dl className="grid gap-x-4 gap-y-2 p-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        {facts.map(([what, is]) => (
          <div key={what} className="contents">
            <dt className="text-muted">{what}</dt>
            <dd className="max-sm:mb-2 [overflow-wrap:anywhere]">{is}</dd>
          </div>
        ))}
      </dl>
      {absent.map(([name, { reason }]) => (
        <p
          key={name}
          className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-2"
        >
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {name} is drained, and no member now{reason === '' ? '' : `: ${reason}`}
          </span>
          <Button
            size="sm"
            disabled={mayNot !== null}
            title={mayNot ?? undefined}
            onClick={() => onLift(name)}
          >
            End drain
          </Button>
        </p>
      ))}
      <p className="border-t border-line px-4 py-2 text-sm text-muted">
        Version {version} in ZooKeeper: every Howdah goes by it.
      </p>
    </Panel>
  );
}
