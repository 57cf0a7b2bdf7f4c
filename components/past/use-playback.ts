'use client';

import { useCallback, useEffect, useRef, useState } from 'react';

/** What is shown moves on this often. */
const STEP_MS = 100;

export interface Playback {
  readonly at: number;
  readonly playing: boolean;
  readonly play: () => void;
  readonly pause: () => void;
  readonly seek: (at: number) => void;
}

/**
 * A moment that can run. It runs no further than `end`, and stops at `latest`, where the present
 * begins. Where it came to rest is told to `onRest`.
 */
export function usePlayback({
  at: asked,
  speed,
  end,
  latest,
  onRest,
}: {
  at: number;
  speed: number;
  end: number;
  latest: () => number;
  onRest: (at: number) => void;
}): Playback {
  const [running, setRunning] = useState<number | null>(null);
  const playing = running !== null;
  const at = running ?? asked;
  const limits = useRef({ end, latest, speed, onRest });
  useEffect(() => {
    limits.current = { end, latest, speed, onRest };
  });

  useEffect(() => {
    if (!playing) return;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const { speed: times, end: known, latest: newest } = limits.current;
      const passed = (now - last) * times;
      last = now;
      // What comes next may still be on its way.
      setRunning((before) =>
        before === null ? null : Math.min(before + passed, Math.max(before, known), newest()),
      );
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [playing]);

  const rest = useCallback((where: number) => {
    setRunning(null);
    limits.current.onRest(Math.round(where));
  }, []);
  useEffect(() => {
    if (running !== null && running >= limits.current.latest()) rest(running);
  }, [running, rest]);

  const now = useRef({ at, playing });
  useEffect(() => {
    now.current = { at, playing };
  });
  const play = useCallback(() => setRunning(now.current.at), []);
  const pause = useCallback(() => rest(now.current.at), [rest]);
  const seek = useCallback((to: number) => {
    if (now.current.playing) setRunning(to);
    else limits.current.onRest(Math.round(to));
  }, []);
  return { at, playing, play, pause, seek };
}
