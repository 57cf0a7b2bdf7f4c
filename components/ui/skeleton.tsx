import { cn } from './cn';

/** The shape of what is about to come. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('rounded-sm bg-sunken', className)} />;
}
