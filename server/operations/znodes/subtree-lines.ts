import { createHash } from 'node:crypto';
import type { PlacedZnode, SubtreeParser } from '@/lib/znodes/subtree-parser';

/** The hash of lines, each with its line break. */
export class LinesHash {
  readonly #hash = createHash('sha256');

  add(line: string): void {
    this.#hash.update(line).update('\n');
  }

  hex(): string {
    return this.#hash.digest('hex');
  }
}

/**
 * The znodes of a file, one after the other. Throws `bad-input` for what is not a whole and
 * unchanged file; only at its end that is known, so whoever acts before has to have read it once.
 */
export async function* znodesOf(
  lines: AsyncIterable<string>,
  parser: SubtreeParser,
): AsyncGenerator<PlacedZnode> {
  const hash = new LinesHash();
  for await (const line of lines) {
    const znode = parser.take(line);
    if (!parser.ended) hash.add(line);
    if (znode) yield znode;
  }
  parser.finish(hash.hex());
}
