import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '@/lib/errors';
import type { Gap } from '@/lib/history/history';
import type { HistoryRecord } from '@/lib/history/record';
import type { ClusterEvent } from '@/lib/topology/event';
import { FakeClock, settled } from '../fake-clock';
import type { HistoryStore, Spool, SpooledBatch } from '../ports';
import { Recorder } from './recorder';

const event = (seq: number): ClusterEvent => ({
  ...{ seq, at: seq, cluster: 'main~.2Fservice~orders', code: 'state-changed', member: null },
  says: `${seq}`,
});

/** A disk that outlives recorders, can be full, and can fail. */
class Disk implements Spool {
  batches: SpooledBatch[] = [];
  room = 1_000_000;
  broken = false;
  losing: Gap | null = null;

  get records(): number {
    return this.batches.reduce((sum, { records }) => sum + records.length, 0);
  }

  get oldestAt(): number | null {
    return this.batches[0]?.records[0]?.at ?? null;
  }

  get bytes(): number {
    return this.records;
  }

  get mostBytes(): number {
    return this.room;
  }

  async append(records: readonly HistoryRecord[], must?: 'must'): Promise<boolean> {
    if (this.broken) throw new Error('I/O error');
    if (this.records + records.length > this.room && !must) return false;
    this.batches.push({ name: String(records[0]?.seq), records });
    return true;
  }

  async oldest(most: number): Promise<readonly SpooledBatch[]> {
    let count = 0;
    return this.batches.filter(({ records }) => {
      const isTaken = count < most;
      count += records.length;
      return isTaken;
    });
  }

  async drop(batch: SpooledBatch): Promise<void> {
    this.batches = this.batches.filter((one) => one !== batch);
  }

  async noteLosing(gap: Gap | null): Promise<void> {
    this.losing = gap;
  }
}

/** A store that outlives recorders, and is away at times; it may have what it did not answer to. */
class Shelf implements HistoryStore {
  readonly kept = new Map<number, HistoryRecord>();
  readonly order: number[] = [];
  readonly gaps: Gap[] = [];
  transactions = 0;
  away = false;
  /** An event it will never take. */
  poison = 0;
  /** Of the next write: it is done, and its answer lost. */
  loseAnswer = false;

  get writable(): boolean {
    return !this.away;
  }

  get health(): HistoryStore['health'] {
    return { state: this.away ? 'away' : 'ready', since: 0, says: null, server: null };
  }

  async write(records: readonly HistoryRecord[]): Promise<void> {
    if (this.away) throw new Error('away');
    this.transactions += 1;
    if (records.some(({ seq }) => seq === this.poison)) throw new Failure('bad-input', 'never');
    for (const one of records) {
      if (!this.kept.has(one.seq)) this.order.push(one.seq);
      this.kept.set(one.seq, one);
    }
    if (!this.loseAnswer) return;
    this.loseAnswer = false;
    throw new Error('the connection was lost');
  }

  async noteGap(gap: Gap): Promise<void> {
    this.gaps.push(gap);
  }

  async noteWatching(): Promise<void> {}

  events(): never {
    throw new Error('not asked here');
  }
}

function rig() {
  const clock = new FakeClock(0);
  const [disk, shelf] = [new Disk(), new Shelf()];
  const errors: unknown[] = [];
  let life = { over: false };
  const start = () => {
    const mine = { over: false };
    life = mine;
    const recorder = new Recorder({
      clock: {
        now: () => clock.now(),
        after: (ms, task) => clock.after(ms, () => mine.over || task()),
        soon: (task) => clock.soon(task),
      },
      store: shelf,
      onState: () => {},
      onLost: () => {},
      onError: (error) => errors.push(error),
    });
    recorder.start(disk);
    return recorder;
  };
  /** As SIGKILL does: what it had in memory alone is gone, and its timers do nothing any more. */
  const kill = async () => {
    await settled();
    life.over = true;
  };
  return { clock, disk, shelf, errors, start, kill };
}

describe('what happens', () => {
  test('is on disk soon, then in the store, and then no longer on disk', async () => {
    const { clock, disk, shelf, start } = rig();
    const recorder = start();
    recorder.record(event(1));
    recorder.record(event(2));
    await clock.pass(500);
    expect(shelf.order).toEqual([1, 2]);
    expect(disk.batches).toEqual([]);
    expect(recorder.view).toMatchObject({ newest: 2, waiting: { records: 0 }, losing: null });
  });

  test('waits on disk while the store is away, and is written in order when it is back', async () => {
    const { clock, disk, shelf, start } = rig();
    shelf.away = true;
    const recorder = start();
    for (let seq = 1; seq <= 20; seq += 1) {
      recorder.record(event(seq));
      await clock.pass(300_000);
    }
    expect(disk.records).toBe(20);
    expect(recorder.view.waiting.records).toBe(20);
    shelf.away = false;
    recorder.storeIsReady();
    await clock.pass(500);
    expect(shelf.order).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(disk.records).toBe(0);
  });

  test('often is written once a second, and what has waited long in few transactions', async () => {
    const { clock, shelf, start } = rig();
    const recorder = start();
    for (let seq = 1; seq <= 100; seq += 1) {
      recorder.record(event(seq));
      await clock.pass(100);
    }
    await clock.pass(2000);
    expect(shelf.order).toHaveLength(100);
    expect(shelf.transactions).toBeLessThan(14);
    shelf.away = true;
    for (let seq = 101; seq <= 200; seq += 1) {
      recorder.record(event(seq));
      await clock.pass(1000);
    }
    const before = shelf.transactions;
    shelf.away = false;
    recorder.storeIsReady();
    await clock.pass(3000);
    expect(shelf.order).toHaveLength(200);
    expect(shelf.transactions).toBe(before + 1);
  });

  test('before the disk is open waits in memory', async () => {
    const { clock, disk, shelf } = rig();
    const recorder = new Recorder({
      clock,
      store: shelf,
      onState: () => {},
      onLost: () => {},
      onError: () => {},
    });
    recorder.record(event(1));
    await clock.pass(60_000);
    recorder.start(disk);
    await clock.pass(10);
    expect(shelf.order).toEqual([1]);
  });

  test('at the very end is made durable by closing', async () => {
    const { disk, shelf, start } = rig();
    shelf.away = true;
    const recorder = start();
    recorder.record(event(1));
    await recorder.close();
    expect(disk.records).toBe(1);
  });

  test('is kept where there is no room, if an operator did it', async () => {
    const { clock, disk, shelf, start } = rig();
    shelf.away = true;
    disk.room = 1;
    const recorder = start();
    recorder.record(event(1));
    await clock.pass(1000);
    recorder.record(event(2));
    recorder.record({ ...event(3), code: 'operation' });
    await clock.pass(1000);
    expect(recorder.view.losing?.lost).toBe(1);
    shelf.away = false;
    recorder.storeIsReady();
    await clock.pass(3000);
    expect(shelf.order).toEqual([1, 3]);
  });

  test('is a gap where there is no room for it, said while it lasts and kept afterwards', async () => {
    const { clock, disk, shelf, start } = rig();
    shelf.away = true;
    disk.room = 2;
    const recorder = start();
    for (let seq = 1; seq <= 5; seq += 1) {
      recorder.record(event(seq));
      await clock.pass(500);
    }
    expect(recorder.view.losing).toEqual({ from: 3, until: 5, lost: 3 });
    shelf.away = false;
    recorder.storeIsReady();
    await clock.pass(500);
    expect(shelf.order).toEqual([1, 2]);
    expect(shelf.gaps).toEqual([{ from: 3, until: 5, lost: 3 }]);
    expect(recorder.view.losing).toBeNull();
  });

  test('and was lost is still known after a restart', async () => {
    const { clock, disk, shelf, start, kill } = rig();
    shelf.away = true;
    disk.room = 1;
    const recorder = start();
    for (let seq = 1; seq <= 3; seq += 1) {
      recorder.record(event(seq));
      await clock.pass(2000);
    }
    await kill();
    disk.room = 9;
    shelf.away = false;
    start();
    await clock.pass(500);
    expect(shelf.order).toEqual([1]);
    expect(shelf.gaps).toEqual([{ from: 2, until: 3, lost: 2 }]);
    expect(disk.losing).toBeNull();
  });

  test('and the store will never take is a gap, and stands in nobody’s way', async () => {
    const { clock, disk, shelf, errors, start } = rig();
    shelf.poison = 2;
    const recorder = start();
    for (let seq = 1; seq <= 3; seq += 1) {
      recorder.record(event(seq));
      await clock.pass(1500);
    }
    expect(shelf.order).toEqual([1, 3]);
    expect(shelf.gaps).toEqual([{ from: 2, until: 2, lost: 1 }]);
    expect(errors).toHaveLength(1);
    expect(disk.batches).toEqual([]);
  });

  test('is tried again on a disk that fails, and not lost', async () => {
    const { clock, disk, shelf, errors, start } = rig();
    disk.broken = true;
    const recorder = start();
    recorder.record(event(1));
    await clock.pass(5000);
    recorder.record(event(2));
    await clock.pass(5000);
    expect(errors.length).toBeGreaterThan(1);
    disk.broken = false;
    await clock.pass(3000);
    expect(shelf.order).toEqual([1, 2]);
  });
});

const kinds = [
  ...(['event', 'event', 'event', 'event', 'away', 'back', 'lose-answer'] as const),
  ...(['kill', 'restart', 'wait', 'wait'] as const),
];
const steps = fc.array(fc.constantFrom(...kinds), { maxLength: 60, size: 'max' });

test('whatever fails when, each event that was durable is in the store in the end: once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { clock, disk, shelf, start, kill } = rig();
      let recorder = start();
      let seq = 0;
      let durable: number[] = [];
      let fresh: number[] = [];
      for (const step of all) {
        switch (step) {
          case 'event':
            seq += 1;
            recorder.record(event(seq));
            fresh.push(seq);
            break;
          case 'away':
            shelf.away = true;
            break;
          case 'back':
            shelf.away = false;
            recorder.storeIsReady();
            break;
          case 'lose-answer':
            shelf.loseAnswer = true;
            break;
          case 'kill':
            await kill();
            fresh = [];
            recorder = start();
            break;
          case 'restart':
            await recorder.close();
            durable = [...durable, ...fresh];
            fresh = [];
            recorder = start();
            break;
          case 'wait':
            await clock.pass(400);
            durable = [...durable, ...fresh];
            fresh = [];
            break;
        }
      }
      shelf.away = false;
      recorder.storeIsReady();
      await clock.pass(10_000);
      durable = [...durable, ...fresh];
      expect(shelf.order).toEqual([...shelf.order].sort((a, b) => a - b));
      expect(shelf.order).toEqual(expect.arrayContaining(durable));
      expect(disk.batches).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
