import { describe, expect, test } from 'vitest';
import { LeaderClock } from './leader-clock';

function clockOf(...points: [number, number][]): LeaderClock {
  const clock = new LeaderClock();
  for (const [at, lsn] of points) clock.note(at, BigInt(lsn));
  return clock;
}

describe('lag in time, by remembering when the leader was where', () => {
  test('is unknown while the leader has not been seen', () => {
    expect(new LeaderClock().age(10n, 0)).toBeNull();
  });

  test('is zero for whoever has all of it, however long the leader has been idle', () => {
    const clock = clockOf([0, 100], [1000, 100], [60_000, 100]);
    expect(clock.age(100n, 60_000)).toEqual({ ms: 0, atLeast: false });
    expect(clock.age(101n, 60_000)).toEqual({ ms: 0, atLeast: false });
  });

  test('counts from when the leader passed the position, also after it has gone idle', () => {
    const clock = clockOf([0, 100], [1000, 200], [2000, 300], [9000, 300]);
    expect(clock.age(200n, 9000)).toEqual({ ms: 8000, atLeast: false });
    expect(clock.age(250n, 9000)).toEqual({ ms: 7500, atLeast: false });
  });

  test('grows while replay stands still', () => {
    const clock = clockOf([0, 100], [1000, 200]);
    const before = clock.age(100n, 1000)?.ms ?? 0;
    clock.note(2000, 300n);
    expect(clock.age(100n, 2000)?.ms).toBe(before + 1000);
  });

  test('is a lower bound for positions older than what is remembered', () => {
    expect(clockOf([5000, 500], [6000, 600]).age(100n, 7000)).toEqual({ ms: 2000, atLeast: true });
  });

  test('an idle leader does not lose the moment at which it went idle', () => {
    const clock = clockOf([0, 100], [1000, 200]);
    for (let at = 2000; at < 30_000; at += 1000) clock.note(at, 200n);
    clock.note(30_000, 300n);
    // Between 29 000 and 30 000 it moved on; 200 was all there was until then.
    expect(clock.age(200n, 30_000)?.ms).toBe(1000);
  });

  test('a position that goes backwards starts a new history', () => {
    const clock = clockOf([0, 1000], [1000, 2000]);
    clock.note(2000, 500n);
    expect(clock.current).toBe(500n);
    expect(clock.age(400n, 2500)).toEqual({ ms: 500, atLeast: true });
  });

  test('forgets after an hour and stays bounded', () => {
    const clock = new LeaderClock();
    for (let i = 0; i < 10_000; i += 1) clock.note(i * 1000, BigInt(i));
    expect(clock.age(0n, 10_000_000)?.atLeast).toBe(true);
    expect(clock.age(9000n, 9_999_000)?.ms).toBe(999_000);
  });
});
