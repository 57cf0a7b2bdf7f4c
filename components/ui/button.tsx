import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn';

const look = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap motion-safe:transition-colors motion-safe:duration-100 disabled:cursor-not-allowed aria-disabled:cursor-not-allowed',
  {
    variants: {
      tone: {
        plain: 'border-line-strong bg-surface text-ink hover:bg-sunken',
        quiet: 'border-transparent bg-transparent text-ink hover:bg-sunken',
        accent: 'border-accent bg-accent text-accent-ink hover:brightness-110',
        danger: 'border-critical bg-critical text-critical-ink hover:brightness-110',
      },
      size: {
        sm: 'min-h-7 px-2 text-sm',
        md: 'min-h-9 px-3 text-base',
        icon: 'size-9 p-0',
      },
    },
    defaultVariants: { tone: 'plain', size: 'md' },
  },
);

const off =
  'disabled:border-line disabled:bg-sunken disabled:text-muted disabled:brightness-100 aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-muted';

type ButtonProps = ComponentProps<'button'> & VariantProps<typeof look> & { asChild?: boolean };

export function Button({ className, tone, size, asChild, ...rest }: ButtonProps) {
  const classes = cn(look({ tone, size }), off, className);
  if (asChild) return <Slot.Root className={classes} {...rest} />;
  return <button type="button" className={classes} {...rest} />;
}
