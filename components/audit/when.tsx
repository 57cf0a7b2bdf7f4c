'use client';

import { useEffect, useRef } from 'react';
import { Input, Select } from '@/components/ui/input';
import { type Narrowing, type PeriodName, periods } from './query';
import { inputOf, momentOf } from './stretch';

/** A period up to now, or from one moment to another. */
export function Stretch({ query, setQuery }: Narrowing) {
  const { period, from, until } = query;
  const own = period === null && (from !== null || until !== null);
  return (
    <>
      <Select
        aria-label="When"
        className="min-h-9"
        value={own ? 'own' : (period ?? '')}
        onChange={(event) => {
          const { value } = event.target;
          if (value !== 'own') {
            setQuery({ period: (value || null) as PeriodName | null, from: null, until: null });
            return;
          }
          const day = periods.day.ms;
          setQuery({ period: null, from: Math.floor((Date.now() - day) / 60_000) * 60_000 });
        }}
      >
        <option value="">All that is kept</option>
        {Object.entries(periods).map(([name, { label }]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
        <option value="own">From … to …</option>
      </Select>
      {own && (
        <>
          <MomentField label="From" at={from} onChange={(at) => setQuery({ from: at })} />
          <MomentField label="Until" at={until} onChange={(at) => setQuery({ until: at })} />
        </>
      )}
    </>
  );
}

/** Keeps half a date that is being typed, which is no moment yet. */
function MomentField({
  label,
  at,
  onChange,
}: {
  label: string;
  at: number | null;
  onChange: (at: number | null) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const input = field.current;
    if (input && momentOf(input.value) !== at) input.value = inputOf(at);
  }, [at]);
  return (
    <Input
      ref={field}
      type="datetime-local"
      aria-label={label}
      title={`${label}, in your own zone`}
      className="max-sm:col-span-2 sm:w-52"
      defaultValue={inputOf(at)}
      onChange={(event) => {
        const moment = momentOf(event.target.value);
        if (moment !== null || event.target.value === '') onChange(moment);
      }}
    />
  );
}
