'use client';

import { Age } from '@/components/stream/age';
import type { LagView } from '@/lib/topology/view';
import { formatDuration } from '@/lib/units';
import { lagQualityWords } from './words';

/** "0.2 s behind", or why that can't be said. */
export function LagInTime({ lag }: { lag: LagView }) {
  const quality = lagQualityWords[lag.quality];
  return (
    <span className="flex min-w-0 gap-1 truncate" title={quality.says}>
      {lag.replayMs === null ? (
        <span>time unknown</span>
      ) : (
        <span className="whitespace-nowrap">
          {lag.atLeast && 'over '}
          {formatDuration(lag.replayMs)} behind
        </span>
      )}
      {lag.quality !== 'fresh' && (
        <span className="truncate text-muted">
          · {quality.short}
          {lag.quality === 'stale' && lag.sampledAt !== null && (
            <>
              , as of <Age at={lag.sampledAt} />
            </>
          )}
        </span>
      )}
    </span>
  );
}
