import type { Frame, Topic } from '@/lib/stream/frames';
import type { ConnectionView } from './connection';

/** How a page hears the stream: by a connection of its own, or through the worker all tabs share. */
export interface StreamLink {
  follow(topics: readonly Topic[]): void;
  /** Stops listening, as while the page is hidden. */
  pause(): void;
  resume(): void;
  /** Tries at once, without waiting for the backoff to run out. */
  retry(): void;
}

export interface LinkEvents {
  /** In order; to be shown together, before the next paint. */
  onFrames(frames: readonly Frame[]): void;
  onView(view: ConnectionView): void;
}

/** Of time, as much as is used. */
export interface Timing {
  now(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
}
