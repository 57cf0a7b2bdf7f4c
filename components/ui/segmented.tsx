'use client';

import { ToggleGroup } from 'radix-ui';
import { cn } from './cn';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Why it can't be chosen now. */
  readonly off?: string | undefined;
}

/** One of a few, all in sight. */
export function Segmented<T extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      aria-label={label}
      onValueChange={(next) => {
        if (next !== '') onChange(next as T);
      }}
      className="inline-flex rounded-md border border-line-strong bg-surface p-px"
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          disabled={choice.off !== undefined}
          title={choice.off}
          className={cn(
            'min-h-7 rounded-[5px] px-2 text-sm font-medium text-muted hover:text-ink',
            'data-[state=on]:bg-accent-soft data-[state=on]:text-accent',
            'disabled:cursor-not-allowed disabled:opacity-50 disabled:hover:text-muted',
          )}
        >
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
