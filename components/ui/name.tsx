import { cn } from './cn';

const TAIL = 8;

/**
 * A name cut in its middle when there is no room: names of one family differ at their ends, and
 * "orders-prod-eu-…" three times over tells nobody apart. Read and copied whole all the same.
 */
export function Name({ children, className }: { children: string; className?: string }) {
  const letters = [...children];
  if (letters.length <= TAIL * 2) {
    return (
      <span className={cn('min-w-0 truncate', className)} title={children}>
        {children}
      </span>
    );
  }
  return (
    <span className={cn('inline-flex max-w-full min-w-0', className)} title={children}>
      <span className="truncate whitespace-pre">{letters.slice(0, -TAIL).join('')}</span>
      <span className="shrink-0 whitespace-pre">{letters.slice(-TAIL).join('')}</span>
    </span>
  );
}
