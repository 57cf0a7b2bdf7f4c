'use client';

import { type ReactNode, useId, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Input } from '@/components/ui/input';
import { StateIcon } from '@/components/ui/state-icon';

export interface DangerDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What it costs, in one sentence, above everything else. */
  readonly consequence: ReactNode;
  /** What must be typed. */
  readonly name: string;
  readonly typed: string;
  readonly onTyped: (text: string) => void;
  /** What the button does, whole: "Switch orders over to orders-2". */
  readonly verb: string;
  /** Why it can't be done yet, apart from the name not being typed; null when it can. */
  readonly obstacle: string | null;
  readonly pending: boolean;
  /** Why it was not done, as the server said. Nothing typed is lost. */
  readonly failure: string | null;
  readonly onConfirm: () => void;
  /** What must be dealt with first; stands where it can't be scrolled out of sight. */
  readonly notice?: ReactNode;
  readonly children: ReactNode;
}

/** The one way to a dangerous act: its cost is said, its target typed, and "no" has the focus. */
export function DangerDialog(props: DangerDialogProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  const field = useId();
  const why = useId();
  const ready = props.obstacle === null && props.typed === props.name && !props.pending;
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
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) props.onConfirm();
          }}
        >
          <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4">
            <DialogDescription asChild>
              <p className="flex gap-2 rounded-md border border-attention/50 bg-attention-soft px-3 py-2">
                <StateIcon state="attention" mute className="mt-0.5" />
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
            <label htmlFor={field}>
              Type <strong className="select-all">{props.name}</strong> to confirm
            </label>
            <Input
              id={field}
              value={props.typed}
              autoCapitalize="none"
              autoCorrect="off"
              aria-describedby={why}
              onChange={(event) => props.onTyped(event.target.value)}
            />
            <p id={why} className="min-h-5 text-sm text-muted">
              {props.obstacle}
            </p>
            <div className="flex flex-wrap justify-end gap-2">
              <Button ref={cancel} onClick={() => props.onOpenChange(false)}>
                Cancel
              </Button>
              <Button
                type="submit"
                tone="danger"
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
