'use client';

import { ArrowLeftRight } from 'lucide-react';
import { useCallback, useId, useState } from 'react';
import { useMay } from '@/components/account/use-account';
import { useShortcut } from '@/components/shell/shortcuts';
import { useConnection, useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { onCluster } from '@/lib/access/who';
import type { ClusterView } from '@/lib/topology/view';
import { whyNoSwitchover } from './decision';
import { SwitchoverDialog } from './switchover-dialog';
import { useOperation } from './use-operation';

/** Opens the dialog, or says beside itself why it can't. */
export function SwitchoverButton({
  view,
  open,
  onOpenChange,
}: {
  view: ClusterView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const operation = useOperation(view.id);
  const connected = useConnection((c) => c.phase === 'live' || c.phase === 'mending');
  const ensembles = useStream((stream) => stream.ensembles);
  const zookeeper =
    ensembles.find(({ name }) => name === view.key.ensemble)?.state !== 'unreachable';
  const mayNot = useMay(onCluster('operator'), view.id);
  const why = mayNot ?? whyNoSwitchover(view, operation, { howdah: connected, zookeeper });
  const [visit, setVisit] = useState(0);
  const id = useId();
  const ask = useCallback(() => {
    // Each opening decides anew: nothing typed on an older state is carried into this one.
    setVisit((n) => n + 1);
    onOpenChange(true);
  }, [onOpenChange]);
  useShortcut('s', why === null ? ask : null);
  return (
    <div className="flex max-w-full flex-col items-start gap-1 sm:items-end">
      <Button
        aria-disabled={why !== null}
        aria-haspopup="dialog"
        {...(why === null ? {} : { 'aria-describedby': id })}
        onClick={() => {
          if (why === null) ask();
        }}
      >
        <ArrowLeftRight className="size-4" aria-hidden />
        Switchover
      </Button>
      {why !== null && (
        <p id={id} className="text-sm text-balance text-muted sm:max-w-80 sm:text-right">
          {why}
        </p>
      )}
      <SwitchoverDialog key={visit} view={view} open={open} onOpenChange={onOpenChange} />
    </div>
  );
}
