'use client';

import { useCallback, useSyncExternalStore } from 'react';
import { useConnection, useStore } from './use-stream';

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

/** The server's clock, once a second: what every age is measured against. */
export function useNow(): number {
  const offset = useConnection((view) => view.offset);
  return useLocalNow() + offset;
}

/** The server's clock in steps of `ms`: for what is worth looking at less often than it changes. */
export function useStep(ms: number): number {
  const store = useStore();
  const step = useCallback(
    () => Math.floor((current() + store.view.offset) / ms) * ms,
    [store, ms],
  );
  return useSyncExternalStore(subscribe, step, () => 0);
}

/**
 * How long ago `at` was by the server's clock, in words. Renders when the words change, which is
 * rarely: most ages on the page are told in minutes or hours.
 */
export function useSince(at: number, words: (ms: number) => string): string {
  const store = useStore();
  const text = useCallback(() => words(current() + store.view.offset - at), [store, at, words]);
  return useSyncExternalStore(subscribe, text, () => words(0));
}
