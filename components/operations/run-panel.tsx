'use client';

import { X } from 'lucide-react';
import { useState } from 'react';
import { useNow } from '@/components/stream/clock';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { Run } from './run';
import { useOperation } from './use-operation';

/** An ended run stays this long in sight of whoever comes to look. */
const RECENT_MS = 15 * 60_000;
/** After this its steps fold away, and only what came of it stays. */
const FOLD_MS = 2 * 60_000;

/** The run under way, or the last one while it is recent: whoever started it, in any browser. */
export function RunPanel({ id }: { id: ClusterId }) {
  const operation = useOperation(id);
  const now = useNow();
  const [closed, setClosed] = useState<string | null>(null);
  if (operation === null || operation.id === closed) return null;
  const { outcome } = operation;
  if (outcome !== null && now - outcome.at > RECENT_MS) return null;
  return (
    <Panel
      id="run"
      title={outcome === null ? 'Switchover under way' : 'Last switchover'}
      aside={
        outcome !== null && (
          <Button
            tone="quiet"
            size="icon"
            className="size-7"
            aria-label="Hide the last switchover"
            onClick={() => setClosed(operation.id)}
          >
            <X className="size-4" aria-hidden />
          </Button>
        )
      }
    >
      <div className="p-4">
        <Run operation={operation} fold={outcome !== null && now - outcome.at > FOLD_MS} />
      </div>
    </Panel>
  );
}
