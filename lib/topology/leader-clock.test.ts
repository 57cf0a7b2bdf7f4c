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

describe('what whoever has reached a position is fresh as of', () => {
  const clock = clockOf([0, 100], [1000, 200], [2000, 300], [9000, 300]);

  test('is the last moment at which the leader is known not to have been beyond it', () => {
    expect([100, 150, 200, 299, 300, 400].map((lsn) => clock.freshAsOf(BigInt(lsn)))).toEqual([
      0, 0, 1000, 1000, 9000, 9000,
    ]);
  });

  test('is never later than what its age says, whatever lies between two looks', () => {
    for (let lsn = 100; lsn <= 300; lsn += 1) {
      const age = clock.age(BigInt(lsn), 9000)?.ms ?? 0;
      expect(9000 - (clock.freshAsOf(BigInt(lsn)) ?? 0)).toBeGreaterThanOrEqual(age);
    }
  });

  test('is not known of what is older than all that is remembered', () => {
    expect(clock.freshAsOf(99n)).toBeNull();
    expect(new LeaderClock().freshAsOf(1n)).toBeNull();
  });
});

test('the rate of WAL is that of the last seconds', () => {
  expect(clockOf([0, 0], [10_000, 1000], [15_000, 6000]).bytesPerSecond).toBe(1000);
  expect(clockOf([0, 0], [1000, 500]).bytesPerSecond).toBe(500);
  expect(clockOf([0, 0]).bytesPerSecond).toBeNull();
  expect(new LeaderClock().bytesPerSecond).toBeNull();
  // An hour of idleness does not thin what comes after it.
  expect(clockOf([0, 0], [1_800_000, 0], [1_801_000, 10_000]).bytesPerSecond).toBe(2000);
  expect(clockOf([0, 500], [60_000, 500]).bytesPerSecond).toBe(0);
});
