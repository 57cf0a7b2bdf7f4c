import type { ReactNode } from 'react';
import { cn } from './cn';
import { type State, StateIcon } from './state-icon';

const tones: Record<State, string> = {
  good: 'border-good/50 bg-good-soft',
  attention: 'border-attention/50 bg-attention-soft',
  critical: 'border-critical/50 bg-critical-soft',
  unknown: 'border-unknown/50 bg-unknown-soft',
};

/** A sentence or two in a box of its own, within a form, a dialog or a panel. */
export function Notice({
  state,
  alert,
  className,
  children,
}: {
  state: State;
  /** Said at once to screen readers: somebody has just asked for what it is about. */
  alert?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div
      {...(alert ? { role: 'alert' } : {})}
      className={cn('flex gap-2 rounded-md border px-3 py-2', tones[state], className)}
    >
      <StateIcon state={state} mute className="mt-0.5" />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
