'use client';

import type { ReactNode } from 'react';
import { Panel } from '@/components/ui/panel';
import { useMedia } from '@/components/ui/use-media';
import type { ClusterView, MemberView } from '@/lib/topology/view';
import { MemberCards } from './member-cards';
import { MemberTable } from './member-table';

/** What can be done to a member, beside its name. */
export type MemberAction = (member: MemberView) => ReactNode;

/** All that is known of each member: what the drawing shows, and the rest. */
export function Members({ view, action }: { view: ClusterView; action: MemberAction | undefined }) {
  const wide = useMedia('(min-width: 1024px)');
  return (
    <Panel id="members" title={`Members (${view.members.length})`}>
      {view.members.length === 0 && (
        <p className="p-4 text-muted">
          No member has registered itself under this cluster’s path yet.
        </p>
      )}
      {view.members.length > 0 &&
        (wide ? <MemberTable {...{ view, action }} /> : <MemberCards {...{ view, action }} />)}
    </Panel>
  );
}
