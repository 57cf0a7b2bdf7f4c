import { type ReactNode, useId } from 'react';
import { cn } from '@/components/ui/cn';
import { StateIcon } from '@/components/ui/state-icon';
import type { MemberResult } from '@/lib/operations/types';
import { RuleList, verdictStates } from './rule-list';

/** One member that can be chosen, or can't: why stands below its name, and all checks once it is. */
export function MemberChoice({
  result,
  picked,
  control,
  children,
}: {
  result: MemberResult;
  picked: boolean;
  /** The radio or the box, by this id. */
  control: (id: string) => ReactNode;
  /** Beside the name. */
  children?: ReactNode;
}) {
  const id = useId();
  const { name, verdict, says, rules } = result;
  return (
    <div
      className={cn(
        'flex gap-3 rounded-md border border-line px-3 py-2',
        picked && 'border-accent bg-accent-soft',
        verdict === 'refuse' && !picked && 'bg-sunken',
      )}
    >
      {control(id)}
      <div className="min-w-0 flex-1">
        <label htmlFor={id} className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 font-semibold">{name}</span>
          {children}
        </label>
        <div id={`${id}-why`} className="text-sm">
          {says !== '' && (
            <p className="flex gap-1.5">
              <StateIcon state={verdictStates[verdict]} mute className="mt-1 size-3" />
              <span className="min-w-0">{says}</span>
            </p>
          )}
        </div>
        {picked && rules.length > 0 && (
          <details className="mt-1 text-sm">
            <summary className="w-fit cursor-pointer text-muted">
              {rules.length} {rules.length === 1 ? 'check' : 'checks'} of {name}
            </summary>
            <div className="mt-1">
              <RuleList rules={rules} />
            </div>
          </details>
        )}
      </div>
    </div>
  );
}
