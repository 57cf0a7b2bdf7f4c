import { withoutSecrets } from '@/lib/secrets';
import type { Decoded } from '@/lib/topology/facts';
import type { RawZnode } from '@/server/ports';

/** Why a znode can't be understood; caught by `decode`, never seen outside it. */
export class Unreadable extends Error {}

const PREVIEW_BYTES = 240;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes one znode with `read`, which gets its text, without its secrets, and throws `Unreadable` when that makes no
 * sense. What can't be understood is kept and said, never taken for empty.
 */
export function decode<T>(raw: RawZnode | null, read: (text: string) => T): Decoded<T> {
  if (raw === null) return { is: 'absent' };
  try {
    return { is: 'ok', value: read(withoutSecrets(textOf(raw.data))), stat: raw.stat };
  } catch (error) {
    // A value nested too deeply to be looked at overflows the stack.
    if (error instanceof RangeError) return unreadable('it is nested too deeply', raw);
    if (!(error instanceof Unreadable)) throw error;
    return unreadable(error.message, raw);
  }
}

/** A znode that exists and could not even be read, for `why`. */
export function unreadable(why: string, raw: RawZnode | null): Decoded<never> {
  return {
    is: 'unreadable',
    why,
    preview: raw ? preview(raw.data) : '',
    bytes: raw?.data.length ?? 0,
    stat: raw?.stat ?? null,
  };
}

function textOf(data: Buffer): string {
  try {
    return strictUtf8.decode(data);
  } catch {
    throw new Unreadable('its bytes are not UTF-8 text');
  }
}

/**
 * Each alternative matches in one way only and a text that never ends matches to the end: whatever
 * the bytes are, the time is linear.
 */
const TEXT_OR_LONG_INTEGER =
  /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|(?<![\d.eE+])-?(?<!\d)\d{16,}(?![\d.eE])/g;

/** Most znodes have none, and are spared the walk through all their texts. */
const LONG_INTEGER = /\d{16}/;

/**
 * Parses JSON, keeping integers of 16 and more digits as text: positions and system identifiers
 * outgrow a double.
 */
export function parseJson(text: string): unknown {
  const exact = LONG_INTEGER.test(text)
    ? text.replace(TEXT_OR_LONG_INTEGER, (token) => (token[0] === '"' ? token : `"${token}"`))
    : text;
  try {
    return JSON.parse(exact);
  } catch {
    throw new Unreadable('it is not valid JSON');
  }
}

/** The first bytes as printable text, the rest as \xNN, without what looks like a secret. */
function preview(data: Buffer): string {
  // More than is shown: a secret is known by what stands before it, and behind it.
  const head = data.subarray(0, 8 * PREVIEW_BYTES);
  const text = Array.from(head, (byte) =>
    byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
  const safe = withoutSecrets(text).slice(0, PREVIEW_BYTES);
  return data.length > PREVIEW_BYTES ? `${safe}…` : safe;
}
