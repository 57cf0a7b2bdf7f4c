import { Malformed } from './jute';

const LENGTH_BYTES = 4;
/** No answer of ZooKeeper is this long: whoever says so does not speak its protocol. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Cuts what a socket delivers, in whatever pieces, into packets. */
export class Packets {
  /** The start of a packet that is not whole yet. */
  #pieces: Buffer[] = [];
  #have = 0;
  #needed = LENGTH_BYTES;

  /**
   * Hands out every packet that `chunk` completes, without its length; each is valid only until the
   * callback returns. Throws `Malformed` on a length that can't be one, and whatever `take` throws:
   * it is out of step then, and of no more use.
   */
  push(chunk: Buffer, take: (packet: Buffer) => void): void {
    let bytes = chunk;
    if (this.#have > 0) {
      // The chunk is its owner's to use again.
      this.#pieces.push(Buffer.from(chunk));
      this.#have += chunk.length;
      if (this.#have < this.#needed) return;
      bytes = Buffer.concat(this.#pieces, this.#have);
      this.#pieces = [];
      this.#have = 0;
    }
    let at = 0;
    for (;;) {
      const end = at + sizeOf(bytes, at);
      if (end > bytes.length) {
        this.#keep(bytes.subarray(at), end - at);
        return;
      }
      take(bytes.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
  }

  #keep(rest: Buffer, needed: number): void {
    this.#needed = needed;
    if (rest.length === 0) return;
    this.#pieces = [Buffer.from(rest)];
    this.#have = rest.length;
  }
}

/** Of the packet that starts there, with its length; of the length alone while that is not whole. */
function sizeOf(bytes: Buffer, at: number): number {
  if (bytes.length - at < LENGTH_BYTES) return LENGTH_BYTES;
  const size = bytes.readInt32BE(at);
  if (size < 0 || size > MOST_BYTES) throw new Malformed(`a packet can't have ${size} bytes`);
  return LENGTH_BYTES + size;
}
