'use client';

import { Ellipsis } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Menu, MenuContent, MenuTrigger } from '@/components/ui/menu';
import type { OperationKind } from '@/lib/operations/wish';
import type { ClusterView, MemberView } from '@/lib/topology/view';
import { useWhyNot } from './operate';
import { OperationItem } from './operation-item';
import { operationWords } from './words';

/** What can be done to one member. */
export function MemberMenu({
  view,
  member,
  onPick,
}: {
  view: ClusterView;
  member: MemberView;
  onPick: (kind: OperationKind) => void;
}) {
  const why = useWhyNot(view);
  const kinds: readonly OperationKind[] = [
    ...(member.isLeader ? [] : (['switchover'] as const)),
    ...(['restart', 'reload'] as const),
    ...(member.scheduledRestart === null ? [] : (['cancel-restart'] as const)),
    ...(member.isLeader ? [] : (['reinitialise'] as const)),
  ];
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button tone="quiet" size="icon" className="size-7" aria-label={`Operate ${member.name}`}>
          <Ellipsis className="size-4" aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="start" className="max-w-80">
        {kinds.map((kind) => {
          const not = why(kind);
          const words = kind === 'switchover' ? 'Switch over to it' : operationWords[kind];
          return <OperationItem key={kind} words={words} not={not} onSelect={() => onPick(kind)} />;
        })}
      </MenuContent>
    </Menu>
  );
}
