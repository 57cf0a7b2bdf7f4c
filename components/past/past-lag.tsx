'use client';

import { useCallback, useState } from 'react';
import { KeptLag } from '@/components/cluster/lag-kept';
import { plot, plotSides } from '@/components/cluster/lag-scale';
import type { ClusterQuery, Stretch, Unit } from '@/components/cluster/query';
import { useNow } from '@/components/stream/clock';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { useMedia } from '@/components/ui/use-media';
import type { ClusterView } from '@/lib/topology/view';

/** Lag over the stretch that is in sight, with the moment on it. */
export function PastLag({
  view,
  stretch,
  onSeek,
}: {
  view: ClusterView;
  stretch: { readonly from: number; readonly until: number };
  onSeek: (at: number) => void;
}) {
  const [unit, setUnit] = useState<Unit>('bytes');
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (name: string) =>
      setHidden((before) => {
        const next = new Set(before);
        if (!next.delete(name)) next.add(name);
        return next;
      }),
    [],
  );
  const { from, until } = stretch;
  const query: ClusterQuery = {
    ...{ range: '5m', unit, stage: 'replay', op: null, member: null },
    past: { from, to: until },
  };
  // A place on the chart is gone to, not zoomed into: the moment is what moves here.
  const goTo = useCallback((chosen: Stretch) => onSeek(chosen.from), [onSeek]);
  return (
    <Panel
      id="lag"
      title="Lag behind the leader"
      aside={
        <Segmented
          label="Measure lag in"
          value={unit}
          onChange={setUnit}
          choices={[
            { value: 'bytes', label: 'Bytes' },
            { value: 'time', label: 'Time' },
          ]}
        />
      }
    >
      <div className="p-4 pb-2">
        <KeptLag
          {...{ view, query, hidden }}
          onToggle={toggle}
          onZoom={goTo}
          overlay={<MomentLine from={from} until={until} />}
          hint="The line is the moment shown. Drag from a place to go there."
        />
      </div>
    </Panel>
  );
}

/** Where on the chart the moment is. It moves by itself: the chart stands still. */
function MomentLine({ from, until }: { from: number; until: number }) {
  const at = useNow();
  const narrow = !useMedia('(min-width: 768px)');
  if (at < from || at > until) return null;
  const { left, right } = plotSides(narrow);
  const share = (at - from) / (until - from);
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute z-[1] w-0.5 bg-past"
      style={{
        left: `calc(${left}px + (100% - ${left + right}px) * ${share})`,
        top: plot.top,
        height: plot.height - plot.top - plot.bottom,
      }}
    />
  );
}
