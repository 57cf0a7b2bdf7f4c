import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Malformed, Output } from './jute';
import { Packets } from './packets';

/** What comes out, when `bytes` arrive in pieces of these sizes through memory used again. */
function cut(bytes: Buffer, sizes: readonly number[]): string[] {
  const packets = new Packets();
  const taken: string[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    const piece = Buffer.from(bytes.subarray(at, at + size));
    packets.push(piece, (packet) => taken.push(packet.toString('hex')));
    piece.fill(0xee);
    at += size;
  }
  return taken;
}

test('packets come out whole and in order, in whatever pieces they arrive', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }),
      (sent, sizes) => {
        const output = new Output();
        for (const bytes of sent) output.bytes(bytes);
        expect(cut(output.take(), sizes)).toEqual(
          sent.map((bytes) => Buffer.from(bytes).toString('hex')),
        );
      },
    ),
  );
});

test('a length that none can have is malformed', () => {
  const push = (text: string) => new Packets().push(Buffer.from(text), () => {});
  expect(() => push('HTTP/1.1 400 Bad Request')).toThrow(Malformed);
  expect(() => new Packets().push(Buffer.from([255, 255, 255, 255]), () => {})).toThrow(Malformed);
});
