import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './cn';

const look = cva(
  'inline-flex max-w-full items-center gap-1 rounded-sm border px-1.5 text-xs leading-5 font-medium',
  {
    variants: {
      tone: {
        plain: 'border-line bg-sunken text-ink',
        accent: 'border-accent/40 bg-accent-soft text-accent',
        good: 'border-good/40 bg-good-soft text-good',
        attention: 'border-attention/40 bg-attention-soft text-attention',
        critical: 'border-critical/40 bg-critical-soft text-critical',
        unknown: 'border-unknown/40 bg-unknown-soft text-unknown',
      },
    },
    defaultVariants: { tone: 'plain' },
  },
);

export type Tone = NonNullable<VariantProps<typeof look>['tone']>;

export function Badge({ className, tone, ...rest }: ComponentProps<'span'> & { tone?: Tone }) {
  return <span className={cn(look({ tone }), className)} {...rest} />;
}
