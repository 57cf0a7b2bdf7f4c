import type { Frame, Topic } from '@/lib/stream/frames';
import { emptyStream, reduce, type StreamState } from '@/lib/stream/reducer';
import { type ConnectionView, firstConnection } from './connection';
import { HeldLink } from './held-link';
import type { LinkEvents, StreamLink } from './link';
import { share } from './share';

/** Clusters no longer followed whose last state is kept, so that going back shows it at once. */
const KEPT_UNFOLLOWED = 4;

export interface StoreDeps {
  after(ms: number, task: () => void): () => void;
  /** Runs `task` before the next paint: however many frames come, the page renders once. */
  beforePaint(task: () => void): void;
  link(events: LinkEvents): StreamLink;
}

/**
 * What the browser knows, outside React: components subscribe to the part they show. Views are
 * shared structurally with their predecessors, so whatever did not change keeps its identity and
 * whoever shows it does not render.
 */
export class StreamStore {
  readonly link: HeldLink;
  readonly #deps: StoreDeps;
  readonly #listeners = new Set<() => void>();
  readonly #follows = new Map<Topic, number>();
  #stream = emptyStream;
  #view = firstConnection;
  #scheduled = false;
  #followChange = false;

  constructor(deps: StoreDeps) {
    this.#deps = deps;
    this.link = new HeldLink(
      deps.link({
        onFrames: (frames) => this.#take(frames),
        onView: (view) => this.#look(view),
      }),
    );
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get stream(): StreamState {
    return this.#stream;
  }

  get view(): ConnectionView {
    return this.#view;
  }

  /** Asks for what the page follows, even if that is nothing: the ensembles are told to all. */
  start(): void {
    this.#refollow();
  }

  /** Follows a topic until the answer is called. */
  follow(topic: Topic): () => void {
    this.#follows.set(topic, (this.#follows.get(topic) ?? 0) + 1);
    this.#refollow();
    return () => {
      const left = (this.#follows.get(topic) ?? 1) - 1;
      if (left > 0) this.#follows.set(topic, left);
      else this.#follows.delete(topic);
      this.#refollow();
    };
  }

  /** One page goes and the next comes in one breath: reconnect once, for what then is wanted. */
  #refollow(): void {
    if (this.#followChange) return;
    this.#followChange = true;
    this.#deps.after(10, () => {
      this.#followChange = false;
      this.#forget();
      this.link.follow([...this.#follows.keys()]);
    });
  }

  #forget(): void {
    const unfollowed = [...this.#stream.clusters.keys()].filter(
      (id) => !this.#follows.has(`cluster:${id}`),
    );
    const doomed = unfollowed.slice(0, -KEPT_UNFOLLOWED);
    if (doomed.length === 0) return;
    const clusters = new Map(this.#stream.clusters);
    for (const id of doomed) clusters.delete(id);
    this.#stream = { ...this.#stream, clusters };
  }

  /** Folded at once, so that what comes next is compared with it; shown before the next paint. */
  #take(frames: readonly Frame[]): void {
    const before = this.#stream;
    for (const frame of frames) this.#stream = reduce(this.#stream, share(this.#stream, frame));
    if (this.#stream !== before) this.#soon();
  }

  #look(view: ConnectionView): void {
    const before = this.#view;
    this.#view = view;
    // A newer "last heard" alone is read once a second by whoever shows it.
    const { phase, offset, outdated } = view;
    if (phase === before.phase && offset === before.offset && outdated === before.outdated) return;
    this.#soon();
  }

  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#deps.beforePaint(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
