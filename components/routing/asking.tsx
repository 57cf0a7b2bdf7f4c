'use client';

import { type ReactNode, useState } from 'react';
import { whyNotDone } from '@/components/account/failures';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { PolicyChange } from '@/lib/routing/change';
import type { RoutingView } from '@/lib/routing/view';
import type { ClusterView } from '@/lib/topology/view';
import { seenOf, useChange } from './use-routing';

/** Asks once more before a policy is changed in a way that needs no form. */
export function Asking({
  view,
  routing,
  change: wanted,
  onClose,
  children,
  ...rest
}: {
  view: ClusterView;
  routing: RoutingView;
  title: string;
  verb: string;
  tone?: 'danger' | 'accent';
  change: Extract<PolicyChange, { kind: 'drain-ended' | 'removed' }>;
  onClose: () => void;
  children: ReactNode;
}) {
  const change = useChange(onClose);
  // What stood there when it was asked: if that moves, nothing is done.
  const [seen] = useState(() => seenOf(routing.policy));
  return (
    <ConfirmDialog
      tone="accent"
      {...rest}
      pending={change.isPending}
      failure={change.error === null ? null : whyNotDone(change.error)}
      onConfirm={() => change.mutate({ cluster: view.id, seen, change: wanted, reason: '' })}
      onClose={onClose}
    >
      <p>{children}</p>
    </ConfirmDialog>
  );
}
