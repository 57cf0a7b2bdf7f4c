import { replaceEqualDeep } from '@tanstack/react-query';
import type { Frame, Topic } from '@/lib/stream/frames';
import { emptyStream, reduce, type StreamState } from '@/lib/stream/reducer';
import {
  type ConnectionDeps,
  type ConnectionView,
  firstConnection,
  StreamConnection,
} from './connection';

/** Clusters no longer followed whose last state is kept, so that going back shows it at once. */
const KEPT_UNFOLLOWED = 4;

export interface StoreDeps extends ConnectionDeps {
  /** Runs `task` before the next paint: however many frames come, the page renders once. */
  beforePaint(task: () => void): void;
}

/**
 * What the browser knows, outside React: components subscribe to the part they show. Views are
 * shared structurally with their predecessors, so whatever did not change keeps its identity and
 * whoever shows it does not render.
 */
export class StreamStore {
  readonly connection: StreamConnection;
  readonly #deps: StoreDeps;
  readonly #listeners = new Set<() => void>();
  readonly #follows = new Map<Topic, number>();
  #stream = emptyStream;
  #view = firstConnection;
  #waiting: Frame[] = [];
  #followChange = false;

  constructor(deps: StoreDeps) {
    this.#deps = deps;
    this.connection = new StreamConnection(
      deps,
      (frame) => this.#take(frame),
      (view) => {
        this.#view = view;
        this.#soon();
      },
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
      if (this.#follows.size === 0) return;
      this.#forget();
      this.connection.follow([...this.#follows.keys()]);
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

  #take(frame: Frame): void {
    this.#waiting.push(frame);
    if (this.#waiting.length === 1) this.#soon();
  }

  #scheduled = false;

  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#deps.beforePaint(() => {
      this.#scheduled = false;
      const frames = this.#waiting;
      this.#waiting = [];
      for (const frame of frames) this.#stream = reduce(this.#stream, share(this.#stream, frame));
      for (const listener of this.#listeners) listener();
    });
  }
}

function share(state: StreamState, frame: Frame): Frame {
  switch (frame.type) {
    case 'cluster': {
      const before = state.clusters.get(frame.id)?.view;
      return before ? { ...frame, view: replaceEqualDeep(before, frame.view) } : frame;
    }
    case 'fleet':
      return {
        ...frame,
        changed: frame.changed.map((row) => replaceEqualDeep(state.fleet.get(row.id), row)),
      };
    case 'ensembles':
      return { ...frame, ensembles: replaceEqualDeep(state.ensembles, frame.ensembles) };
    default:
      return frame;
  }
}
