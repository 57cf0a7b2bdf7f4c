'use client';

import { Panel } from '@/components/ui/panel';
import { useMedia } from '@/components/ui/use-media';
import type { ClusterView } from '@/lib/topology/view';
import { MemberCards } from './member-cards';
import { MemberTable } from './member-table';

/** All that is known of each member: what the drawing shows, and the rest. */
export function Members({ view }: { view: ClusterView }) {
  const wide = useMedia('(min-width: 1024px)');
  return (
    <Panel id="members" title={`Members (${view.members.length})`}>
      {view.members.length === 0 && (
        <p className="p-4 text-muted">
          No member has registered itself under this cluster’s path yet.
        </p>
      )}
      {view.members.length > 0 &&
        (wide ? <MemberTable view={view} /> : <MemberCards view={view} />)}
    </Panel>
  );
}
