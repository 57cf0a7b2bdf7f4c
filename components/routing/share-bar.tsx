import { cn } from '@/components/ui/cn';

/** A part of a whole as a bar. The figure stands beside it: this is for the eye alone. */
export function ShareBar({
  part,
  colour,
  className,
}: {
  part: number;
  colour?: string | undefined;
  className?: string;
}) {
  const width = Math.min(100, Math.max(0, part * 100));
  return (
    <svg
      aria-hidden
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      className={cn('h-2 w-full rounded-sm bg-sunken', className)}
    >
      <rect width={width} height="8" fill={colour ?? 'var(--accent)'} />
    </svg>
  );
}
