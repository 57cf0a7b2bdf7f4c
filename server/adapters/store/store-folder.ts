import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { HistoryRecord } from '@/lib/history/record';
import type { Clock, Spool } from '@/server/ports';
import { lockFolder } from './folder-lock';
import { FolderSpool } from './spool';

interface StoreFolderOptions {
  readonly clock: Clock;
  readonly folder: string;
  readonly spoolBytes: number;
  readonly log: Logger;
  /** It is ours. What this rejects with is in the way, too. */
  readonly onOpen: (spool: Spool<HistoryRecord>) => Promise<void>;
  /** Called after each attempt. */
  readonly onTried: () => void;
}

/** Between two attempts to get the folder. */
const RETRY_MS = 2000;

/** The folder of the store: one process's at a time, tried again until it is ours. */
export class StoreFolder {
  readonly #options: StoreFolderOptions;
  #lock: { release(): void } | null = null;
  #trouble: { readonly since: number; readonly says: string } | null = null;
  #cancelRetry: () => void = () => {};
  #givenUp = false;

  constructor(options: StoreFolderOptions) {
    this.#options = options;
  }

  /** What is in the way, since when; null: nothing is. */
  get trouble(): { readonly since: number; readonly says: string } | null {
    return this.#trouble;
  }

  async open(): Promise<void> {
    const { clock, folder, spoolBytes, log, onOpen, onTried } = this.#options;
    try {
      // PostgreSQL's user has to pass, where that is another than ours.
      mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
      this.#lock = lockFolder(folder);
      await onOpen(await FolderSpool.open(join(folder, 'spool'), spoolBytes));
      this.#trouble = null;
    } catch (error) {
      this.release();
      const says = `${error instanceof Error ? error.message : error}.`;
      if (this.#trouble?.says !== says) log.warn(`history is not kept: ${says}`);
      this.#trouble = { since: this.#trouble?.since ?? clock.now(), says };
      if (!this.#givenUp) this.#cancelRetry = clock.after(RETRY_MS, () => void this.open());
    }
    onTried();
  }

  /** It is not tried for any more. What is ours stays so until it is released. */
  giveUp(): void {
    this.#givenUp = true;
    this.#cancelRetry();
  }

  release(): void {
    this.#lock?.release();
    this.#lock = null;
  }
}
