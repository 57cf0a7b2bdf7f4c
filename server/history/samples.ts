import { Failure } from '@/lib/errors';
import { type Figure, figures, type LagChunk } from '@/lib/history/lag';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { LagSample } from '@/lib/topology/event';
import type { Clock, LagStore } from '../ports';

export interface SamplesOptions {
  readonly clock: Clock;
  readonly store: Pick<LagStore, 'ready' | 'write'>;
  readonly onError: (error: unknown) => void;
}

/** A member's samples of so long are one row: what packs well, and what SIGKILL may cost. */
const SPAN_MS = 60_000;
const WRITE_EVERY_MS = 1000;
/** So many are one statement: some milliseconds of work, after which others get their turn. */
const CHUNKS_AT_ONCE = 100;
/**
 * So many samples wait while the store is away, about 50 bytes each: some minutes of a large fleet
 * that is watched closely, an hour of a small one. Then the oldest are given up.
 */
const MOST_WAITING = 500_000;

type Growing = {
  readonly cluster: ClusterId;
  readonly member: string;
  readonly at: number[];
} & Record<Figure, (number | null)[]>;

interface Open {
  readonly began: number;
  readonly members: Map<string, Growing>;
}

/**
 * Keeps lag as it was sampled. Unlike events samples may be lost: what is in memory when the process
 * is killed, or finds no room there while the store is away, is a gap, and drawn as one.
 */
export class Samples {
  readonly #options: SamplesOptions;
  readonly #open = new Map<ClusterId, Open>();
  /** Whole chunks, oldest first. */
  #waiting: LagChunk[] = [];
  #count = 0;
  #lost = 0;
  #writing: Promise<void> | null = null;
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: SamplesOptions) {
    this.#options = options;
    this.#writeLater();
  }

  /** Samples that wait to be written, and that were given up since the start. */
  get figures(): { readonly waiting: number; readonly lost: number } {
    return { waiting: this.#count, lost: this.#lost };
  }

  /** No sample from before this is still to be written. */
  get writtenUntil(): number {
    const unwritten = [
      ...[...this.#open.values()].map(({ began }) => began),
      ...this.#waiting.flatMap(({ at }) => at[0] ?? []),
    ];
    return unwritten.reduce((least, began) => Math.min(least, began), this.#options.clock.now());
  }

  note(cluster: ClusterId, { at, members }: LagSample): void {
    if (this.#closed) return;
    let open = this.#open.get(cluster);
    if (open && (at >= open.began + SPAN_MS || at < open.began)) {
      this.#finish(cluster, open);
      open = undefined;
    }
    if (!open) {
      open = { began: at, members: new Map() };
      this.#open.set(cluster, open);
    }
    for (const [member, point] of Object.entries(members)) {
      let mine = open.members.get(member);
      if (!mine) {
        const empty = { sent: [], write: [], flush: [], replay: [], ms: [] };
        mine = { cluster, member, at: [], ...empty };
        open.members.set(member, mine);
      }
      mine.at.push(at);
      for (const figure of figures) mine[figure].push(whole(point[figure]));
    }
  }

  /** Writes what there is, if the store takes it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    for (const [cluster, open] of this.#open) this.#finish(cluster, open);
    await this.#writing;
    await this.#write();
  }

  #finish(cluster: ClusterId, { members }: Open): void {
    this.#open.delete(cluster);
    for (const chunk of members.values()) {
      this.#waiting.push(chunk);
      this.#count += chunk.at.length;
    }
    while (this.#count > MOST_WAITING) {
      const given = this.#waiting.shift()?.at.length ?? 0;
      this.#count -= given;
      this.#lost += given;
    }
  }

  #writeLater(): void {
    this.#cancel = this.#options.clock.after(WRITE_EVERY_MS, () => {
      const over = this.#options.clock.now() - SPAN_MS;
      // Clusters that have fallen silent.
      for (const [cluster, open] of this.#open) {
        if (open.began <= over) this.#finish(cluster, open);
      }
      this.#writing = this.#write().finally(() => {
        this.#writing = null;
        if (!this.#closed) this.#writeLater();
      });
    });
  }

  async #write(): Promise<void> {
    const { store, onError } = this.#options;
    while (this.#waiting.length > 0 && store.ready) {
      const taken = this.#waiting.slice(0, CHUNKS_AT_ONCE);
      try {
        await this.#writeChunks(taken);
      } catch (error) {
        // They are tried again; the store says itself that it is away.
        if (store.ready) onError(error);
        return;
      }
      // Some may have been given up meanwhile.
      const written = new Set(taken);
      this.#waiting = this.#waiting.filter((chunk) => !written.has(chunk));
      this.#count = this.#waiting.reduce((sum, { at }) => sum + at.length, 0);
    }
  }

  /** What the store would refuse for ever must not stand in the way of what it would take. */
  async #writeChunks(chunks: readonly LagChunk[]): Promise<void> {
    const { store, onError } = this.#options;
    try {
      await store.write(chunks);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'bad-input') throw error;
      if (chunks.length > 1) {
        for (const chunk of chunks) await this.#writeChunks([chunk]);
        return;
      }
      onError(error);
      this.#lost += chunks[0]?.at.length ?? 0;
    }
  }
}

const whole = (value: number | null): number | null => (value === null ? null : Math.round(value));
