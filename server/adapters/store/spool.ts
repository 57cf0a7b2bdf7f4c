import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterEvent } from '@/lib/topology/event';
import type { Spool, SpooledBatch } from '@/server/ports';

/** One file a batch, named so that they sort by age. */
const FILE = /^\d{16}\.jsonl$/;
const nameOf = (seq: number): string => `${String(seq).padStart(16, '0')}.jsonl`;

interface Kept {
  readonly name: string;
  readonly events: number;
  readonly bytes: number;
}

/**
 * A folder in which batches of events wait for the store. A batch is there whole or not at all: it
 * gets its name only after it is on disk.
 */
export class FolderSpool implements Spool {
  readonly mostBytes: number;
  readonly #folder: string;
  /** Oldest first. */
  #kept: Kept[] = [];

  private constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.mostBytes = mostBytes;
  }

  /** Opens the folder, with what an earlier process left in it. Throws what the disk says. */
  static async open(folder: string, mostBytes: number): Promise<FolderSpool> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const spool = new FolderSpool(folder, mostBytes);
    for (const name of (await readdir(folder)).sort()) {
      if (FILE.test(name)) spool.#kept.push(await spool.#look(name));
      // It never got its name, so nobody was told that it is kept.
      else if (name.endsWith('.new')) await rm(join(folder, name));
    }
    return spool;
  }

  get events(): number {
    return this.#kept.reduce((sum, { events }) => sum + events, 0);
  }

  get bytes(): number {
    return this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async append(events: readonly ClusterEvent[]): Promise<boolean> {
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    const bytes = Buffer.byteLength(text);
    if (this.bytes + bytes > this.mostBytes) return false;
    const name = nameOf(events[0]?.seq ?? 0);
    const path = join(this.#folder, name);
    await this.#writeDurably(`${path}.new`, text);
    await rename(`${path}.new`, path);
    await this.#syncFolder();
    this.#kept.push({ name, events: events.length, bytes });
    return true;
  }

  async oldest(): Promise<SpooledBatch | null> {
    const [first] = this.#kept;
    if (!first) return null;
    const text = await readFile(join(this.#folder, first.name), 'utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    return { name: first.name, events: lines.map((line) => JSON.parse(line) as ClusterEvent) };
  }

  async drop({ name }: SpooledBatch): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
    this.#kept = this.#kept.filter((one) => one.name !== name);
  }

  async #writeDurably(path: string, text: string): Promise<void> {
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    await folder.sync().finally(() => folder.close());
  }

  async #look(name: string): Promise<Kept> {
    const path = join(this.#folder, name);
    const text = await readFile(path, 'utf8');
    const { size } = await stat(path);
    return { name, events: text.split('\n').length - 1, bytes: size };
  }
}
