'use client';

import { ChevronRight } from 'lucide-react';
import { useId } from 'react';
import { cn } from '@/components/ui/cn';
import { type State, StateIcon } from '@/components/ui/state-icon';
import { roleName } from '@/lib/access/roles';
import { auditActions } from '@/lib/audit/entry';
import type { AuditAct } from '@/lib/audit/page';
import { aboutInWords } from './about';
import { ActDetails } from './act-details';
import { Bar, OnCluster, When } from './place';
import type { Result } from './query';
import { costInWords, isQuiet, keyOf, kindInWords, resultWords, saysOf } from './words';

const looks: Readonly<Record<Result, State>> = {
  done: 'good',
  refused: 'attention',
  failed: 'critical',
  unknown: 'unknown',
  open: 'unknown',
};

/** Something done through Howdah: who, what on which cluster, why, and what became of it. */
export function Act({
  act,
  isOpen,
  onOpen,
  onCluster,
  onPerson,
}: {
  act: AuditAct;
  isOpen: boolean;
  onOpen: (key: string | null) => void;
  onCluster: (cluster: string) => void;
  onPerson: (person: string) => void;
}) {
  const { intent, outcome } = act;
  const { actor, role, action, cluster, reason, from } = intent;
  const details = useId();
  const result = outcome?.result ?? 'open';
  const broken = action === 'chain-broken';
  const says = saysOf(act);
  // What the sentence says already isn't said twice; how long it took matters where a cluster waited.
  const cost = costInWords(cluster === null ? null : (outcome?.cost ?? null)).filter(
    ({ figure }) => !says?.includes(figure),
  );
  const kind = kindInWords(actor);
  const about = aboutInWords(intent);
  return (
    <li
      data-testid="audit-act"
      data-action={action}
      data-result={result}
      className={cn('relative', broken && 'bg-critical-soft')}
    >
      {broken && <Bar className="border-critical" />}
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1 px-4 py-2 md:grid-cols-[10.5rem_minmax(0,15rem)_minmax(0,1fr)_13rem]">
        <When at={act.at} />
        <div className="order-last col-span-2 min-w-0 md:order-none md:col-span-1">
          <button
            type="button"
            title={`Only what ${actor.name} did`}
            className="max-w-full text-left break-words hover:text-accent hover:underline"
            onClick={() => onPerson(actor.name)}
          >
            {actor.name}
          </button>
          <p className="text-sm text-muted">
            {[kind, role === null ? null : roleName[role], from === null ? null : `from ${from}`]
              .filter((part) => part !== null)
              .join(', ')}
          </p>
        </div>
        <div className="order-3 col-span-2 min-w-0 md:order-none md:col-span-1">
          <p className={cn('min-w-0 break-words', !isQuiet(action) && 'font-medium')}>
            {auditActions[action] ?? action}
            {cluster !== null && (
              <>
                <span className="font-normal text-muted"> of </span>
                <OnCluster cluster={cluster} onCluster={onCluster} />
              </>
            )}
            {about !== '' && <span className="font-normal text-muted">{about}</span>}
          </p>
          {says !== null && <p className="text-sm text-muted">{says}</p>}
          {cost.length > 0 && (
            <p className="text-sm">{cost.map(({ words }) => words).join(', ')}</p>
          )}
          {reason !== null && reason !== outcome?.says && <p className="text-sm">“{reason}”</p>}
        </div>
        <div className="-my-1 flex items-center justify-end gap-2">
          <span className="flex items-center gap-1.5 text-sm whitespace-nowrap">
            <StateIcon state={broken ? 'critical' : looks[result]} mute />
            {broken ? 'Broken' : resultWords[result]}
          </span>
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls={details}
            aria-label={`All of it: ${auditActions[action] ?? action}${about} by ${actor.name}`}
            className="flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
            onClick={() => onOpen(isOpen ? null : keyOf(act))}
          >
            <ChevronRight className={cn('size-4', isOpen && 'rotate-90')} aria-hidden />
          </button>
        </div>
      </div>
      <div id={details} hidden={!isOpen}>
        {isOpen && <ActDetails act={act} />}
      </div>
    </li>
  );
}
