import { createHash } from 'node:crypto';
import type { Migration } from './migrations';

/**
 * What a backup holds, before it is compressed: marks and rows in turn, each with a letter and its
 * length in front. The marks are JSON, the rows what PostgreSQL's COPY writes as text, UTF-8, so
 * that any later version reads them. The last mark counts and digests all before it.
 */
export type Part =
  | ({ readonly is: 'header' } & Header)
  | ({ readonly is: 'table' } & TableMark)
  | { readonly is: 'rows'; readonly bytes: Buffer }
  | { readonly is: 'end of table'; readonly rows: number }
  | ({ readonly is: 'end' } & Totals);

export interface Header {
  readonly format: 'howdah backup';
  readonly version: number;
  /** When the rows were so. ISO 8601. */
  readonly at: string;
  /** "18.4" */
  readonly server: string;
  readonly migration: Migration;
}

export interface TableMark {
  readonly name: string;
  readonly columns: readonly string[];
  /** Where it is a partition: of what, which part, and how it is divided further itself. */
  readonly parent: string | null;
  readonly bound: string | null;
  readonly divided: string | null;
}

export interface Totals {
  readonly tables: number;
  readonly rows: number;
  /** What each sequence gave last. */
  readonly sequences: readonly { readonly name: string; readonly last: string }[];
}

/** How far a backup, a restore or a check has come. */
export interface Progress {
  /** The one it is at, and how many are done. */
  readonly table: string;
  readonly tables: number;
  readonly rows: number;
}

export const FORMAT_VERSION = 1;

/** Why a file is not to be restored, in words that follow its name. */
export class NotABackup extends Error {
  override readonly name = 'NotABackup';
}

const letters = { header: 'H', table: 'T', rows: 'R', 'end of table': 'E', end: 'Z' } as const;
const isOf = new Map<string, Part['is']>(
  Object.entries(letters).map(([is, letter]) => [letter, is as Part['is']]),
);
const HEAD_BYTES = 5;
/** Longer ones are cut; a length beyond it was never written. */
const MOST_BYTES = 2 ** 20;

/** Turns parts into bytes. */
export class Encoder {
  readonly #digest = createHash('sha256');

  *encode(part: Part): Generator<Buffer> {
    if (part.is === 'rows') {
      for (let at = 0; at < part.bytes.length; at += MOST_BYTES) {
        yield this.#frame('rows', part.bytes.subarray(at, at + MOST_BYTES));
      }
      return;
    }
    const { is, ...mark } = part;
    const all = is === 'end' ? { ...mark, sha256: this.#digest.copy().digest('hex') } : mark;
    yield this.#frame(is, Buffer.from(JSON.stringify(all)));
  }

  #frame(is: Part['is'], payload: Buffer): Buffer {
    const head = Buffer.alloc(HEAD_BYTES);
    head.write(letters[is], 'latin1');
    head.writeUInt32BE(payload.length, 1);
    const frame = Buffer.concat([head, payload]);
    this.#digest.update(frame);
    return frame;
  }
}

/**
 * Turns bytes back into parts, and checks on the way that they are in order, counted and digested
 * as they were written. Only who has got the last of them knows that.
 * @throws NotABackup
 */
export async function* decode(bytes: AsyncIterable<Buffer>): AsyncGenerator<Part> {
  const checks = new Checks();
  const digest = createHash('sha256');
  let waiting: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    while (waiting.length >= HEAD_BYTES) {
      const is = isOf.get(waiting.toString('latin1', 0, 1));
      const length = waiting.readUInt32BE(1);
      if (!is || length > MOST_BYTES) throw new NotABackup(checks.whyNot);
      const end = HEAD_BYTES + length;
      if (waiting.length < end) break;
      const part = parse(is, waiting.subarray(HEAD_BYTES, end), checks);
      checks.take(part, () => digest.copy().digest('hex'));
      digest.update(waiting.subarray(0, end));
      waiting = waiting.subarray(end);
      yield part;
    }
  }
  if (!checks.ended) throw new NotABackup(checks.began ? 'is cut off' : checks.whyNot);
  if (waiting.length > 0) throw new NotABackup('has been altered: something follows its end');
}

function parse(is: Part['is'], payload: Buffer, { whyNot }: Checks): Part {
  if (is === 'rows') return { is, bytes: payload };
  try {
    return { ...JSON.parse(payload.toString('utf8')), is } as Part;
  } catch {
    throw new NotABackup(whyNot);
  }
}

/** What has come so far, against what the marks say of it. */
class Checks {
  began = false;
  ended = false;
  #inTable = false;
  #rowsOfTable = 0;
  #rows = 0;
  #tables = 0;

  get whyNot(): string {
    return this.began ? 'has been altered' : 'is not a backup of Howdah';
  }

  take(part: Part, digest: () => string): void {
    this.#expect(!this.ended && this.began === (part.is !== 'header'));
    switch (part.is) {
      case 'header':
        this.#expect(part.format === 'howdah backup');
        if (part.version !== FORMAT_VERSION) {
          throw new NotABackup(`is a backup of another format (${part.version}): a newer Howdah's`);
        }
        this.began = true;
        return;
      case 'table':
        this.#expect(!this.#inTable && Array.isArray(part.columns));
        this.#inTable = true;
        this.#rowsOfTable = 0;
        this.#tables += 1;
        return;
      case 'rows':
        this.#expect(this.#inTable);
        this.#rowsOfTable += rowsIn(part.bytes);
        return;
      case 'end of table':
        this.#expect(this.#inTable && part.rows === this.#rowsOfTable);
        this.#inTable = false;
        this.#rows += this.#rowsOfTable;
        return;
      case 'end':
        this.#expect(!this.#inTable && part.tables === this.#tables && part.rows === this.#rows);
        this.#expect((part as { sha256?: string }).sha256 === digest());
        this.ended = true;
        return;
    }
  }

  #expect(right: boolean): void {
    if (!right) throw new NotABackup(this.whyNot);
  }
}

/** COPY's text has one newline for each row: those within a value are written as `\n`. */
export function rowsIn(bytes: Buffer): number {
  let rows = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) rows += 1;
  return rows;
}
