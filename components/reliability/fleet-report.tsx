'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { useMedia } from '@/components/ui/use-media';
import type { ReliabilityReport } from '@/lib/history/reliability';
import { FleetCards } from './fleet-cards';
import { FleetTable } from './fleet-table';
import type { ReliabilityQuery } from './query';
import { Totals } from './totals';

/** Rendering a thousand for nobody to read is slow, and the worst are first. */
const FIRST = 200;

/** The fleet: its sums, and each cluster, worst first. */
export function FleetReport({
  report,
  lagTold,
  query,
}: {
  report: ReliabilityReport;
  /** False where the worst lag could not be told in time. */
  lagTold: boolean;
  query: ReliabilityQuery;
}) {
  const [all, setAll] = useState(false);
  const wide = useMedia('(min-width: 1024px)');
  const { clusters, fleet } = report;
  if (clusters.length === 0) {
    return (
      <p className="rounded-lg border border-line bg-surface p-4 text-muted">
        Nothing is kept of any cluster from this period. A cluster is reported on from the moment
        that Howdah has first seen it.
      </p>
    );
  }
  const quiet = fleet.planned + fleet.unplanned + fleet.restarts === 0;
  const shown = { clusters: all ? clusters : clusters.slice(0, FIRST), lagTold, query };
  return (
    <>
      <Totals report={report} />
      {quiet && <p className="text-muted">No change of leadership was seen in this period.</p>}
      <Panel id="clusters" title={`Clusters (${clusters.length.toLocaleString()}), worst first`}>
        {wide ? <FleetTable {...shown} /> : <FleetCards {...shown} />}
        {clusters.length > FIRST && (
          <div className="border-t border-line p-2">
            <Button tone="quiet" size="sm" onClick={() => setAll(!all)}>
              {all ? 'Show fewer' : `Show all ${clusters.length.toLocaleString()}`}
            </Button>
          </div>
        )}
      </Panel>
    </>
  );
}
