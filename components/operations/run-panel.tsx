'use client';

import { X } from 'lucide-react';
import Link from 'next/link';
import { runHref } from '@/components/runs/query';
import { useNow } from '@/components/stream/clock';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import type { OperationView } from '@/lib/operations/types';
import { Run } from './run';

/** After this its steps fold away, and only what came of it stays. */
const FOLD_MS = 2 * 60_000;

/** A run on the page of its cluster: whoever started it, in any browser. */
export function RunPanel({
  operation,
  onClose,
  className,
}: {
  operation: OperationView;
  onClose: () => void;
  className?: string;
}) {
  const now = useNow();
  const { outcome } = operation;
  return (
    <Panel
      id="run"
      title={outcome === null ? `Under way: ${operation.title}` : operation.title}
      {...(className === undefined ? {} : { className })}
      aside={
        <div className="flex items-center gap-2">
          <Link
            href={runHref(operation.cluster, operation.id)}
            className="text-sm text-accent hover:underline"
          >
            Its own page
          </Link>
          {outcome !== null && (
            <Button
              tone="quiet"
              size="icon"
              className="size-7"
              aria-label="Hide this run"
              onClick={onClose}
            >
              <X className="size-4" aria-hidden />
            </Button>
          )}
        </div>
      }
    >
      <div className="p-4">
        <Run operation={operation} fold={outcome !== null && now - outcome.at > FOLD_MS} />
      </div>
    </Panel>
  );
}
