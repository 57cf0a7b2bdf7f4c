import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Input, Malformed, Output } from './jute';

const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

test('what is written is read again, however long', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      long,
      fc.record({
        text: fc.string({ unit: 'binary', maxLength: 300 }),
        bytes: fc.uint8Array({ maxLength: 300 }),
      }),
      (int, number, { text, bytes }) => {
        const output = new Output(8);
        output.packet((packet) => packet.int(int).long(number).text(text).bytes(bytes).flag(true));
        const input = new Input(output.take());
        expect(input.int()).toBe(input.left);
        expect(input.int()).toBe(int);
        expect(input.long()).toBe(number);
        expect(input.text()).toBe(text);
        expect([...input.bytes()]).toEqual([...bytes]);
        expect(input.left).toBe(1);
        expect(output.length).toBe(0);
      },
    ),
  );
});

test('an id is told in hexadecimal, unsigned, whatever its size', () => {
  fc.assert(
    fc.property(long, (id) => {
      const written = () => new Input(new Output().long(id).take());
      expect(written().hex()).toBe(BigInt.asUintN(64, id).toString(16));
    }),
  );
});

test('a time is told to the millisecond', () => {
  const now = 1_795_000_000_123;
  expect(new Input(new Output().long(BigInt(now)).take()).number()).toBe(now);
  expect(new Input(new Output().long(-1n).take()).number()).toBe(-1);
});

test('none at all is read as nothing', () => {
  const none = () => new Input(new Output().int(-1).take());
  expect(none().bytes()).toHaveLength(0);
  expect(none().text()).toBe('');
});

test('what ends too early is malformed', () => {
  const short = new Output().int(100).take();
  expect(() => new Input(short).bytes()).toThrow(Malformed);
  expect(() => new Input(short).long()).toThrow(Malformed);
});

test('bytes that were read outlive what they were read from', () => {
  const packet = new Output().bytes(Buffer.from('kept')).take();
  const kept = new Input(packet).bytes();
  packet.fill(0);
  expect(kept.toString()).toBe('kept');
});
