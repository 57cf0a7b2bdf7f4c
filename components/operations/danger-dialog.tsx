'use client';

import { type ReactNode, useId, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Input } from '@/components/ui/input';
import { StateIcon } from '@/components/ui/state-icon';
import type { Danger } from '@/lib/operations/types';

export interface DangerDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly danger: Danger;
  /** What it costs, in one sentence, above everything else. */
  readonly consequence: ReactNode;
  /** What must be typed; null: nothing. */
  readonly phrase: string | null;
  readonly typed: string;
  readonly onTyped: (text: string) => void;
  /** What the button does, whole: "Switch orders over to orders-2". */
  readonly verb: string;
  /** Why it can't be done yet, apart from the phrase not being typed; null when it can. */
  readonly obstacle: string | null;
  readonly pending: boolean;
  /** Why it was not done, as the server said. Nothing typed is lost. */
  readonly failure: string | null;
  readonly onConfirm: () => void;
  /** What leaves all as it is; "Cancel", where that can't be taken for what is decided on. */
  readonly dismiss?: string;
  /** What must be dealt with first; stands where it can't be scrolled out of sight. */
  readonly notice?: ReactNode;
  readonly children: ReactNode;
}

const tones: Record<Danger, { box: string; state: 'attention' | 'critical' | 'good' }> = {
  none: { box: 'border-line bg-sunken', state: 'good' },
  interrupts: { box: 'border-attention/50 bg-attention-soft', state: 'attention' },
  loses: { box: 'border-critical/50 bg-critical-soft', state: 'critical' },
};

/** The one way to act on a cluster: what it costs is said, what is at risk typed, "no" has the focus. */
export function DangerDialog(props: DangerDialogProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  const field = useId();
  const why = useId();
  const confirmed = props.phrase === null || props.typed === props.phrase;
  const ready = props.obstacle === null && confirmed && !props.pending;
  const tone = tones[props.danger];
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange}>
      <DialogContent
        title={props.title}
        place="side"
        onOpenAutoFocus={(event) => {
          event.preventDefault();
          cancel.current?.focus({ preventScroll: true });
        }}
        // A click beside it must not lose what was typed.
        onInteractOutside={(event) => {
          if (props.typed !== '') event.preventDefault();
        }}
      >
        <form
          className="flex min-h-0 flex-1 flex-col"
          // Only what is typed to confirm is sent by Enter: not a reason, a moment or a box.
          onKeyDown={(event) => {
            const { target } = event;
            const other = target instanceof HTMLInputElement && target.id !== field;
            if (event.key === 'Enter' && other) event.preventDefault();
          }}
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) props.onConfirm();
          }}
        >
          <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4">
            <DialogDescription asChild>
              <p className={cn('flex gap-2 rounded-md border px-3 py-2', tone.box)}>
                {props.danger !== 'none' && (
                  <StateIcon state={tone.state} mute className="mt-0.5" />
                )}
                <span className="min-w-0">{props.consequence}</span>
              </p>
            </DialogDescription>
            {props.children}
          </div>
          <div className="flex flex-col gap-2 border-t border-line p-4">
            {props.notice}
            {props.failure !== null && (
              <p
                role="alert"
                className="flex gap-2 rounded-md border border-critical/50 bg-critical-soft px-3 py-2"
              >
                <StateIcon state="critical" mute className="mt-0.5" />
                <span className="min-w-0">{props.failure}</span>
              </p>
            )}
            {props.phrase !== null && (
              <>
                <label htmlFor={field}>
                  Type <strong className="select-all">{props.phrase}</strong> to confirm
                </label>
                <Input
                  id={field}
                  value={props.typed}
                  autoCapitalize="none"
                  autoCorrect="off"
                  autoComplete="off"
                  aria-describedby={why}
                  onChange={(event) => props.onTyped(event.target.value)}
                />
              </>
            )}
            <p id={why} className="min-h-5 text-sm text-muted">
              {props.obstacle}
            </p>
            <div className="flex flex-wrap justify-end gap-2">
              <Button ref={cancel} onClick={() => props.onOpenChange(false)}>
                {props.dismiss ?? 'Cancel'}
              </Button>
              <Button
                type="submit"
                tone={props.danger === 'none' ? 'accent' : 'danger'}
                disabled={!ready}
                className="max-w-full min-w-0 shrink whitespace-normal"
              >
                {props.pending ? 'Asking…' : props.verb}
              </Button>
            </div>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
