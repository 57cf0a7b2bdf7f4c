import type { Topic } from '@/lib/stream/frames';
import type { ConnectionView } from './connection';

/** What a tab says to the worker that holds the one connection of the browser. */
export type FromTab =
  /** It is looked at, and shows these. */
  | { readonly is: 'follow'; readonly topics: readonly Topic[] }
  | { readonly is: 'alive' }
  /** It is closed, or hidden for longer than a moment. */
  | { readonly is: 'leave' }
  | { readonly is: 'retry' };

/** What the worker says to a tab. Frames travel as JSON: text is cheaper to pass than objects. */
export interface ToTab {
  readonly view: ConnectionView;
  readonly frames: readonly string[];
  /** The tab was taken for dead, as after the computer slept: it must say again what it follows. */
  readonly dropped: boolean;
}

/** How often a tab that is looked at says so. */
export const ALIVE_MS = 5_000;
