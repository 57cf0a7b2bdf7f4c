'use client';

import { useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';

/** Another moment, by its date and time in the reader's zone. */
export function JumpTo({ at, onJump }: { at: number; onJump: (at: number) => void }) {
  const [open, setOpen] = useState(false);
  const field = useId();
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button size="sm">Go to …</Button>
      </PopoverTrigger>
      <PopoverContent align="end" aria-label="Go to another moment">
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const text = new FormData(event.currentTarget).get('moment');
            const moment = Date.parse(String(text));
            if (Number.isNaN(moment)) return;
            onJump(moment);
            setOpen(false);
          }}
        >
          <div className="flex min-w-0 flex-col gap-1">
            <label htmlFor={field} className="text-sm">
              Date and time, in your zone
            </label>
            <Input
              id={field}
              name="moment"
              type="datetime-local"
              step={1}
              required
              max={local(Date.now())}
              defaultValue={local(at)}
            />
          </div>
          <Button type="submit" tone="accent">
            Go
          </Button>
        </form>
      </PopoverContent>
    </Popover>
  );
}

/** "2026-11-26T03:12:07" in the reader's zone, as the field takes it. */
function local(at: number): string {
  const shifted = at - new Date(at).getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 19);
}
