import { z } from 'zod';
import { Failure } from '../errors';
import { lifetimes } from './lifetime';
import { absolutePath, isRelativePath } from './path';

/**
 * A subtree as a file: lines of JSON. The first says what it is, then comes a znode a line, each
 * after its parent, then a line that says that this was all, with a hash over the lines before: a
 * file that was cut off or edited is told from a whole one. How many znodes there are is known at
 * the end only, since nothing is held back while they are read.
 */
export const FORMAT = 'howdah-znodes';
export const FORMAT_VERSION = 1;

const count = z.number().int().nonnegative();
/** Decoding is strict about this much alone: the hash has seen the rest. */
const base64 = z
  .string()
  .refine((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), 'is not base64');

const access = z.strictObject({
  perms: z.number().int().min(0).max(31),
  // ZooKeeper writes down whom `auth` stands for: it never says so itself.
  scheme: z
    .string()
    .min(1)
    .refine((scheme) => scheme !== 'auth', 'can not be auth: name whom it stands for'),
  id: z.string(),
});

const header = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  /** Absolute. */
  root: z.string().refine((path) => absolutePath(path) === path, 'is no path in ZooKeeper'),
  /** Howdah's name of the ensemble it was read from. */
  ensemble: z.string().regex(/^[\w.-]+$/, 'is no name of an ensemble'),
  /** When reading began, ISO 8601. */
  at: z.iso.datetime(),
});

const znode = z.strictObject({
  /** Below the root; "" for the root itself. */
  path: z.string().refine((path) => path === '' || isRelativePath(path), 'is no path in ZooKeeper'),
  data: base64,
  acl: z.array(access).min(1, 'is empty, which ZooKeeper takes from nobody'),
  /** This and the next two are told for reading: an import can't restore them. */
  version: z.number().int(),
  mzxid: z.string(),
  /** Milliseconds since the epoch, by the ensemble's clock. */
  mtime: z.number().int(),
  lifetime: z.enum(lifetimes),
});

const end = z.strictObject({
  end: z.literal(true),
  count,
  /** How many were gone again before they had been read. */
  vanished: count,
  /** Of the lines before, each with its line break; hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256'),
});

export type SubtreeHeader = Readonly<z.output<typeof header>>;
export type SubtreeZnode = Readonly<z.output<typeof znode>>;
export type SubtreeEnd = Readonly<z.output<typeof end>>;

/** One line, without its line break. */
export function writeLine(line: SubtreeHeader | SubtreeZnode | SubtreeEnd): string {
  return JSON.stringify(line);
}

export type SubtreeLine =
  | { readonly is: 'header'; readonly header: SubtreeHeader }
  | { readonly is: 'znode'; readonly znode: SubtreeZnode }
  | { readonly is: 'end'; readonly end: SubtreeEnd };

/** Reads one line. Throws `bad-input` with one sentence that names the line by its number, from 1. */
export function readLine(text: string, number: number): SubtreeLine {
  const value = jsonOf(text, number);
  if ('format' in value) return { is: 'header', header: shaped(header, value, number) };
  if ('end' in value) return { is: 'end', end: shaped(end, value, number) };
  return { is: 'znode', znode: shaped(znode, value, number) };
}

function jsonOf(text: string, number: number): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(number, 'is not JSON');
  }
  if (typeof value !== 'object' || value === null) throw wrong(number, 'is not a JSON object');
  return value;
}

function shaped<T>(shape: z.ZodType<T>, value: object, number: number): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue?.path.map(String).join('.');
  throw wrong(number, `is wrong${at ? ` in "${at}"` : ''}: ${issue?.message}`);
}

/** What is wrong with a line, as `bad-input`. Nothing in the file moves the terminal it is said on. */
export function wrong(number: number, says: string): Failure {
  return new Failure('bad-input', `Line ${number} ${says.replace(/\p{Cc}/gu, '?')}.`);
}
