import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import {
  decode,
  type Header,
  NotABackup,
  type Part,
  type Progress,
  rowsIn,
  type Totals,
} from './backup-format';

/** Unpacked at once. Small ones would be put together again and again. */
const CHUNK_BYTES = 2 ** 18;

/** A file is there already and is not to be replaced. */
export class FileExists extends Error {
  constructor(path: string) {
    super(`${path} exists already: name another file, or say --force to replace it`);
    this.name = 'FileExists';
  }
}

/**
 * Writes a compressed file that is there whole or not at all: under another name first, on disk
 * before it gets its own. @returns its size, bytes.
 * @throws FileExists
 */
export async function writeWhole(
  path: string,
  bytes: AsyncIterable<Buffer>,
  { replace }: { replace: boolean },
): Promise<number> {
  if (!replace && existsSync(path)) throw new FileExists(path);
  const unfinished = `${path}.${process.pid}.new`;
  await rm(unfinished, { force: true });
  // Others of this machine have no business with what history says.
  const file = createWriteStream(unfinished, { mode: 0o600, flags: 'wx' });
  try {
    // What fails before it is there would be removed before it is there.
    await once(file, 'open');
    await pipeline(bytes, createGzip(), file);
    const written = await open(unfinished, 'r');
    await written.sync().finally(() => written.close());
    await (replace ? rename(unfinished, path) : renameAnew(unfinished, path));
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
    return file.bytesWritten;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** A link is refused where there is a file by now; not every file system has links. */
async function renameAnew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || existsSync(to)) throw new FileExists(to);
    await rename(from, to);
  }
}

/** The parts of a backup. @throws NotABackup, in a sentence with the file's name */
export async function* partsOf(path: string): AsyncGenerator<Part> {
  const file = createReadStream(path);
  // So that a file that can't be opened says so, and not what became of unpacking it.
  await once(file, 'ready');
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
  const unpacking = pipeline(file, unpacked);
  // Whoever reads on meets the same error.
  unpacking.catch(() => {});
  try {
    yield* decode(unpacked);
    await unpacking;
  } catch (error) {
    throw inWords(error, path);
  } finally {
    file.destroy();
  }
}

function inWords(error: unknown, path: string): unknown {
  if (error instanceof NotABackup) return new NotABackup(`${path} ${error.message}`);
  const { code, message } = error as NodeJS.ErrnoException;
  // The first bytes of a file are those of any that gzip has made, or they are not.
  const isOther = message === 'incorrect header check';
  if (code === 'Z_BUF_ERROR') return new NotABackup(`${path} is cut off`);
  if (code !== 'Z_DATA_ERROR') return error;
  return new NotABackup(`${path} ${isOther ? 'is not a backup of Howdah' : 'has been altered'}`);
}

/** Reads all of a backup and believes nothing. @returns what it says of itself */
export async function checkWhole(
  path: string,
  onProgress: (progress: Progress) => void = () => {},
): Promise<{ header: Header; totals: Totals }> {
  let header: Header | null = null;
  let totals: Totals | null = null;
  let [table, tables, rows] = ['', 0, 0];
  for await (const part of partsOf(path)) {
    if (part.is === 'header') header = part;
    if (part.is === 'end') totals = part;
    if (part.is === 'table') table = part.name;
    if (part.is === 'end of table') tables += 1;
    if (part.is === 'rows') {
      rows += rowsIn(part.bytes);
      onProgress({ table, tables, rows });
    }
  }
  if (!header || !totals) throw new NotABackup(`${path} is cut off`);
  return { header, totals };
}
