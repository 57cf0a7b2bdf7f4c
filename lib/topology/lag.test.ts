import { describe, expect, test } from 'vitest';
import { type LagInput, lagOf } from './lag';
import { LeaderClock } from './leader-clock';
import { bytesBetween, formatLsn, parseLsn } from './lsn';
import { type ProbeState, unprobed } from './probe-state';
import type { StandbySample } from './sample';
import { aMember, aSender, aStandbySample } from './sample-cluster';

const HEAD = '0/5000000';
const BEHIND = '0/4FFFC00';

/** A leader that has just moved to HEAD, after a minute of moving. */
function moving(): LeaderClock {
  const clock = new LeaderClock();
  clock.note(0, 0x4000000n);
  clock.note(60_000, 0x5000000n);
  return clock;
}

function still(): LeaderClock {
  const clock = moving();
  clock.note(70_000, 0x5000000n);
  return clock;
}

const probed = (part: Partial<StandbySample> = {}): ProbeState => ({
  sample: aStandbySample(part),
  failure: null,
  failingSince: null,
});
const failing: ProbeState = {
  sample: aStandbySample(),
  failure: { at: 1, code: 'unreachable', says: 'x' },
  failingSince: 1,
};

function lag(part: Partial<LagInput> = {}) {
  return lagOf({
    member: aMember('pg-b'),
    probe: probed(),
    feed: { from: 'pg-a', row: aSender('pg-b') },
    leader: moving(),
    leaderCurrent: true,
    optime: null,
    now: 60_000,
    ...part,
  });
}

describe('lag', () => {
  test('is told by stage, each no further behind than the one after it', () => {
    const row = aSender('pg-b', {
      sentLsn: HEAD,
      writeLsn: '0/4FFFF00',
      flushLsn: '0/4FFFE00',
      replayLsn: BEHIND,
    });
    const found = lag({
      feed: { from: 'pg-a', row },
      probe: probed({ receiveLsn: null, replayLsn: BEHIND }),
    });
    expect(found).toMatchObject({
      sentBytes: 0,
      writeBytes: 256,
      flushBytes: 512,
      replayBytes: 1024,
      quality: 'fresh',
    });
    expect(found.replayMs).toBeGreaterThan(0);
  });

  test('takes the further of what the standby and its sender say', () => {
    expect(lag({ probe: probed({ replayLsn: BEHIND, receiveLsn: BEHIND }) }).replayBytes).toBe(0);
    const row = aSender('pg-b', { replayLsn: BEHIND, flushLsn: BEHIND });
    expect(lag({ feed: { from: 'pg-a', row } }).replayBytes).toBe(0);
  });

  test('in time counts from when the leader was where the standby is', () => {
    const clock = new LeaderClock();
    clock.note(0, 0x4fffc00n);
    clock.note(1000, 0x5000000n);
    const found = lag({
      leader: clock,
      probe: probed({ replayLsn: BEHIND }),
      feed: null,
      now: 3000,
    });
    expect(found.replayMs).toBe(3000);
    expect(found.atLeast).toBe(false);
    const older = lag({
      leader: clock,
      probe: probed({ replayLsn: '0/1000000' }),
      feed: null,
      now: 3000,
    });
    expect(older).toMatchObject({ replayMs: 3000, atLeast: true });
  });

  test('is never negative: positions sampled at different moments may cross', () => {
    expect(lag({ probe: probed({ replayLsn: '0/6000000' }) })).toMatchObject({
      replayBytes: 0,
      replayMs: 0,
    });
  });
});

describe('its quality', () => {
  test.each([
    ['fresh while the leader moves', {}, 'fresh'],
    [
      'idle when the leader stands still and nothing is missing',
      { leader: still(), now: 70_000 },
      'idle',
    ],
    [
      'fresh when it stands still and something is missing',
      { leader: still(), probe: probed({ replayLsn: BEHIND }), feed: null, now: 70_000 },
      'fresh',
    ],
    ['replay-paused when it is', { probe: probed({ replayPause: 'paused' }) }, 'replay-paused'],
    [
      'fresh while a pause is only asked for: it replays until it gets there',
      { probe: probed({ replayPause: 'requested' }) },
      'fresh',
    ],
    [
      'receiver-down without receiver and sender',
      { probe: probed({ receiver: null }), feed: null },
      'receiver-down',
    ],
    [
      'fresh for a role that may not see the receiver',
      { probe: probed({ receiver: null, privileged: false }), feed: null },
      'fresh',
    ],
    ['stale when the leader’s position is', { leaderCurrent: false }, 'stale'],
    ['stale when the standby is silent and has no sender', { probe: failing, feed: null }, 'stale'],
    ['fresh by the sender alone', { probe: unprobed }, 'fresh'],
    ['unknown when nothing is', { probe: unprobed, feed: null }, 'unknown'],
    ['unknown without the leader’s position', { leader: new LeaderClock() }, 'unknown'],
  ] satisfies [string, Partial<LagInput>, string][])('is %s', (...[, part, quality]) => {
    expect(lag(part).quality).toBe(quality);
  });

  test('is stale by ZooKeeper alone, which knows positions of up to a loop ago', () => {
    const found = lag({
      probe: unprobed,
      feed: null,
      member: aMember('pg-b', { xlogLocation: '900' }),
      optime: 1000n,
    });
    expect(found).toMatchObject({
      quality: 'stale',
      flushBytes: 100,
      replayBytes: null,
      replayMs: null,
    });
  });
});

describe('a position', () => {
  test.each([
    ['0/0', 0n],
    ['16/B374D848', 0x16b374d848n],
    ['FFFFFFFF/FFFFFFFF', 0xffffffffffffffffn],
  ])('%s is read and printed', (text, lsn) => {
    expect(parseLsn(text)).toBe(lsn);
    expect(formatLsn(lsn)).toBe(text);
  });
  test.each(['', '0', '/', '0/', 'G/0', '0/0 ', '123456789/0', null, undefined])(
    '%s is none',
    (text) => {
      expect(parseLsn(text)).toBeNull();
    },
  );
  test('differs from an unknown one by an unknown number of bytes', () => {
    expect(bytesBetween(null, 1n)).toBeNull();
    expect(bytesBetween(1n, null)).toBeNull();
    expect(bytesBetween(5n, 3n)).toBe(0);
  });
});
