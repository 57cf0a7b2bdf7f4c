'use client';

import { useId, useState } from 'react';
import { utc } from '@/components/stream/moment';
import { Input } from '@/components/ui/input';

const IN_AN_HOUR_MS = 3_600_000;

/** A moment to come, in the reader's zone with UTC beside it; null: none. */
export function Later({
  what,
  at,
  onChange,
}: {
  what: string;
  at: string | null;
  onChange: (at: string | null) => void;
}) {
  const box = useId();
  const field = useId();
  // What is half typed is no moment yet, and must not be lost.
  const [text, setText] = useState(() => (at === null ? '' : local(Date.parse(at))));
  const on = at !== null;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={box} className="flex min-h-9 items-center gap-2 font-semibold">
        <input
          id={box}
          type="checkbox"
          className="size-4.5"
          checked={on}
          onChange={(event) => {
            if (!event.target.checked) {
              onChange(null);
              return;
            }
            const soon = new Date(Math.ceil((Date.now() + IN_AN_HOUR_MS) / 60_000) * 60_000);
            setText(local(soon.getTime()));
            onChange(soon.toISOString());
          }}
        />
        {what}
      </label>
      {on && (
        <>
          <Input
            type="datetime-local"
            aria-label={`${what}: when, in your time zone`}
            aria-describedby={field}
            className="max-w-72"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              const when = Date.parse(event.target.value);
              if (!Number.isNaN(when)) onChange(new Date(when).toISOString());
            }}
          />
          <p id={field} className="text-sm text-muted">
            {zone()}: {utc(Date.parse(at))}
          </p>
        </>
      )}
    </div>
  );
}

/** As the field has it: "2026-11-26T14:03", in the reader's zone. */
function local(at: number): string {
  const offset = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offset).toISOString().slice(0, 16);
}

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
