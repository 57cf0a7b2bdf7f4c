import type { ReactNode } from 'react';
import { cn } from './cn';
import { type State, StateIcon } from './state-icon';

const tones: Record<State, string> = {
  good: 'border-good bg-good-soft',
  attention: 'border-attention bg-attention-soft',
  critical: 'border-critical bg-critical-soft',
  unknown: 'border-unknown bg-unknown-soft',
};

/** One sentence across the page or a panel, with what can be done about it at its end. */
export function Banner({
  state,
  children,
  action,
  id,
  className,
}: {
  state: State;
  children: ReactNode;
  action?: ReactNode;
  id?: string;
  className?: string;
}) {
  return (
    <div
      id={id}
      className={cn(
        'flex flex-wrap items-center gap-x-3 gap-y-2 border-b px-4 py-2 text-ink',
        tones[state],
        className,
      )}
    >
      <StateIcon state={state} />
      <p className="min-w-0 flex-1 basis-48">{children}</p>
      {action}
    </div>
  );
}
