import type { ReactNode } from 'react';
import { cn } from './cn';

/** A titled region of a page. */
export function Panel({
  title,
  id,
  aside,
  children,
  className,
}: {
  title: ReactNode;
  id: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className={cn('min-w-0 scroll-mt-16 rounded-lg border border-line bg-surface', className)}
    >
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-1.5">
        <h2 id={`${id}-title`} className="text-base font-semibold">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
