'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { Button } from './button';
import { cn } from './cn';

export const Dialog = Radix.Root;

const places = {
  middle:
    'top-[10vh] left-1/2 max-h-[80vh] w-[min(40rem,calc(100vw-2rem))] -translate-x-1/2 rounded-lg border',
  /** Beside the page, not over it: what is decided about stays in sight. */
  side: 'inset-y-0 right-0 w-full border-l sm:w-[min(36rem,100vw)]',
};

type ContentProps = Omit<ComponentProps<typeof Radix.Content>, 'title'> & {
  title: ReactNode;
  place?: keyof typeof places;
  /** Lets the page behind be seen clearly. */
  clear?: boolean;
  hideTitle?: boolean;
};

export function DialogContent({
  title,
  place = 'middle',
  clear,
  hideTitle,
  className,
  children,
  ...rest
}: ContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay
        className={cn('fixed inset-0 z-40', clear ? 'bg-transparent' : 'bg-[rgb(0_0_0/0.45)]')}
      />
      <Radix.Content
        className={cn(
          'float-in fixed z-50 flex flex-col overflow-hidden border-line-strong bg-surface shadow-float outline-none',
          places[place],
          className,
        )}
        {...rest}
      >
        <div
          className={cn(
            'flex items-start justify-between gap-4 border-b border-line px-4 py-3',
            hideTitle && 'sr-only',
          )}
        >
          <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
          <Radix.Close asChild>
            <Button tone="quiet" size="icon" className="-my-1.5 -mr-2" aria-label="Close">
              <X className="size-4" aria-hidden />
            </Button>
          </Radix.Close>
        </div>
        {children}
      </Radix.Content>
    </Radix.Portal>
  );
}

export const DialogDescription = Radix.Description;
