import type { ComponentProps } from 'react';
import { cn } from './cn';

/** A plain table in a box that scrolls by itself, so that the page never does sideways. */
export function Table({ className, label, ...rest }: ComponentProps<'table'> & { label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="overflow-x-auto" aria-label={label} tabIndex={0}>
      <table className={cn('w-full border-collapse text-sm', className)} {...rest} />
    </section>
  );
}

export function Th({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={cn(
        'border-b border-line px-3 py-2 text-left text-xs font-medium whitespace-nowrap text-muted',
        className,
      )}
      {...rest}
    />
  );
}

export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return (
    <td
      className={cn(
        'border-b border-line px-3 py-2 align-top [overflow-wrap:break-word]',
        className,
      )}
      {...rest}
    />
  );
}
