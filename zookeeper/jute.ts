/**
 * Jute, ZooKeeper's encoding: numbers big-endian, texts and bytes after their length, a length of -1
 * for none at all.
 */

/** What has come can't be what ZooKeeper says. */
export class Malformed extends Error {}

/** Collects what is to be sent in one piece. */
export class Output {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 16_384) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  int(value: number): this {
    const at = this.#reserve(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  long(value: bigint): this {
    const at = this.#reserve(8);
    this.#bytes.writeBigInt64BE(value, at);
    return this;
  }

  flag(value: boolean): this {
    const at = this.#reserve(1);
    this.#bytes[at] = value ? 1 : 0;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.int(value.length);
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  text(value: string): this {
    const size = Buffer.byteLength(value);
    this.int(size);
    const at = this.#reserve(size);
    this.#bytes.write(value, at);
    return this;
  }

  /** What `write` writes, after its length: a packet. Nothing is left of one that it fails on. */
  packet(write: (output: Output) => void): this {
    const start = this.#reserve(4);
    try {
      write(this);
    } catch (error) {
      this.#length = start;
      throw error;
    }
    this.#bytes.writeInt32BE(this.#length - start - 4, start);
    return this;
  }

  /** All of it, copied; empty afterwards. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  /** Makes room. @returns where. */
  #reserve(size: number): number {
    const at = this.#length;
    const needed = at + size;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#length = needed;
    return at;
  }
}

/** Reads a packet from its start to its end. Throws `Malformed` beyond. */
export class Input {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#advance(4));
  }

  long(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8));
  }

  /** A long that is no larger than 2^53: a time, say. */
  number(): number {
    const at = this.#advance(8);
    return this.#bytes.readInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4);
  }

  /** A long as unsigned hexadecimal digits, as ZooKeeper's own tools print ids. */
  hex(): string {
    const at = this.#advance(8);
    const high = this.#bytes.readUInt32BE(at);
    const low = this.#bytes.readUInt32BE(at + 4);
    return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
  }

  text(): string {
    const size = Math.max(0, this.int());
    const at = this.#advance(size);
    return this.#bytes.toString('utf8', at, at + size);
  }

  /** A copy: what is read from is used again. */
  bytes(): Buffer {
    const size = Math.max(0, this.int());
    const at = this.#advance(size);
    return Buffer.from(this.#bytes.subarray(at, at + size));
  }

  #advance(size: number): number {
    const at = this.#at;
    if (at + size > this.#bytes.length) {
      throw new Malformed(`a packet of ${this.#bytes.length} bytes ends before ${at + size}`);
    }
    this.#at = at + size;
    return at;
  }
}
