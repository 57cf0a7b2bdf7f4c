import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gap } from '@/lib/history/history';
import type { HistoryRecord } from '@/lib/history/record';
import type { Spool, SpooledBatch } from '@/server/ports';

/** One file a batch, named so that they sort by age. */
const FILE = /^\d{16}\.jsonl$/;
const nameOf = (seq: number): string => `${String(seq).padStart(16, '0')}.jsonl`;
const LOSING = 'losing.json';
const UNREADABLE = '.unreadable';
/** What a file takes on a disk at the least. */
const BLOCK_BYTES = 4096;

interface Kept {
  readonly name: string;
  readonly records: number;
  readonly bytes: number;
}

/**
 * A folder in which batches of records wait for the store. A batch is there whole or not at all: it
 * gets its name only after it is on disk.
 */
export class FolderSpool<T extends { readonly seq: number } = HistoryRecord> implements Spool<T> {
  readonly mostBytes: number;
  readonly #folder: string;
  /** By name, oldest first. */
  readonly #kept = new Map<string, Kept>();
  #records = 0;
  #bytes = 0;
  #losing: Gap | null = null;
  #aside = 0;

  private constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.mostBytes = mostBytes;
  }

  /** Opens the folder, with what an earlier process left in it. Throws what the disk says. */
  static async open<T extends { readonly seq: number } = HistoryRecord>(
    folder: string,
    mostBytes: number,
  ): Promise<FolderSpool<T>> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const spool = new FolderSpool<T>(folder, mostBytes);
    for (const name of (await readdir(folder)).sort()) {
      if (FILE.test(name)) spool.#keep(await spool.#look(name));
      else if (name.endsWith(UNREADABLE)) spool.#aside += 1;
      // It never got its name, so nobody was told that it is kept.
      else if (name.endsWith('.new')) await rm(join(folder, name));
    }
    const losing = await readFile(join(folder, LOSING), 'utf8').catch(() => 'null');
    spool.#losing = parse<Gap>(losing);
    return spool;
  }

  get records(): number {
    return this.#records;
  }

  /** A number is a time in microseconds, give or take what came at once. */
  get oldestAt(): number | null {
    const [oldest] = this.#kept.keys();
    return oldest === undefined ? null : Math.floor(Number.parseInt(oldest, 10) / 1000);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get losing(): Gap | null {
    return this.#losing;
  }

  /** A batch that begins with this number is behind all that wait. */
  get next(): number {
    const newest = [...this.#kept.keys()].at(-1);
    return newest === undefined ? 0 : Number.parseInt(newest, 10) + 1;
  }

  /** Files that hold no records, put aside for a person to look at. */
  get aside(): number {
    return this.#aside;
  }

  async append(records: readonly T[], must?: 'must'): Promise<boolean> {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const bytes = Math.max(BLOCK_BYTES, Buffer.byteLength(text));
    if (this.#bytes + bytes > this.mostBytes && must === undefined) return false;
    const name = nameOf(records[0]?.seq ?? 0);
    await this.#writeDurably(name, text);
    this.#keep({ name, records: records.length, bytes });
    return true;
  }

  /**
   * What is no records is put aside under another name, for a person to look at. Throws what the disk
   * says: what it does not give now is not taken for that.
   */
  async oldest(most: number): Promise<readonly SpooledBatch<T>[]> {
    // A process that was ending as this folder was opened may have written there since.
    if (this.#kept.size === 0) await this.#list();
    const batches: SpooledBatch<T>[] = [];
    let count = 0;
    for (const { name, records: waiting } of [...this.#kept.values()]) {
      // One at the least, however large it is.
      if (batches.length > 0 && count + waiting > most) break;
      const text = await readFile(join(this.#folder, name), 'utf8').catch(goneAsNull);
      if (text === null) {
        this.#forget(name);
        continue;
      }
      const lines = text.split('\n').filter((line) => line !== '');
      const records = lines.flatMap((line) => parse<T>(line) ?? []);
      if (records.length > 0 && records.length === lines.length) {
        batches.push({ name, records });
        count += records.length;
      } else await this.putAside({ name });
    }
    return batches;
  }

  async putAside({ name }: Pick<SpooledBatch<T>, 'name'>): Promise<void> {
    const path = join(this.#folder, name);
    await rename(path, `${path}${UNREADABLE}`).catch(goneAsNull);
    this.#aside += 1;
    this.#forget(name);
  }

  async #list(): Promise<void> {
    for (const name of (await readdir(this.#folder)).sort()) {
      if (!FILE.test(name) || this.#kept.has(name)) continue;
      const found = await this.#look(name).catch(goneAsNull);
      if (found !== null) this.#keep(found);
    }
  }

  async drop({ name }: SpooledBatch<T>): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
    this.#forget(name);
  }

  async noteLosing(gap: Gap | null): Promise<void> {
    if (gap === null) await rm(join(this.#folder, LOSING), { force: true });
    else await this.#writeDurably(LOSING, JSON.stringify(gap));
    this.#losing = gap;
  }

  #keep(kept: Kept): void {
    // A batch whose first attempt failed half-way comes again, with more behind it.
    this.#forget(kept.name);
    this.#kept.set(kept.name, kept);
    this.#records += kept.records;
    this.#bytes += kept.bytes;
  }

  #forget(name: string): void {
    const kept = this.#kept.get(name);
    if (!kept) return;
    this.#kept.delete(name);
    this.#records -= kept.records;
    this.#bytes -= kept.bytes;
  }

  async #writeDurably(name: string, text: string): Promise<void> {
    const path = join(this.#folder, name);
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    const folder = await open(this.#folder, 'r');
    await folder.sync().finally(() => folder.close());
  }

  async #look(name: string): Promise<Kept> {
    const path = join(this.#folder, name);
    const text = await readFile(path, 'utf8');
    const { size } = await stat(path);
    return { name, records: text.split('\n').length - 1, bytes: Math.max(BLOCK_BYTES, size) };
  }
}

function goneAsNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T | null;
  } catch {
    return null;
  }
}

/** What waits in a spool that another process may have open. It only looks. */
export async function measureSpool(folder: string): Promise<{ files: number; bytes: number }> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names
      .filter((name) => FILE.test(name))
      // Written to the store since.
      .map((name) =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => null,
        ),
      ),
  );
  const there = sizes.filter((size) => size !== null);
  return { files: there.length, bytes: there.reduce((sum, size) => sum + size, 0) };
}
