'use client';

import { type ReactNode, useId } from 'react';
import { cn } from './cn';

/** A field under its name, with a word on it below. */
export function Field({
  label,
  hint,
  className,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  className?: string | undefined;
  children: (ids: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
  }) => ReactNode;
}) {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div className={cn('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': hint ? about : undefined })}
      {hint && (
        <p id={about} className="text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
