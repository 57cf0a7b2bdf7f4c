import { Button } from './button';
import { cn } from './cn';
import { StateIcon } from './state-icon';

/** Something was asked for and can't be shown: why, and a way to ask again. */
export function Failed({
  says,
  again,
  className,
}: {
  says: string;
  again: () => void;
  className?: string;
}) {
  return (
    <div role="alert" className={cn('flex items-center gap-3 p-4', className)}>
      <StateIcon state="attention" className="size-4" />
      <p className="min-w-0">{says}</p>
      <Button size="sm" className="shrink-0" onClick={again}>
        Try again
      </Button>
    </div>
  );
}
