import type { Stats } from 'node:fs';
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@/lib/errors';

/** Written in pieces of about this many characters. */
const PIECE = 1_000_000;
/** No line is this long: the largest packet of ZooKeeper's client as base64, and its ACL. */
const MOST_LINE_BYTES = 192 * 1024 * 1024;
const LINE_BREAK = 0x0a;

/**
 * Writes a file line by line under another name, which becomes its own once everything is on disk:
 * under its own name it is whole or not there. Only its owner may read it, or whoever might read the
 * one `before` it. Throws `bad-input` where there is one already, unless `replace`. @returns what
 * `fill` does.
 */
export async function writeLines<T>(
  file: string,
  { replace, before = null }: { readonly replace: boolean; readonly before?: Stats | null },
  fill: (write: (line: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const partial = `${file}.${process.pid}.partial`;
  const handle = await open(partial, 'wx', 0o600).catch((error: unknown) => {
    throw unusable(partial, 'written', error);
  });
  const put = (text: string) =>
    handle.appendFile(text).catch((error: unknown) => {
      throw unusable(file, 'written', error);
    });
  try {
    let waiting = '';
    const filled = await fill(async (line) => {
      waiting += `${line}\n`;
      if (waiting.length < PIECE) return;
      const piece = waiting;
      waiting = '';
      await put(piece);
    });
    await put(waiting);
    if (before) await resemble(handle, before);
    await handle.sync();
    await handle.close();
    await publish(partial, file, replace);
    return filled;
  } catch (error) {
    await handle.close().catch(() => {});
    await unlink(partial).catch(() => {});
    throw error;
  }
}

async function resemble(handle: FileHandle, { mode, uid, gid }: Stats): Promise<void> {
  // Who isn't root may not give a file away: then it is theirs.
  await handle.chown(uid, gid).catch(() => {});
  await handle.chmod(mode & 0o777);
}

async function publish(partial: string, file: string, replace: boolean): Promise<void> {
  if (replace) await rename(partial, file);
  else {
    // Unlike a renaming this never replaces what somebody else has put there meanwhile.
    await link(partial, file).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? taken(file) : unusable(file, 'written', error);
    });
    await unlink(partial);
  }
  const folder = await open(path.dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}

export function taken(file: string): Failure {
  return new Failure(
    'bad-input',
    `${file} is there already: name another, or replace it by --force.`,
  );
}

/**
 * Reads a file again and again, for as long as it is the one that was read first: what was looked at
 * is what is imported. Throws as `readLines` does, and `moved` where it is another by now.
 */
export function linesOfOne(file: string): () => AsyncGenerator<string> {
  let first: string | null = null;
  return () =>
    readLines(file, async (handle) => {
      const { dev, ino, size, mtimeNs } = await handle.stat({ bigint: true });
      const which = [dev, ino, size, mtimeNs].join(' ');
      first ??= which;
      if (first !== which) throw new Failure('moved', `${file} has been changed meanwhile.`);
    });
}

/**
 * The lines of a file, without their line breaks; a last one that has none is a line too. Nothing but
 * a line feed ends one. Throws `bad-input` where it can't be read, and whatever `check` throws of it.
 */
export async function* readLines(
  file: string,
  check: (handle: FileHandle) => Promise<void> = async () => {},
): AsyncGenerator<string> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw unusable(file, 'read', error);
  });
  try {
    await check(handle);
    yield* linesOf(handle, file);
  } catch (error) {
    throw error instanceof Failure ? error : unusable(file, 'read', error);
  } finally {
    await handle.close().catch(() => {});
  }
}

async function* linesOf(handle: FileHandle, file: string): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of handle.createReadStream({ highWaterMark: 256 * 1024 })) {
    let at = 0;
    for (;;) {
      const end = (chunk as Buffer).indexOf(LINE_BREAK, at);
      const piece = (chunk as Buffer).subarray(at, end < 0 ? undefined : end);
      begun.push(piece);
      bytes += piece.length;
      if (bytes > MOST_LINE_BYTES) {
        throw new Failure('bad-input', `${file} has a line that is too long for exported znodes.`);
      }
      if (end < 0) break;
      yield Buffer.concat(begun).toString('utf8');
      begun = [];
      bytes = 0;
      at = end + 1;
    }
  }
  if (bytes > 0) yield Buffer.concat(begun).toString('utf8');
}

function unusable(file: string, what: 'read' | 'written', error: unknown): Failure {
  const why = (error as NodeJS.ErrnoException).code ?? String(error);
  return new Failure('bad-input', `${file} can't be ${what}: ${why}.`, error);
}
