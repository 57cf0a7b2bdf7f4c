'use client';

import { memo } from 'react';
import type { AuditItem } from '@/lib/audit/page';
import { Act } from './act';
import { Seen } from './seen';
import { keyOf } from './words';

export interface AuditTableProps {
  /** Newest first. */
  readonly items: readonly AuditItem[];
  /** The key of the one that is looked at whole; null: none. */
  readonly open: string | null;
  readonly onOpen: (key: string | null) => void;
  readonly onCluster: (cluster: string) => void;
  readonly onPerson: (person: string) => void;
}

/** What was done through Howdah, and what was changed past it: two kinds that can't be mistaken. */
export const AuditTable = memo(function AuditTable({ items, open, ...rest }: AuditTableProps) {
  return (
    <ol className="divide-y divide-line" aria-label="What was done, newest first">
      {items.map((item) =>
        item.is === 'act' ? (
          <Act key={keyOf(item)} act={item} isOpen={open === keyOf(item)} {...rest} />
        ) : (
          <Seen key={keyOf(item)} seen={item} onCluster={rest.onCluster} />
        ),
      )}
    </ol>
  );
});
