import { type Frame, type Topic, WIRE_VERSION } from '@/lib/stream/frames';

/** A `beat` comes every 5 s: nothing at all for this long means that the connection is dead. */
export const SILENCE_MS = 12_000;
/** A break shorter than this is mended before anybody is told. */
export const GRACE_MS = 1_500;
const BACKOFF_MOST_MS = 10_000;
/** Less than this is how long frames travel, not what the clocks differ by. */
const SAME_CLOCK_MS = 250;

/** As much of an EventSource as is used, so that tests need no browser. */
export interface Source {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  onerror: ((event: unknown) => void) | null;
  close(): void;
}

export interface ConnectionDeps {
  open(url: string): Source;
  now(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
  random(): number;
  /** The build that this page belongs to; null: that of whoever answers first. */
  readonly build: string | null;
}

/**
 * `connecting` until the first frame ever; `mending` for the first moments of a break; `lost` from
 * then on; `paused` while the page is hidden. Only in `live` is what is shown vouched for.
 */
export type Phase = 'connecting' | 'live' | 'mending' | 'lost' | 'paused';

export interface ConnectionView {
  readonly phase: Phase;
  /** By this computer's clock, when the last frame came; null before the first. */
  readonly lastFrameAt: number | null;
  /** The server's clock minus this computer's, milliseconds. */
  readonly offset: number;
  /** The server speaks another version than this page: `wire` can't go on, `build` merely should not. */
  readonly outdated: 'wire' | 'build' | null;
}

export const firstConnection: ConnectionView = {
  phase: 'connecting',
  lastFrameAt: null,
  offset: 0,
  outdated: null,
};

/**
 * The life of the one event stream: opens it for the topics followed, notices silence, reconnects
 * with backoff and jitter, and resumes after the last event received.
 *
 *   connecting -> live -> mending -> lost -> live ...      any -> paused -> (as it was)
 */
export class StreamConnection {
  readonly #deps: ConnectionDeps;
  readonly #onFrame: (frame: Frame) => void;
  readonly #onChange: (view: ConnectionView) => void;
  #view = firstConnection;
  /** Null until somebody says what to follow; to follow nothing is to hear of the ensembles alone. */
  #topics: readonly Topic[] | null = null;
  #source: Source | null = null;
  #cursor: string | null = null;
  #build: string | null;
  #failures = 0;
  #timers = { silence: none, retry: none, grace: none };

  constructor(
    deps: ConnectionDeps,
    onFrame: (frame: Frame) => void,
    onChange: (view: ConnectionView) => void,
  ) {
    this.#deps = deps;
    this.#build = deps.build;
    this.#onFrame = onFrame;
    this.#onChange = onChange;
  }

  get view(): ConnectionView {
    return this.#view;
  }

  follow(topics: readonly Topic[]): void {
    const next = [...topics].sort();
    if (next.join() === this.#topics?.join()) return;
    this.#topics = next;
    if (this.#view.phase !== 'paused') this.#open();
  }

  pause(): void {
    this.#close();
    this.#set({ phase: 'paused' });
  }

  resume(): void {
    if (this.#view.phase !== 'paused') return;
    this.#failures = 0;
    if (this.#view.lastFrameAt === null) this.#set({ phase: 'connecting' });
    else this.#mend();
    this.#open();
  }

  /** Tries at once, without waiting for the backoff to run out. */
  retry(): void {
    if (this.#view.phase === 'lost' || this.#view.phase === 'mending') this.#open();
  }

  stop(): void {
    this.#close();
  }

  #open(): void {
    this.#close();
    if (this.#topics === null || this.#view.outdated === 'wire') return;
    const query = new URLSearchParams({ topics: this.#topics.join(',') });
    if (this.#cursor !== null) query.set('since', this.#cursor);
    const source = this.#deps.open(`/api/stream?${query}`);
    this.#source = source;
    source.onmessage = (event) => {
      if (source === this.#source) this.#receive(event.data, event.lastEventId);
    };
    source.onerror = () => {
      if (source === this.#source) this.#broken();
    };
    this.#listenForSilence();
  }

  #receive(data: string, id: string): void {
    const frame = parse(data);
    if (frame === null) {
      // Half a frame can't be skipped: what it said would be missing for good. Start afresh.
      this.#cursor = null;
      this.#broken();
      return;
    }
    const now = this.#deps.now();
    const told: { -readonly [K in keyof ConnectionView]?: ConnectionView[K] } = {
      phase: 'live',
      lastFrameAt: now,
    };
    if (frame.type === 'hello') {
      if (frame.wire !== WIRE_VERSION) {
        this.#close();
        this.#set({ outdated: 'wire' });
        return;
      }
      if (this.#build !== null && this.#build !== frame.build) told.outdated = 'build';
      this.#build ??= frame.build;
    }
    if (frame.type === 'hello' || frame.type === 'beat') {
      const offset = frame.now - now;
      // A figure that trembles would turn over every age on the page each time.
      if (Math.abs(offset - this.#view.offset) > SAME_CLOCK_MS) told.offset = offset;
    }
    if (id !== '') this.#cursor = id;
    this.#failures = 0;
    this.#timers.grace();
    this.#listenForSilence();
    this.#onFrame(frame);
    this.#set(told);
  }

  #listenForSilence(): void {
    this.#timers.silence();
    this.#timers.silence = this.#deps.after(SILENCE_MS, () => this.#broken());
  }

  #broken(): void {
    this.#close();
    this.#failures += 1;
    if (this.#view.phase === 'live' || this.#view.phase === 'connecting') this.#mend();
    const most = Math.min(BACKOFF_MOST_MS, Math.max(1000, 250 * 2 ** Math.min(this.#failures, 8)));
    // A server that restarts ends all its streams at once: over a second they come back, not in
    // one breath. It takes no longer than a break may before anybody is told.
    const least = this.#failures === 1 ? 100 : most / 2;
    const wait = least + this.#deps.random() * (most - least);
    this.#timers.retry = this.#deps.after(wait, () => this.#open());
  }

  #mend(): void {
    this.#set({ phase: 'mending' });
    this.#timers.grace();
    this.#timers.grace = this.#deps.after(GRACE_MS, () => {
      if (this.#view.phase === 'mending') this.#set({ phase: 'lost' });
    });
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    this.#timers.silence();
    this.#timers.retry();
  }

  #set(part: Partial<ConnectionView>): void {
    this.#view = { ...this.#view, ...part };
    this.#onChange(this.#view);
  }
}

const none = (): void => {};

function parse(data: string): Frame | null {
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' && frame !== null && 'type' in frame ? (frame as Frame) : null;
  } catch {
    return null;
  }
}
