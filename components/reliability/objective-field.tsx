'use client';

import { useEffect, useId, useState } from 'react';
import { Input } from '@/components/ui/input';
import { DEFAULT_OBJECTIVE, parseObjective } from './query';

const STORED = 'howdah.objective';

/**
 * The objective that the address says. Where it says none, the one that was set last in this browser
 * is put there: the link shows others the same.
 */
export function useObjective(said: number | null, say: (objective: number) => void): number {
  useEffect(() => {
    if (said === null) say(parseObjective(localStorage.getItem(STORED)) ?? DEFAULT_OBJECTIVE);
  }, [said, say]);
  return said ?? DEFAULT_OBJECTIVE;
}

/** Percent, by its field. What is no percent from 90 to 100 changes nothing, and is said. */
export function ObjectiveField({
  objective,
  onChange,
}: {
  objective: number;
  onChange: (objective: number) => void;
}) {
  const id = useId();
  // What is being typed need not be a number yet.
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && parseObjective(typed.trim()) === null;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <label htmlFor={id} className="text-sm text-muted">
        Objective
      </label>
      <span className="flex items-center gap-1">
        <Input
          id={id}
          inputMode="decimal"
          className="min-h-8 w-20 px-2 text-right"
          value={typed ?? String(objective)}
          aria-invalid={wrong}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onChange={(event) => {
            setTyped(event.target.value);
            const percent = parseObjective(event.target.value.trim());
            if (percent === null) return;
            localStorage.setItem(STORED, String(percent));
            onChange(percent);
          }}
          onBlur={() => setTyped(null)}
        />
        <span aria-hidden>%</span>
        <span className="sr-only">percent</span>
      </span>
      {wrong && (
        <span id={`${id}-wrong`} role="alert" className="text-sm text-critical">
          A percentage from 90 to 100
        </span>
      )}
    </div>
  );
}
