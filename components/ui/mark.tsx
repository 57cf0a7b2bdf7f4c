import { cn } from './cn';

/** The sign of the product: a seat with a roof, high up. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={cn('size-7', className)}
      aria-hidden
      fill="none"
      stroke="currentColor"
    >
      <path d="M5 20v-8a7 7 0 0 1 14 0v8M5 14h14M12 5V2.5" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
