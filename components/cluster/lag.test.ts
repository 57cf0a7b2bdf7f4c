import { describe, expect, it } from 'vitest';
import type { MemberLag } from '@/lib/history/lag';
import type { LagSample } from '@/lib/topology/event';
import { type ChartAsk, chooseSeries, LagRows } from './lag-data';
import { keptRows, widthsOf } from './lag-kept-rows';
import { pathsOf } from './lag-paths';
import { axisOf, spread, tickWords, timeTicks } from './lag-scale';
import { formatClusterQuery, parseClusterQuery, showable } from './query';

function sample(seq: number, at: number, replay: Record<string, number | null>): LagSample {
  const members = Object.fromEntries(
    Object.entries(replay).map(([name, bytes]) => [
      name,
      { sent: 0, write: 0, flush: 0, replay: bytes, ms: bytes === null ? null : bytes * 2 },
    ]),
  );
  return { seq, at, members };
}

const ask = (part: Partial<ChartAsk> = {}): ChartAsk => ({
  names: ['a'],
  unit: 'bytes',
  stage: 'replay',
  from: 0,
  to: 10_000,
  most: 300,
  ...part,
});

const chartRows = (samples: readonly LagSample[], asked: ChartAsk) =>
  new LagRows().of(samples, asked);

/** An hour of a cluster with six standbys, and how often its samples were looked at. */
function hour() {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const looks = { count: 0 };
  const watched = (seq: number): LagSample => {
    const whole = sample(seq, seq * 1000, Object.fromEntries(names.map((n, i) => [n, seq * i])));
    return {
      ...whole,
      get members() {
        looks.count += 1;
        return whole.members;
      },
    };
  };
  return { names, looks, watched, samples: Array.from({ length: 3600 }, (_, n) => watched(n)) };
}

describe('the rows of the lag chart', () => {
  const few = [sample(1, 1000, { a: 5 }), sample(2, 2000, { a: null }), sample(3, 3000, {})];

  it('are the samples themselves while they are few, unknown and absent as gaps', () => {
    expect(chartRows(few, ask())).toEqual([
      { at: 1000, values: [5] },
      { at: 2000, values: [null] },
      { at: 3000, values: [null] },
    ]);
  });

  it('are in time when asked', () => {
    expect(chartRows(few, ask({ unit: 'time' }))[0]?.values).toEqual([10]);
  });

  it('leave out what is outside the window', () => {
    expect(chartRows(few, ask({ from: 1500, to: 2500 })).map((r) => r.at)).toEqual([2000]);
  });

  it('break the line where samples are missing', () => {
    const rows = chartRows(
      [sample(1, 0, { a: 1 }), sample(2, 60_000, { a: 1 })],
      ask({ to: 60_000 }),
    );
    expect(rows.map((r) => r.values[0])).toEqual([1, null, 1]);
  });

  it('keep the lowest and highest of every stretch, and never exceed the limit by much', () => {
    const many = Array.from({ length: 3600 }, (_, n) =>
      sample(n, n * 1000, { a: n === 1234 ? 1e9 : n === 2345 ? 0 : 100 + (n % 7) }),
    );
    const rows = chartRows(many, ask({ to: 3_600_000 }));
    expect(rows.length).toBeLessThanOrEqual(300);
    const values = rows.map((r) => r.values[0]);
    expect(values).toContain(1e9);
    expect(values).toContain(0);
  });

  it('keep their form while the window slides', () => {
    const many = Array.from({ length: 2000 }, (_, n) => sample(n, n * 1000, { a: (n * 37) % 101 }));
    const at = (from: number) =>
      chartRows(many, ask({ from, to: from + 900_000 }))
        .slice(4, -4)
        .map((r) => `${r.at} ${r.values}`);
    const later = new Set(at(301_000));
    const shared = at(300_000).filter((row) => later.has(row));
    expect(shared.length).toBeGreaterThan(280);
  });

  it('cost one look at each sample, and then one at the newest few a second', () => {
    const { names, looks, watched, samples } = hour();
    const rows = new LagRows();
    const at = (to: number) => ask({ names, from: to - 3_600_000, to });
    const first = rows.of(samples, at(3_600_000));
    expect(first.length).toBeLessThanOrEqual(300);
    expect(looks.count).toBeLessThanOrEqual(3600);
    looks.count = 0;
    const later = rows.of([...samples, watched(3600)], at(3_601_000));
    expect(looks.count).toBeLessThanOrEqual(Math.ceil(3600 / 149));
    expect(later.filter((row) => first.includes(row)).length).toBeGreaterThan(290);
  });

  it('are those of a fresh look, however the window slid', () => {
    const { names, watched, samples } = hour();
    const rows = new LagRows();
    for (let second = 3600; second < 3650; second += 7) {
      const asked = ask({ names, from: (second - 3600) * 1000, to: second * 1000 });
      samples.push(...Array.from({ length: 7 }, (_, n) => watched(second + n)));
      expect(rows.of(samples, asked)).toEqual(chartRows(samples, asked));
    }
  });

  it('order the two of a stretch as they came', () => {
    const samples = Array.from({ length: 20 }, (_, n) => sample(n, n * 100, { a: n }));
    const rows = chartRows(samples, ask({ to: 2000, most: 6 }));
    expect(rows.map((r) => r.values[0])).toEqual([0, 9, 10, 19]);
  });
});

describe('the lines of the lag chart', () => {
  it('are at most as many as asked, those that rose highest', () => {
    const rows = [{ at: 1, values: [1, 9, 5] }];
    expect(chooseSeries(rows, ['a', 'b', 'c'], 2)).toEqual({
      names: ['b', 'c'],
      rows: [{ at: 1, values: [9, 5] }],
      left: 1,
    });
  });
});

describe('the path of a line', () => {
  it('is broken where the value is unknown, and shows a point between two gaps', () => {
    const rows = [[1], [2], [null], [3], [null]].map((values, at) => ({ at, values }));
    const same = (value: number) => value;
    expect(pathsOf(rows, 1, { x: same, y: same })).toEqual(['M0 1L1 2M3 3h1']);
  });
});

describe('the axes', () => {
  it('end on a power of two for sizes and on a round time', () => {
    expect(axisOf(1_500_000, 'bytes').top).toBe(2 ** 21);
    expect(axisOf(0, 'bytes').top).toBe(1024);
    expect(axisOf(70_000, 'time').top).toBe(120_000);
    expect(axisOf(0, 'time').top).toBe(1000);
    expect(axisOf(9e9, 'time').top).toBeGreaterThanOrEqual(9e9);
  });
  it('tick on whole minutes', () => {
    const ticks = timeTicks({ from: 1_700_000_001_000, to: 1_700_000_301_000 }, false);
    expect(ticks.length).toBe(5);
    expect(ticks.every((t) => t % 60_000 === 0)).toBe(true);
  });
  it('tick on midnights where a window is days wide, and say the date', () => {
    const window = { from: 1_700_000_001_000, to: 1_700_000_001_000 + 30 * 86_400_000 };
    const ticks = timeTicks(window, false);
    expect(ticks.length).toBeGreaterThan(3);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.every((at) => new Date(at).getHours() === 0)).toBe(true);
    expect(tickWords(window)(ticks[0] ?? 0)).toMatch(/\d+/);
    expect(tickWords(window)(ticks[0] ?? 0)).not.toContain(':');
  });
  it('spread labels apart within the plot', () => {
    expect(spread([100, 100, 10], 16, 100)).toEqual([84, 100, 10]);
  });
});

describe('the address of the cluster page', () => {
  it.each([
    '',
    'range=1h&unit=time',
    'stage=flush',
    'range=1y',
    'from=2026-03-31T10%3A00%3A00Z&to=2026-03-31T11%3A00%3A00Z&unit=time',
  ])('says "%s" back', (text) => {
    expect(formatClusterQuery(parseClusterQuery(new URLSearchParams(text))).toString()).toBe(text);
  });

  it.each([
    'from=nonsense&to=2026-03-31',
    'from=2026-03-31&to=2026-03-30',
    'from=0001-01-01&to=9999-12-31',
    'range=2d',
  ])('that can not be meant, "%s", is the live chart', (text) => {
    expect(parseClusterQuery(new URLSearchParams(text))).toMatchObject({
      past: null,
      range: '5m',
    });
  });
});

describe('a stretch of the past', () => {
  const [DAY, now] = [86_400_000, 1_700_000_000_000];
  it('ends now at the latest, and is neither too short nor too long to show anything', () => {
    const whole = { from: now - DAY, to: now };
    expect(showable(whole, now)).toEqual(whole);
    expect(showable({ from: now - DAY, to: now + DAY }, now)).toEqual(whole);
    expect(showable({ from: now - 4000, to: now - 1000 }, now)).toEqual({
      from: now - 11_000,
      to: now - 1000,
    });
    const { from, to } = showable({ from: 0, to: now }, now);
    expect(to - from).toBe(800 * DAY);
  });
});

describe('the rows of what is kept', () => {
  const history = (at: number[], min: (number | null)[], more: Partial<MemberLag> = {}) => {
    const same = { min, max: min, mean: min, last: min };
    const samples = at.map(() => 10);
    const width = at.map(() => 10_000);
    return {
      figure: 'replay' as const,
      members: [{ member: 'b', at, width, samples, ...same, ...more }],
    };
  };

  it('stand in the middle of their own bucket, and do not break where it is a long one', () => {
    const both = history([0, 3_600_000, 3_601_000], [1, 2, 3], { width: [3_600_000, 1000, 1000] });
    expect(keptRows(both, ['b']).map(({ at, values }) => [at, values[0]])).toEqual([
      [1_800_000, 1],
      [3_600_500, 2],
      [3_601_500, 3],
    ]);
    expect(widthsOf(both)).toEqual([1000, 3_600_000]);
  });

  it('are the lowest and the highest of each bucket, with what it was behind them', () => {
    expect(keptRows(history([0, 10_000], [1, 5], { max: [9, 5], mean: [9, 5] }), ['b'])).toEqual([
      { at: 2500, values: [1], extents: [{ min: 1, max: 9, mean: 9 }] },
      { at: 7500, values: [9], extents: [{ min: 1, max: 9, mean: 9 }] },
      { at: 15_000, values: [5], extents: [{ min: 5, max: 5, mean: 5 }] },
    ]);
  });

  it('break where buckets are missing or unknown, never fall to zero', () => {
    const rows = keptRows(history([0, 10_000, 90_000, 100_000], [1, 2, 3, null]), ['b', 'c']);
    expect(rows.map(({ values }) => values[0])).toEqual([1, 2, null, 3, null]);
    expect(rows.every(({ values }) => values[1] === null)).toBe(true);
  });

  it('do not break where samples are always rare', () => {
    const rows = keptRows(history([0, 60_000, 120_000, 180_000], [1, 2, 3, 4]), ['b']);
    expect(rows.map(({ values }) => values[0])).toEqual([1, 2, 3, 4]);
  });
});
