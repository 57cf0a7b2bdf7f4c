'use client';

import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useReader } from './use-stream';

/** One timer for every age on the page, so that they all turn over together. */
const listeners = new Set<() => void>();
let second = 0;
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function tick(): void {
  second = Date.now();
  for (const listener of listeners) listener();
}

function current(): number {
  if (second === 0 || timer === null) second = Date.now();
  return second;
}

/** This computer's clock, once a second; 0 while rendered on the server. */
export function useLocalNow(): number {
  return useSyncExternalStore(subscribe, current, () => 0);
}

interface Ticks {
  readonly subscribe: (listener: () => void) => () => void;
  readonly now: () => number;
}

/** The clock that ages are measured against: the server's, or the moment of the past that is shown. */
function useTicks(): Ticks {
  const reader = useReader();
  return useMemo(
    () =>
      reader.now
        ? { subscribe: reader.subscribe, now: reader.now }
        : { subscribe, now: () => current() + reader.view.offset },
    [reader],
  );
}

/** The server's clock, once a second: what every age is measured against. */
export function useNow(): number {
  const { subscribe, now } = useTicks();
  return useSyncExternalStore(subscribe, now, () => 0);
}

/** The server's clock in steps of `ms`: for what is worth looking at less often than it changes. */
export function useStep(ms: number): number {
  const { subscribe, now } = useTicks();
  const step = useCallback(() => Math.floor(now() / ms) * ms, [now, ms]);
  return useSyncExternalStore(subscribe, step, () => 0);
}

/**
 * How long ago `at` was by that clock, in words. Renders when the words change, which is rarely:
 * most ages on the page are told in minutes or hours.
 */
export function useSince(at: number, words: (ms: number) => string): string {
  const { subscribe, now } = useTicks();
  const text = useCallback(() => words(now() - at), [now, at, words]);
  return useSyncExternalStore(subscribe, text, () => words(0));
}
