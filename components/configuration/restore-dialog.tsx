'use client';

import { OperationDialog } from '@/components/operations/operation-dialog';
import type { KeptVersion } from '@/lib/history/znode-version';
import type { ClusterView } from '@/lib/topology/view';

/** Brings an earlier configuration back, to the byte: what it changes is said setting by setting. */
export function RestoreDialog({
  view,
  version,
  onClose,
  onRestored,
}: {
  view: ClusterView;
  version: KeptVersion;
  onClose: () => void;
  onRestored: () => void;
}) {
  return (
    <OperationDialog
      view={view}
      kind="configuration"
      wish={{ kind: 'configuration', text: null, seq: version.seq }}
      title={`Restore version ${version.znode?.stat.version ?? ''} of ${view.name}`}
      onClose={onClose}
      onStarted={onRestored}
    />
  );
}
