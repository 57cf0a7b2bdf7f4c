'use client';

import { Popover as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn';

export const Popover = Radix.Root;
export const PopoverTrigger = Radix.Trigger;

export function PopoverContent({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={6}
        collisionPadding={8}
        className={cn(
          'float-in z-50 max-h-(--radix-popover-content-available-height) w-[min(26rem,calc(100vw-1rem))] overflow-auto rounded-lg border border-line-strong bg-surface p-4 text-ink shadow-float outline-none',
          className,
        )}
        {...rest}
      />
    </Radix.Portal>
  );
}
