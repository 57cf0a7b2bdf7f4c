'use client';

import { startTransition, useEffect, useState } from 'react';

/**
 * False at first, and true in a task of its own, in slices that leave the page answering: parts
 * mounted together are one long task.
 */
export function useLater(ms: number): boolean {
  const [later, setLater] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setLater(true)), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return later;
}
