import { type Frame, MOST_CLUSTERS, type Topic } from '@/lib/stream/frames';
import { emptyStream, reduce } from '@/lib/stream/reducer';
import { type ConnectionDeps, type ConnectionView, StreamConnection } from './connection';
import { Gatherer } from './gatherer';
import { commonFrames, topicFrames, topicOf } from './snapshot';
import { ALIVE_MS, type FromTab, type ToTab } from './tab-messages';

/** A tab that said nothing for this long has died without a goodbye. Hidden ones have left. */
export const DEAD_MS = ALIVE_MS * 4;
/** Clusters no longer followed whose last state is kept. */
const KEPT_UNFOLLOWED = 4;

export interface TabPort {
  post(message: ToTab): void;
}

interface Tab {
  readonly port: TabPort;
  topics: readonly Topic[];
  /** Topics it has not been told the whole of: what is new in them would be a torn picture. */
  readonly owed: Set<Topic>;
  heardAt: number;
}

/**
 * The one connection of a browser, for all of its tabs: follows what any tab that is looked at
 * shows, keeps the fold of it for tabs that come later, and closes when nobody looks.
 *
 * A tab is told a topic from the fold as soon as the fold is known to be whole: while the
 * connection that is open follows the topic, else when the next one has answered.
 */
export class SharedStream {
  readonly #deps: ConnectionDeps;
  readonly #connection: StreamConnection;
  readonly #gatherer: Gatherer;
  /** The tab that came, or was looked at, last is the last. */
  readonly #tabs = new Map<TabPort, Tab>();
  #fold = emptyStream;
  #union: readonly Topic[] = [];
  /** What the connection that last said hello follows. */
  #current: ReadonlySet<Topic> = new Set();
  #told: ConnectionView;
  #sweeping: (() => void) | null = null;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
    this.#gatherer = new Gatherer({
      now: deps.now,
      after: deps.after,
      state: () => this.#fold,
      release: (frames) => this.#release(frames),
    });
    this.#connection = new StreamConnection(
      deps,
      (frame) => this.#gatherer.take(frame),
      (view) => this.#onView(view),
    );
    this.#told = this.#connection.view;
    this.#connection.pause();
  }

  hear(port: TabPort, message: FromTab): void {
    switch (message.is) {
      case 'follow':
        this.#join(port, message.topics);
        break;
      case 'leave':
        this.drop(port);
        break;
      case 'retry':
        this.#connection.retry();
        break;
      case 'alive': {
        const tab = this.#tabs.get(port);
        if (tab) tab.heardAt = this.#deps.now();
        if (tab) this.#post(tab, []);
        else port.post({ view: this.#connection.view, frames: [], dropped: true });
      }
    }
  }

  /** The tab is gone, or rests. */
  drop(port: TabPort): void {
    if (!this.#tabs.delete(port)) return;
    if (this.#tabs.size === 0) {
      this.#current = new Set();
      this.#connection.pause();
      this.#sweeping?.();
      this.#sweeping = null;
    } else this.#refollow();
  }

  #join(port: TabPort, topics: readonly Topic[]): void {
    const before = this.#tabs.get(port);
    const known = new Set(before?.topics);
    const owed = topics.filter((topic) => !known.has(topic) || before?.owed.has(topic));
    this.#tabs.delete(port);
    const tab = { port, topics, owed: new Set(owed), heardAt: this.#deps.now() };
    this.#tabs.set(port, tab);
    this.#refollow();
    this.#connection.resume();
    this.#settle(tab, before ? [] : commonFrames(this.#fold));
    this.#sweepLater();
  }

  #refollow(): void {
    // Newest first: past the server's limit, those looked at longest ago go without.
    const wanted = [...this.#tabs.values()].reverse().flatMap((tab) => tab.topics);
    const clusters = new Set(wanted.filter((topic) => topic !== 'fleet'));
    const union = [...clusters].slice(0, MOST_CLUSTERS);
    this.#union = wanted.includes('fleet') ? ['fleet', ...union] : union;
    this.#forget();
    this.#connection.follow(this.#union);
  }

  /** Tells a tab, in one breath, what it is owed and can be told now. */
  #settle(tab: Tab, frames: Frame[]): void {
    for (const topic of tab.owed) {
      if (!this.#current.has(topic)) continue;
      tab.owed.delete(topic);
      frames.push(...topicFrames(this.#fold, topic));
    }
    this.#post(tab, frames.map(asJson));
  }

  #release(frames: readonly Frame[]): void {
    for (const frame of frames) {
      const restarted = frame.type === 'hello' && frame.epoch !== this.#fold.hello?.epoch;
      this.#fold = reduce(this.#fold, frame);
      if (frame.type === 'hello') this.#onHello(restarted);
    }
    const texts = frames.map((frame) => ({ topic: topicOf(frame), text: asJson(frame) }));
    for (const tab of this.#tabs.values()) {
      const theirs = texts.filter(
        ({ topic }) => topic === null || (tab.topics.includes(topic) && !tab.owed.has(topic)),
      );
      if (theirs.length > 0)
        this.#post(
          tab,
          theirs.map(({ text }) => text),
        );
    }
  }

  #onHello(restarted: boolean): void {
    this.#current = new Set(this.#union);
    for (const tab of this.#tabs.values()) {
      if (tab.owed.size === 0) continue;
      // Another process counts anew and tells everything anyway.
      if (restarted) for (const topic of this.#current) tab.owed.delete(topic);
      else this.#settle(tab, []);
    }
  }

  #onView(view: ConnectionView): void {
    const before = this.#told;
    const { phase, offset, outdated } = view;
    this.#told = view;
    if (phase === 'mending' || phase === 'lost') this.#current = new Set();
    // Every message carries the view: a newer "last heard" alone is worth none.
    if (phase === before.phase && offset === before.offset && outdated === before.outdated) return;
    for (const tab of this.#tabs.values()) this.#post(tab, []);
  }

  #post(tab: Tab, frames: readonly string[]): void {
    const cut = tab.topics.some((topic) => !this.#union.includes(topic));
    const { view } = this.#connection;
    // Cut off by the server's limit: nothing it shows is vouched for, and nothing is wrong.
    tab.port.post({ view: cut ? { ...view, phase: 'paused' } : view, frames, dropped: false });
  }

  #forget(): void {
    const unfollowed = [...this.#fold.clusters.keys()].filter(
      (id) => !this.#union.includes(`cluster:${id}`),
    );
    const doomed = new Set(unfollowed.slice(0, -KEPT_UNFOLLOWED));
    if (doomed.size === 0) return;
    const clusters = new Map([...this.#fold.clusters].filter(([id]) => !doomed.has(id)));
    this.#fold = { ...this.#fold, clusters };
  }

  #sweepLater(): void {
    this.#sweeping ??= this.#deps.after(ALIVE_MS, () => {
      this.#sweeping = null;
      const since = this.#deps.now() - DEAD_MS;
      const dead = [...this.#tabs.values()].filter((tab) => tab.heardAt < since);
      for (const tab of dead) this.drop(tab.port);
      if (this.#tabs.size > 0) this.#sweepLater();
    });
  }
}

const asJson = (frame: Frame): string => JSON.stringify(frame);
