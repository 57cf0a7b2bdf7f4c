'use client';

import { useDeferredValue, useMemo } from 'react';
import { coloursOf } from '@/components/cluster/colours';
import { useSamples } from '@/components/cluster/use-samples';
import { Name } from '@/components/ui/name';
import { foresight, type Hindsight, hindsight } from '@/lib/routing/hindsight';
import type { RoutingPolicy } from '@/lib/routing/policy';
import type { ClusterView } from '@/lib/topology/view';
import { formatDuration } from '@/lib/units';
import { percentOf } from './words';

const HOUR_MS = 3_600_000;
/** How often the hour before is looked at anew. */
const LOOK_MS = 10_000;

/** The weights that a policy would give now, and would have given over the last hour. */
export function PolicyPreview({ view, policy }: { view: ClusterView; policy: RoutingPolicy }) {
  const wanted = useDeferredValue(policy);
  const { samples, at } = useSamples(view.id, LOOK_MS);
  const past = useMemo(() => hindsight(view, samples, wanted), [view, samples, wanted]);
  const now = useMemo(() => foresight(view, wanted, at), [view, wanted, at]);
  const total = now.reduce((sum, { percent }) => sum + percent, 0);
  const colours = coloursOf(view.members.map(({ name }) => name));
  const [from, to] = [samples[0]?.at ?? at, samples.at(-1)?.at ?? at];
  return (
    <section aria-label="What it would give" className="flex flex-col gap-2">
      <h3 className="font-semibold">What it would give</h3>
      <p className="text-sm text-muted">
        {samples.length === 0
          ? 'There are no samples of the last hour yet.'
          : `Now, and over the last ${formatDuration(Math.min(HOUR_MS, to - from))}, by lag in time as it was sampled.`}
      </p>
      <ul className="flex flex-col gap-2">
        {now.map(({ member, percent }) => (
          <li
            key={member}
            data-member={member}
            className="grid grid-cols-[minmax(0,1fr)_3.5rem] items-center gap-x-3 gap-y-1 tabular-nums"
          >
            <Name>{member}</Name>
            <span className="text-right font-semibold">
              {percentOf(total === 0 ? null : percent / total)}
            </span>
            <Line
              of={past.find((one) => one.member === member)}
              colour={colours.get(member)}
              {...{ from, to }}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({
  of,
  colour,
  from,
  to,
}: {
  of: Hindsight | undefined;
  colour: string | undefined;
  from: number;
  to: number;
}) {
  if (!of || of.line.length < 2 || to <= from) return null;
  const x = (at: number) => (((at - from) / (to - from)) * 300).toFixed(1);
  const y = (percent: number) => (22 - percent / 5).toFixed(1);
  const path = of.line.map(({ at, percent }, i) => `${i === 0 ? 'M' : 'L'}${x(at)} ${y(percent)}`);
  const out =
    of.outMs === 0
      ? 'never without any'
      : `without any for ${formatDuration(of.outMs)}${of.outs > 0 ? `, after falling to nothing ${of.outs === 1 ? 'once' : `${of.outs} times`}` : ''}`;
  return (
    <div className="col-span-2">
      <svg
        viewBox="0 0 300 24"
        preserveAspectRatio="none"
        className="h-6 w-full rounded-sm bg-sunken"
        aria-hidden
      >
        <path
          d={path.join('')}
          fill="none"
          stroke={colour ?? 'var(--ink)'}
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <p className="text-sm text-muted">
        {percentOf(of.share)} on average, {out}
      </p>
    </div>
  );
}
