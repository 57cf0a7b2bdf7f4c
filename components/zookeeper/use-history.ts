'use client';

import { useEffect, useRef, useState } from 'react';
import { useStep } from '@/components/stream/clock';

/** Two minutes, kept by the page: what a glance needs, and no load on anybody. */
const KEPT = 120;

/** A figure's last two minutes, one value a second; null while it is not known. */
export function useHistory(value: number | null): readonly (number | null)[] {
  const second = useStep(1000);
  const newest = useRef(value);
  newest.current = value;
  const [history, setHistory] = useState<readonly (number | null)[]>([]);
  // The second is the reason to note the value, not the value.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    setHistory((before) => [...before.slice(1 - KEPT), newest.current]);
  }, [second]);
  return history;
}

export { KEPT as HISTORY_KEPT };
