import type { ComponentProps } from 'react';
import { cn } from './cn';

const field =
  'min-h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 text-base text-ink placeholder:text-muted disabled:bg-sunken';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={cn(field, className)} autoComplete="off" spellCheck={false} {...rest} />;
}

/** The platform's own list: the best one there is on a phone and for a screen reader. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select className={cn(field, 'min-h-8 w-auto px-2 text-sm', className)} {...rest} />;
}
