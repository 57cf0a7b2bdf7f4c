import { expect, test } from 'vitest';
import { Failure } from '@/lib/errors';
import type { LagChunk, LagHistory } from '@/lib/history/lag';
import type { LagPoint, LagSample } from '@/lib/topology/event';
import { FakeClock } from '../fake-clock';
import type { LagStore } from '../ports';
import { Samples } from './samples';

class Shelf implements Pick<LagStore, 'ready' | 'write'> {
  ready = true;
  fails = false;
  /** A member whose samples it will never take. */
  poison = '';
  readonly chunks: LagChunk[] = [];

  async write(chunks: readonly LagChunk[]): Promise<void> {
    if (this.fails) throw new Error('the connection was lost');
    if (chunks.some(({ member }) => member === this.poison)) throw new Failure('bad-input', 'no');
    this.chunks.push(...chunks);
  }

  read(): Promise<LagHistory> {
    throw new Error('not asked here');
  }

  /** The moments kept of a member. */
  of(member: string): number[] {
    return this.chunks.filter((one) => one.member === member).flatMap(({ at }) => at);
  }
}

const point = (replay: number | null): LagPoint => ({
  ...{ sent: 0, write: 1, flush: 2, replay, ms: 12.6 },
});
const sample = (at: number, members: LagSample['members']): LagSample => ({ seq: at, at, members });

function rig() {
  const clock = new FakeClock(0);
  const shelf = new Shelf();
  const errors: unknown[] = [];
  const samples = new Samples({ clock, store: shelf, onError: (error) => errors.push(error) });
  return { clock, shelf, errors, samples };
}

test('samples are written as they were taken, a minute of each member together', async () => {
  const { clock, shelf, samples } = rig();
  for (let n = 0; n < 125; n += 1) {
    samples.note('a', sample(clock.now(), { 'pg-b': point(n), 'pg-c': point(null) }));
    await clock.pass(1000);
  }
  expect(shelf.chunks).toHaveLength(4);
  const [first] = shelf.chunks;
  expect(first).toMatchObject({ cluster: 'a', member: 'pg-b' });
  expect(first?.at).toEqual(Array.from({ length: 60 }, (_, n) => n * 1000));
  expect(first?.replay.slice(0, 3)).toEqual([0, 1, 2]);
  expect(first?.ms[0]).toBe(13);
  expect(shelf.chunks[1]?.replay[0]).toBeNull();
});

test('what is open when a cluster falls silent, or Howdah ends, is written too', async () => {
  const { clock, shelf, samples } = rig();
  samples.note('a', sample(0, { 'pg-b': point(1) }));
  await clock.pass(70_000);
  expect(shelf.of('pg-b')).toEqual([0]);
  samples.note('a', sample(70_000, { 'pg-b': point(1) }));
  await samples.close();
  expect(shelf.of('pg-b')).toEqual([0, 70_000]);
});

test('a member without a figure leaves a gap, and a clock set back begins anew', async () => {
  const { clock, shelf, samples } = rig();
  samples.note('a', sample(5000, { 'pg-b': point(1) }));
  samples.note('a', sample(6000, {}));
  samples.note('a', sample(7000, { 'pg-b': point(2) }));
  samples.note('a', sample(1000, { 'pg-b': point(3) }));
  await clock.pass(1000);
  expect(shelf.chunks.map(({ at }) => at)).toEqual([[5000, 7000]]);
  await samples.close();
  expect(shelf.of('pg-b')).toEqual([5000, 7000, 1000]);
});

test('while the store is away samples wait, the oldest are given up, and that is counted', async () => {
  const { clock, shelf, samples } = rig();
  shelf.ready = false;
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`pg-${n}`, point(n)]));
  for (let n = 0; n < 150; n += 1) {
    samples.note('a', sample(clock.now(), many));
    await clock.pass(1000);
  }
  const { waiting, lost } = samples.figures;
  expect(waiting).toBeLessThanOrEqual(500_000);
  expect(waiting + lost).toBe(5000 * 120);
  expect(samples.writtenUntil).toBe(0);
  shelf.ready = true;
  await clock.pass(2000);
  expect(samples.figures).toEqual({ waiting: 0, lost });
  expect(shelf.of('pg-4999').at(-1)).toBe(119_000);
  // What is open still holds it back.
  expect(samples.writtenUntil).toBe(120_000);
});

test('what was refused is written again, and nothing twice', async () => {
  const { clock, shelf, errors, samples } = rig();
  shelf.fails = true;
  samples.note('a', sample(0, { 'pg-b': point(1) }));
  await clock.pass(65_000);
  expect(errors.length).toBeGreaterThan(1);
  shelf.fails = false;
  await clock.pass(3000);
  expect(shelf.of('pg-b')).toEqual([0]);
});

test('what the store will never take is given up, and stands in nobody’s way', async () => {
  const { clock, shelf, errors, samples } = rig();
  shelf.poison = 'pg-b';
  samples.note('a', sample(0, { 'pg-a': point(1), 'pg-b': point(1), 'pg-c': point(1) }));
  await clock.pass(65_000);
  expect(shelf.chunks.map(({ member }) => member)).toEqual(['pg-a', 'pg-c']);
  expect(samples.figures).toEqual({ waiting: 0, lost: 1 });
  expect(errors).toHaveLength(1);
});
