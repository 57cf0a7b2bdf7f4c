import type { Frame, Topic } from '@/lib/stream/frames';
import { type ConnectionView, firstConnection } from './connection';
import type { LinkEvents, StreamLink, Timing } from './link';
import { ALIVE_MS, type FromTab, type ToTab } from './tab-messages';

/** A worker that is there answers sooner, even on a busy computer. */
export const FIRST_WORD_MS = 8_000;
/** Calls in a row that a living worker can't miss; a clock that jumped counts for one. */
export const UNANSWERED = 3;

export interface WorkerPort {
  post(message: FromTab): void;
  onmessage: ((message: ToTab) => void) | null;
  close(): void;
}

/** The tab's end of the shared stream. Says that it lives while it is looked at. */
export class SharedLink implements StreamLink {
  readonly #timing: Timing;
  readonly #port: WorkerPort;
  readonly #events: LinkEvents & { onDead(): void };
  #view: ConnectionView = firstConnection;
  #topics: readonly Topic[] | null = null;
  #resting = false;
  #heard = false;
  #unanswered = 0;
  #calling = none;
  #dead = false;

  constructor(timing: Timing, port: WorkerPort, events: LinkEvents & { onDead(): void }) {
    this.#timing = timing;
    this.#port = port;
    this.#events = events;
    port.onmessage = (message) => this.#receive(message);
  }

  follow(topics: readonly Topic[]): void {
    this.#topics = topics;
    if (!this.#resting) this.#join();
  }

  pause(): void {
    if (this.#resting) return;
    this.#resting = true;
    this.#calling();
    this.#port.post({ is: 'leave' });
    this.#show({ ...this.#view, phase: 'paused' });
  }

  /** Said again it moves this tab to the front, which counts where not all can be served. */
  resume(): void {
    if (this.#resting) {
      this.#resting = false;
      const phase = this.#view.lastFrameAt === null ? 'connecting' : 'mending';
      this.#show({ ...this.#view, phase });
    }
    this.#join();
  }

  retry(): void {
    this.#port.post({ is: 'retry' });
  }

  /** The worker could not be loaded, or has fallen silent. */
  fail(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#calling();
    this.#port.onmessage = null;
    this.#port.post({ is: 'leave' });
    this.#port.close();
    this.#events.onDead();
  }

  #join(): void {
    if (this.#topics === null || this.#dead) return;
    this.#unanswered = 0;
    this.#port.post({ is: 'follow', topics: this.#topics });
    this.#callLater();
  }

  #callLater(): void {
    this.#calling();
    const wait = this.#heard ? ALIVE_MS : FIRST_WORD_MS;
    this.#calling = this.#timing.after(wait, () => {
      this.#unanswered += 1;
      if (!this.#heard || this.#unanswered > UNANSWERED) this.fail();
      else {
        this.#port.post({ is: 'alive' });
        this.#callLater();
      }
    });
  }

  #receive(message: ToTab): void {
    const first = !this.#heard;
    this.#heard = true;
    this.#unanswered = 0;
    if (this.#resting) return;
    if (first) this.#callLater();
    if (message.dropped) this.#join();
    if (message.dropped) return;
    const frames = message.frames.map((text) => JSON.parse(text) as Frame);
    if (frames.length > 0) this.#events.onFrames(frames);
    this.#show(message.view);
  }

  #show(view: ConnectionView): void {
    this.#view = view;
    this.#events.onView(view);
  }
}

const none = (): void => {};
