import type { Topic } from '@/lib/stream/frames';
import type { StreamLink } from './link';

/**
 * Rests while it is held, whatever the page does: whoever would be refused the stream does not ask
 * for it again and again.
 */
export class HeldLink implements StreamLink {
  readonly #link: StreamLink;
  #held = false;
  #resting = false;

  constructor(link: StreamLink) {
    this.#link = link;
  }

  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (this.#resting) return;
    if (held) this.#link.pause();
    else this.#link.resume();
  }

  follow(topics: readonly Topic[]): void {
    this.#link.follow(topics);
  }

  pause(): void {
    this.#resting = true;
    this.#link.pause();
  }

  resume(): void {
    this.#resting = false;
    if (!this.#held) this.#link.resume();
  }

  retry(): void {
    if (!this.#held) this.#link.retry();
  }
}
