import { Failure } from '../errors';
import { joinPath, parentOf } from './path';
import {
  readLine,
  type SubtreeEnd,
  type SubtreeHeader,
  type SubtreeZnode,
  wrong,
} from './subtree-lines';

/** A znode of a file, with its place in ZooKeeper. */
export interface PlacedZnode extends Omit<SubtreeZnode, 'path'> {
  /** Absolute. */
  readonly path: string;
}

/**
 * Takes in the lines of a file, one after the other, and holds them to what a file must be: a header,
 * then each znode once and after its parent, then the end. It keeps the paths, not the bytes.
 * Everything throws `bad-input` with one sentence.
 */
export class SubtreeParser {
  readonly #paths = new Set<string>();
  #lines = 0;
  #header: SubtreeHeader | null = null;
  #end: SubtreeEnd | null = null;

  get header(): SubtreeHeader {
    if (!this.#header) throw new Failure('bad-input', 'The file is empty.');
    return this.#header;
  }

  /** The last line has been taken in. */
  get ended(): boolean {
    return this.#end !== null;
  }

  /** @returns the znode of that line, or null where it is the first or the last. */
  take(text: string): PlacedZnode | null {
    this.#lines += 1;
    if (this.#end) throw wrong(this.#lines, 'comes after the end');
    const line = readLine(text, this.#lines);
    if (this.#lines === 1) {
      if (line.is !== 'header') throw wrong(1, 'is not the header of exported znodes');
      this.#header = line.header;
      return null;
    }
    switch (line.is) {
      case 'header':
        throw wrong(this.#lines, 'is a second header');
      case 'end':
        this.#end = line.end;
        return null;
      case 'znode':
        return this.#place(line.znode);
    }
  }

  /**
   * To be called after the last line, with the hash of all lines but that one.
   * @returns what the last line says.
   */
  finish(sha256: string): SubtreeEnd {
    const { header } = this;
    if (!this.#end) {
      throw new Failure('bad-input', `The file ends after line ${this.#lines}: it is cut off.`);
    }
    if (this.#end.count !== this.#paths.size) {
      const says = `The file has ${this.#paths.size} znodes where its last line says ${this.#end.count}.`;
      throw new Failure('bad-input', says);
    }
    if (this.#end.sha256 !== sha256) {
      const says = `The file has been changed since ${header.root} was exported: its hash is another.`;
      throw new Failure('bad-input', says);
    }
    return this.#end;
  }

  #place(znode: SubtreeZnode): PlacedZnode {
    const path = joinPath(this.header.root, znode.path);
    if (this.#paths.has(path)) throw wrong(this.#lines, `has ${path} a second time`);
    const parent = parentOf(path);
    if (znode.path !== '' && (parent === null || !this.#paths.has(parent))) {
      throw wrong(this.#lines, `has ${path} before its parent`);
    }
    this.#paths.add(path);
    return { ...znode, path };
  }
}
