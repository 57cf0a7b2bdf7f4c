'use client';

import { AlertDialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { Button } from './button';
import { Notice } from './notice';

/** Asks once more before something ends: what it comes to is said, and "no" has the focus. */
export function ConfirmDialog({
  title,
  children,
  verb,
  tone = 'danger',
  pending,
  failure,
  onConfirm,
  onClose,
}: {
  title: string;
  /** What it comes to. */
  children: ReactNode;
  /** What the button does, whole. */
  verb: string;
  tone?: 'danger' | 'accent';
  pending: boolean;
  /** Why it was not done, as the server said. */
  failure: string | null;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.45)]" />
        <AlertDialog.Content
          className="float-in fixed top-[15vh] left-1/2 z-50 flex max-h-[75vh] w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 flex-col gap-4 overflow-auto rounded-lg border border-line-strong bg-surface p-4 shadow-float outline-none"
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            cancel.current?.focus();
          }}
        >
          <AlertDialog.Title className="text-lg font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="flex flex-col gap-2">{children}</div>
          </AlertDialog.Description>
          {failure !== null && (
            <Notice state="critical" alert>
              {failure}
            </Notice>
          )}
          <div className="flex flex-wrap justify-end gap-2">
            <Button ref={cancel} onClick={onClose}>
              Cancel
            </Button>
            <Button
              tone={tone}
              aria-disabled={pending}
              className="max-w-full min-w-0 shrink whitespace-normal"
              onClick={() => {
                if (!pending) onConfirm();
              }}
            >
              {pending ? 'Asking…' : verb}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
