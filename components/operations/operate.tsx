'use client';

import { ArrowLeftRight, ChevronDown } from 'lucide-react';
import { useCallback, useId, useState } from 'react';
import { useMay } from '@/components/account/use-account';
import { useShortcut } from '@/components/shell/shortcuts';
import { useConnection, useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Menu, MenuContent, MenuLine, MenuTrigger } from '@/components/ui/menu';
import { onCluster } from '@/lib/access/who';
import type { OperationKind } from '@/lib/operations/wish';
import type { ClusterView } from '@/lib/topology/view';
import { whyNot } from './decision';
import { OperationDialog } from './operation-dialog';
import { OperationItem } from './operation-item';
import { useOperation } from './use-operation';
import { operationWords } from './words';

/** What is being decided on, as the address of the page has it. */
export interface Deciding {
  readonly kind: OperationKind;
  readonly member: string | null;
}

/** The everyday ones first; what can lose data last. */
const groups: readonly (readonly OperationKind[])[] = [
  ['restart', 'reload', 'cancel-restart'],
  ['pause', 'resume', 'cancel-switchover'],
  ['failover', 'reinitialise', 'removal'],
];

/** Why each operation can't be thought of now; null when it can. */
export function useWhyNot(view: ClusterView): (kind: OperationKind) => string | null {
  const operation = useOperation(view.id);
  const howdah = useConnection((c) => c.phase === 'live' || c.phase === 'mending');
  const ensembles = useStream((stream) => stream.ensembles);
  const zookeeper =
    ensembles.find(({ name }) => name === view.key.ensemble)?.state !== 'unreachable';
  const mayNot = useMay(onCluster('operator'), view.id);
  return (kind) => mayNot ?? whyNot(kind, view, { operation, howdah, zookeeper });
}

/** The button of the switchover, the menu of all else, and the dialog of what was chosen. */
export function Operate({
  view,
  deciding,
  onDecide,
}: {
  view: ClusterView;
  deciding: Deciding | null;
  onDecide: (deciding: Deciding | null) => void;
}) {
  const why = useWhyNot(view);
  const id = useId();
  const whyNoSwitchover = why('switchover');
  const [visit, setVisit] = useState(0);
  const ask = useCallback(
    (kind: OperationKind) => {
      // Each opening decides anew: nothing typed on an older state is carried into this one.
      setVisit((n) => n + 1);
      onDecide({ kind, member: null });
    },
    [onDecide],
  );
  const askSwitchover = useCallback(() => ask('switchover'), [ask]);
  useShortcut('s', whyNoSwitchover === null ? askSwitchover : null);
  return (
    <div className="flex max-w-full flex-col items-start gap-1 sm:items-end">
      <div className="flex flex-wrap gap-2">
        <Button
          aria-disabled={whyNoSwitchover !== null}
          aria-haspopup="dialog"
          {...(whyNoSwitchover === null ? {} : { 'aria-describedby': id })}
          onClick={() => {
            if (whyNoSwitchover === null) askSwitchover();
          }}
        >
          <ArrowLeftRight className="size-4" aria-hidden />
          Switchover
        </Button>
        <OperationsMenu why={why} onPick={ask} />
      </div>
      {whyNoSwitchover !== null && (
        <p id={id} className="text-sm text-balance text-muted sm:max-w-80 sm:text-right">
          {whyNoSwitchover}
        </p>
      )}
      {deciding !== null && (
        <OperationDialog
          key={`${visit} ${deciding.kind} ${deciding.member}`}
          {...{ view, ...deciding }}
          onClose={() => onDecide(null)}
        />
      )}
    </div>
  );
}

function OperationsMenu({
  why,
  onPick,
}: {
  why: (kind: OperationKind) => string | null;
  onPick: (kind: OperationKind) => void;
}) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button>
          Operate
          <ChevronDown className="size-4" aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="end" className="max-w-80">
        {groups.map((kinds, n) => (
          <div key={kinds[0]}>
            {n > 0 && <MenuLine />}
            {kinds.map((kind) => {
              const not = why(kind);
              return (
                <OperationItem
                  key={kind}
                  words={operationWords[kind]}
                  not={not}
                  onSelect={() => onPick(kind)}
                />
              );
            })}
          </div>
        ))}
      </MenuContent>
    </Menu>
  );
}
