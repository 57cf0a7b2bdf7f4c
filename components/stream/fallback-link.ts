import type { Topic } from '@/lib/stream/frames';
import type { StreamLink } from './link';

/** Uses the first link until it says that it is dead, and then the second, for good. */
export class FallbackLink implements StreamLink {
  #link: StreamLink;
  #topics: readonly Topic[] | null = null;
  #resting = false;

  constructor(first: (onDead: () => void) => StreamLink, second: () => StreamLink) {
    this.#link = first(() => {
      this.#link = second();
      if (this.#topics) this.#link.follow(this.#topics);
      if (this.#resting) this.#link.pause();
    });
  }

  follow(topics: readonly Topic[]): void {
    this.#topics = topics;
    this.#link.follow(topics);
  }

  pause(): void {
    this.#resting = true;
    this.#link.pause();
  }

  resume(): void {
    this.#resting = false;
    this.#link.resume();
  }

  retry(): void {
    this.#link.retry();
  }
}
