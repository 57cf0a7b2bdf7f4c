import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candidate } from './candidate';
import { aLeader, aPolicy, aStandby } from './sample-candidates';
import { GOOD_SAMPLES, type Standing } from './standing';
import { type Verdict, weigh } from './weigh';

const NOW = 1_000_000;
const once = (candidates: readonly Candidate[], policy = aPolicy(), before = new Map()) =>
  weigh(candidates, before, { policy, now: NOW });
const of = ({ verdicts }: { readonly verdicts: readonly Verdict[] }, member: string): Verdict => {
  const found = verdicts.find((one) => one.member === member);
  if (!found) throw new Error(`no verdict on ${member}`);
  return found;
};
const [a, b, lead] = [aStandby('a', 0, NOW), aStandby('b', 0, NOW), aLeader('lead', NOW)];

/** A cluster followed through time: a look a second, each with a new sample. */
class Series {
  now = NOW;
  standings: ReadonlyMap<string, Standing> = new Map();
  constructor(readonly policy = aPolicy()) {}

  look(lags: Readonly<Record<string, number | null>>, seconds = 1) {
    this.now += seconds * 1000;
    const standbys = Object.entries(lags).map(([name, lag]) => aStandby(name, lag, this.now));
    const result = weigh([aLeader('lead', this.now), ...standbys], this.standings, {
      policy: this.policy,
      now: this.now,
    });
    this.standings = result.standings;
    return result;
  }
}

describe('a standby', () => {
  test('that is fresh carries all it can, and the leader no reads', () => {
    const weighing = once([a, b, lead]);
    expect(weighing.verdicts.map(({ percent, share }) => [percent, share])).toEqual([
      [100, 0.5],
      [100, 0.5],
      [0, 0],
    ]);
    expect(weighing.flag).toBeNull();
    expect(of(weighing, 'lead')).toMatchObject({ why: 'leads', order: { is: 'share' } });
  });

  test('carries less the further it is behind, and nothing beyond its limit', () => {
    const percents = [0, 1000, 5000, 9000, 9900, 10_001].map(
      (lag) => of(once([a, aStandby('b', lag, NOW), lead]), 'b').percent,
    );
    expect(percents).toEqual([100, 81, 25, 1, 1, 0]);
  });

  test('is out for the age of its sample alone, as that may hide any lag', () => {
    const old = aStandby('b', 0, NOW - 10_001);
    expect(of(once([a, old, lead]), 'b')).toMatchObject({
      ...{ why: 'lagging', percent: 0 },
      says: 'b is out: at most 10 s behind, of 10 s allowed; it returns below half of that.',
    });
  });

  test('whose lag is not known is out, in so many words', () => {
    expect(of(once([a, aStandby('b', null, NOW), lead]), 'b')).toMatchObject({
      ...{ why: 'unknown', percent: 0, worst: null },
      says: 'b is out: how far behind it is, is not known.',
    });
  });

  test('is limited in bytes too, with what the leader has written since', () => {
    const policy = aPolicy({ limit: { ms: null, bytes: 1_000_000 } });
    const at = NOW - 2000;
    const behind = { ...aStandby('b', 1000, at), lagBytes: 600_000 };
    expect(of(once([a, { ...behind, bytesPerSecond: 100_000 }, lead], policy), 'b').why).toBe(
      'serves',
    );
    expect(of(once([a, { ...behind, bytesPerSecond: 300_000 }, lead], policy), 'b').why).toBe(
      'lagging',
    );
  });

  test('carries by its weight, and none at weight 0', () => {
    const weighing = once([a, b, lead], aPolicy({ weights: { a: 0, b: 50 } }));
    expect(of(weighing, 'a')).toMatchObject({ why: 'weightless', percent: 0 });
    expect(of(weighing, 'b')).toMatchObject({ why: 'serves', percent: 50, share: 1 });
  });

  test('that is barred serves nobody, whatever its lag', () => {
    const barred = { ...b, barred: 'b has the tag noloadbalance' };
    expect(of(once([a, barred, lead]), 'b')).toMatchObject({
      ...{ why: 'barred', percent: 0 },
      says: 'b has the tag noloadbalance: it serves nobody.',
    });
  });
});

describe('a drain', () => {
  const drains = {
    b: { by: 'ann', reason: 'new disk', since: NOW - 60_000, until: NOW + 600_000 },
  };

  test('lets sessions end in peace, and says who, why and until when', () => {
    expect(of(once([a, b, lead], aPolicy({ drains })), 'b')).toMatchObject({
      ...{ why: 'drained', percent: 0, order: { is: 'drain' } },
      says: 'b was drained by ann 60 s ago: new disk. It ends by itself in 10 min.',
    });
  });

  test('stays one though the member is down meanwhile', () => {
    const down = { ...b, barred: 'PostgreSQL on b is "stopped"' };
    const verdict = of(once([a, down, lead], aPolicy({ drains })), 'b');
    expect(verdict.order).toEqual({ is: 'drain' });
    expect(verdict.says).toContain('Besides, PostgreSQL on b is "stopped".');
  });

  test('ends by itself', () => {
    const over = { b: { ...drains.b, until: NOW } };
    expect(of(once([a, b, lead], aPolicy({ drains: over })), 'b').why).toBe('serves');
  });
});

describe('sessions of a standby that is behind', () => {
  const late = aStandby('b', 20_000, NOW);
  const cutting = aPolicy({ closeStale: true, leaderReads: 'never' });

  test('are closed where the policy says so, and there is somewhere else to go', () => {
    expect(of(once([a, late, lead], cutting), 'b').order).toEqual({
      is: 'cut',
      why: 'at most 20 s behind, of 10 s allowed',
    });
    expect(of(once([a, late, lead]), 'b').order).toEqual({ is: 'share', percent: 0 });
  });

  test('are left alone where it is only not known how far behind it is', () => {
    const old = { ...late, sampledAt: NOW - 6000 };
    const early = { ...aStandby('b', 9000, NOW), freshAsOf: NOW - 11_000 };
    for (const one of [aStandby('b', null, NOW), old, early, { ...late, leaderAt: NOW - 6000 }]) {
      expect(of(once([a, one, lead], cutting), 'b').order).toEqual({ is: 'share', percent: 0 });
    }
  });

  test('are left alone where nobody else serves', () => {
    const alone = once([late, lead], cutting);
    expect(of(alone, 'b')).toMatchObject({ why: 'least-behind', order: { is: 'share' } });
  });
});

describe('the leader', () => {
  const late = aStandby('b', 20_000, NOW);

  test('helps while too few standbys serve, and steps back once enough do', () => {
    const policy = aPolicy({ leastStandbys: 2 });
    expect(of(once([a, late, lead], policy), 'lead')).toMatchObject({ why: 'helps', percent: 100 });
    expect(of(once([a, b, lead], policy), 'lead')).toMatchObject({ why: 'leads', percent: 0 });
  });

  test('goes on helping until who comes back carries half of what it can', () => {
    const series = new Series();
    series.look({ a: 0 });
    series.look({ a: 20_000 });
    const seen = Array.from({ length: 12 }, () => series.look({ a: 0 })).map((weighing) => [
      of(weighing, 'a').percent,
      of(weighing, 'lead').percent,
    ]);
    expect(seen.slice(0, 3)).toEqual([
      [0, 100],
      [0, 100],
      [7, 100],
    ]);
    for (const [standby = 0, leader = 0] of seen) expect(standby > 0 || leader > 0).toBe(true);
    const stepsBack = seen.findIndex(([, leader]) => leader === 0);
    expect(seen[stepsBack]?.[0]).toBeGreaterThanOrEqual(35);
  });

  test('serves always, or never, as the policy says', () => {
    const always = aPolicy({ leaderReads: 'always', leaderWeight: 25 });
    expect(of(once([a, b, lead], always), 'lead')).toMatchObject({ why: 'serves', percent: 25 });
    const never = once([late, lead], aPolicy({ leaderReads: 'never' }));
    expect(of(never, 'lead').percent).toBe(0);
    expect(of(never, 'b')).toMatchObject({ why: 'least-behind', percent: 100 });
    expect(never.flag).toMatch(/those least behind serve/);
  });
});

describe('a leader that is silent', () => {
  const silent =
    (at: number) =>
    (one: Candidate): Candidate => ({ ...one, leaderAt: at });
  const all = (at: number) =>
    [aStandby('a', 0, at), aStandby('b', 0, at), { ...lead, sampledAt: at }].map(silent(at));

  test('gets no reads, though its standbys go out for want of its position: they serve on', () => {
    const weighing = once(all(NOW - 10_001), aPolicy({ closeStale: true }));
    expect(of(weighing, 'lead')).toMatchObject({
      ...{ why: 'silent', percent: 0 },
      says: 'lead leads, and has not answered Howdah for 10 s: it gets no reads.',
    });
    expect(weighing.verdicts.map(({ order }) => order)).toEqual([
      { is: 'share', percent: 100 },
      { is: 'share', percent: 100 },
      { is: 'share', percent: 0 },
    ]);
    expect(weighing.flag).toMatch(/those least behind serve/);
  });

  test('is not believed to be there for longer than ten seconds, whatever the limit', () => {
    const policy = aPolicy({ leaderReads: 'always', limit: { ms: 3_600_000, bytes: null } });
    expect(of(once(all(NOW - 9000), policy), 'lead').why).toBe('serves');
    expect(of(once(all(NOW - 11_000), policy), 'lead').why).toBe('silent');
  });

  test('may have written at its rate all the while', () => {
    const policy = aPolicy({ limit: { ms: null, bytes: 1_000_000 } });
    const behind = { ...aStandby('b', 1000, NOW), lagBytes: 0, bytesPerSecond: 100_000 };
    const other = { ...a, bytesPerSecond: 0 };
    const why = (at: number) =>
      of(once([other, { ...behind, leaderAt: at }, lead], policy), 'b').why;
    expect([why(NOW - 9000), why(NOW - 11_000)]).toEqual(['serves', 'lagging']);
  });
});

describe('where nobody is within the limit', () => {
  const never = aPolicy({ leaderReads: 'never' });

  test('most goes to who is least behind', () => {
    const weighing = once([aStandby('a', 20_000, NOW), aStandby('b', 40_000, NOW), lead], never);
    expect(weighing.verdicts.map(({ percent }) => percent)).toEqual([100, 25, 0]);
  });

  test('and all are alike where nothing is known of any', () => {
    const weighing = once([aStandby('a', null, NOW), aStandby('b', null, NOW), lead], never);
    expect(weighing.verdicts.map(({ percent }) => percent)).toEqual([100, 100, 0]);
    expect(weighing.flag).toMatch(/not known/);
  });

  test('without any standby it is said that Patroni decides', () => {
    expect(once([lead], never).flag).toMatch(/whoever Patroni accepts/);
  });
});

describe('through time', () => {
  test('who was out comes back after three good samples, and slowly', () => {
    const series = new Series();
    series.look({ a: 0, b: 0 });
    expect(of(series.look({ a: 0, b: 12_000 }), 'b').why).toBe('lagging');
    // Below the limit and above half of it: neither falls further nor comes back.
    for (let i = 0; i < 20; i += 1) {
      expect(of(series.look({ a: 0, b: 7000 }), 'b').why).toBe('lagging');
    }
    const back = Array.from({ length: 30 }, () => of(series.look({ a: 0, b: 100 }), 'b').percent);
    expect(back.slice(0, 4)).toEqual([0, 0, 10, 20]);
    for (const [i, percent] of back.entries()) {
      if (i > 0) expect(percent - (back[i - 1] ?? 0)).toBeLessThanOrEqual(10);
    }
    expect(back.at(-1)).toBe(98);
  });

  test('one sample looked at again and again does not count as three', () => {
    const series = new Series();
    series.look({ a: 0, b: 20_000 });
    const sampledAt = series.now + 1000;
    for (let i = 0; i < 10; i += 1) {
      const now = sampledAt + i * 100;
      const members = [aStandby('a', 0, sampledAt), aStandby('b', 0, sampledAt)];
      const result = weigh(members, series.standings, { policy: series.policy, now });
      series.standings = result.standings;
      expect(of(result, 'b').why).toBe('lagging');
    }
  });
});

const lagOf = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 30_000 }),
  fc.integer({ min: 9000, max: 11_000 }),
);
const someone = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  lag: lagOf,
  age: fc.integer({ min: 0, max: 15_000 }),
  barred: fc.constantFrom(null, null, null, 'gone'),
  isLeader: fc.boolean(),
});
const candidates = fc
  .uniqueArray(someone, { selector: ({ name }) => name, maxLength: 5 })
  .map((all) => {
    const leader = all.find(({ isLeader }) => isLeader);
    return all.map(
      ({ name, lag, age, barred, isLeader }): Candidate => ({
        ...aStandby(name, lag, NOW - age),
        barred,
        isLeader: isLeader && leader?.name === name,
      }),
    );
  });
const drainOfThat = fc.record({
  by: fc.constant(null),
  reason: fc.constant(''),
  since: fc.constant(1),
  until: fc.constantFrom(null, NOW + 1, NOW),
});
const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const policies = fc
  .record({
    weights: fc.dictionary(names, fc.integer({ min: 0, max: 100 })),
    limit: fc.constantFrom(
      { ms: 10_000, bytes: null },
      { ms: null, bytes: 1_000_000 },
      { ms: 5000, bytes: 1_000_000 },
    ),
    closeStale: fc.boolean(),
    leaderReads: fc.constantFrom('never' as const, 'fallback' as const, 'always' as const),
    leastStandbys: fc.integer({ min: 1, max: 3 }),
    slowStartMs: fc.constantFrom(0, 10_000),
    drains: fc.dictionary(names, drainOfThat),
  })
  .map(aPolicy);

describe('whatever is known of whom', () => {
  test('weights are whole percent, and shares make one', () => {
    fc.assert(
      fc.property(candidates, policies, (all, policy) => {
        const { verdicts } = once(all, policy);
        expect(verdicts.map(({ member }) => member).sort()).toEqual(
          all.map(({ name }) => name).sort(),
        );
        for (const { percent } of verdicts) {
          expect(Number.isInteger(percent) && percent >= 0 && percent <= 100).toBe(true);
        }
        const shares = verdicts.flatMap(({ share }) => share ?? []);
        if (shares.length > 0) expect(shares.reduce((x, y) => x + y, 0)).toBeCloseTo(1, 9);
        else expect(verdicts.every(({ percent }) => percent === 0)).toBe(true);
      }),
    );
  });

  test('nobody serves beyond the limit, or unknown, while somebody within it can', () => {
    fc.assert(
      fc.property(candidates, policies, (all, policy) => {
        const { verdicts } = once(all, policy);
        const within = verdicts.some(({ percent, why }) => percent > 0 && why !== 'least-behind');
        for (const { percent, worst, why } of verdicts) {
          if (why === 'least-behind') expect(within).toBe(false);
          else if (percent > 0) expect(worst).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('whoever is drained or barred gets nothing, and nobody is cut off with nowhere to go', () => {
    fc.assert(
      fc.property(candidates, policies, (all, policy) => {
        const { verdicts } = once(all, policy);
        const serving = verdicts.filter(({ percent }) => percent > 0);
        for (const { why, percent, order } of verdicts) {
          if (why === 'drained' || why === 'barred') expect(percent).toBe(0);
          if (order.is === 'cut') expect(serving.length).toBeGreaterThan(0);
          if (order.is === 'share') expect(order.percent).toBe(percent);
        }
      }),
    );
  });

  test('somebody serves, or it is said that nobody does', () => {
    fc.assert(
      fc.property(candidates, policies, (all, policy) => {
        const { verdicts, flag } = once(all, policy);
        if (verdicts.every(({ percent }) => percent === 0)) expect(flag).not.toBeNull();
      }),
    );
  });

  test('more lag never earns more', () => {
    fc.assert(
      fc.property(
        candidates,
        policies,
        fc.record({ which: fc.nat(4), more: fc.integer({ min: 1, max: 20_000 }) }),
        (all, policy, { which, more }) => {
          const chosen = all[which % Math.max(1, all.length)];
          fc.pre(chosen !== undefined && !chosen.isLeader && chosen.lagMs !== null);
          const worse: Candidate = {
            ...(chosen as Candidate),
            lagMs: (chosen?.lagMs ?? 0) + more,
            lagBytes: (chosen?.lagBytes ?? 0) + more * 100,
            freshAsOf: (chosen?.freshAsOf ?? 0) - more,
          };
          const now = of(once(all, policy), worse.name);
          const then = of(
            once(
              all.map((one) => (one.name === worse.name ? worse : one)),
              policy,
            ),
            worse.name,
          );
          // Where all are out, who is least behind serves: of that nobody earns by falling back.
          if (then.why === 'least-behind' && now.why !== 'least-behind') return;
          expect(then.percent).toBeLessThanOrEqual(now.percent);
        },
      ),
    );
  });
});

describe('whatever its lag does from one look to the next', () => {
  const lags = fc.array(fc.oneof(lagOf, fc.integer({ min: 0, max: 12_000 })), {
    minLength: 10,
    maxLength: 120,
  });

  test('from going out to coming back there are three samples at least', () => {
    fc.assert(
      fc.property(lags, (all) => {
        const series = new Series();
        const isIn = all.map((lag) => {
          series.look({ a: 0, b: lag });
          return series.standings.get('b')?.isIn;
        });
        for (const [i, now] of isIn.entries()) {
          if (i === 0 || !(now && !isIn[i - 1])) continue;
          for (let back = 1; back < GOOD_SAMPLES; back += 1) expect(isIn[i - back]).toBe(false);
        }
      }),
    );
  });

  test('its share rises by no more than its slow start allows, but to where it was a moment ago', () => {
    fc.assert(
      fc.property(lags, (all) => {
        const series = new Series();
        const seen: number[] = [];
        for (const lag of all) {
          const { percent } = of(series.look({ a: 0, b: lag }), 'b');
          // Of whom nothing is known for a moment, nothing is forgotten.
          const before = Math.max(...seen.slice(-4));
          if (seen.length > 0) expect(percent - before).toBeLessThanOrEqual(11);
          seen.push(percent);
        }
      }),
    );
  });

  test('the leader is not turned to and fro: from helping to not there are five seconds', () => {
    fc.assert(
      fc.property(lags, (all) => {
        const series = new Series();
        const helps = all.map((lag) => of(series.look({ b: lag }), 'lead').percent > 0);
        for (const [i, now] of helps.entries()) {
          if (i === 0 || now || !helps[i - 1]) continue;
          const since = helps.lastIndexOf(false, i - 1) + 1;
          expect(i - since).toBeGreaterThanOrEqual(5);
        }
      }),
    );
  });

  test('who is within its limit never makes the leader help by getting better', () => {
    const series = new Series();
    for (let i = 0; i < 60; i += 1) {
      const weighing = series.look({ b: i % 2 === 0 ? 500 : 7000 });
      expect(of(weighing, 'lead').why).toBe('leads');
    }
  });

  test('every figure is one, and somebody serves or it is said that nobody does', () => {
    const looks = fc.array(fc.tuple(candidates, fc.integer({ min: 0, max: 4000 })), {
      minLength: 5,
      maxLength: 30,
    });
    fc.assert(
      fc.property(looks, policies, (all, policy) => {
        let [now, standings] = [NOW, new Map() as ReadonlyMap<string, Standing>];
        for (const [members, later] of all) {
          now += later;
          const moved = members.map(
            (one): Candidate => ({
              ...one,
              freshAsOf: one.freshAsOf && one.freshAsOf + now - NOW,
              sampledAt: one.sampledAt && one.sampledAt + now - NOW,
              leaderAt: one.leaderAt && one.leaderAt + now - NOW,
            }),
          );
          const result = weigh(moved, standings, { policy, now });
          standings = result.standings;
          for (const { percent, order, why } of result.verdicts) {
            expect(Number.isInteger(percent)).toBe(true);
            if (order.is === 'cut') expect(why).toBe('lagging');
          }
          const serves = result.verdicts.some(({ percent }) => percent > 0);
          if (!serves) expect(result.flag).not.toBeNull();
        }
      }),
    );
  });

  test('an idle leader, a limit in bytes alone, and standbys that come back: all of them serve', () => {
    const policy = aPolicy({ limit: { ms: null, bytes: 1_000_000 }, leaderReads: 'never' });
    const series = new Series(policy);
    series.look({ a: null, b: null }, 4);
    const { verdicts } = series.look({ a: 0, b: 0 });
    expect(verdicts.map(({ percent }) => percent)).toEqual([100, 100, 0]);
  });

  test('what a switchover does to everybody for a moment costs nobody its share', () => {
    const series = new Series(aPolicy({ closeStale: true }));
    series.look({ a: 0, b: 0 });
    for (const _ of [1, 2]) {
      const { verdicts } = series.look({ a: null, b: null });
      expect(verdicts.map(({ order }) => order.is)).toEqual(['share', 'share', 'share']);
    }
    expect(of(series.look({ a: 0, b: 0 }), 'b').percent).toBe(100);
  });

  test('noise within its bounds throws nobody out, and moves a share by little', () => {
    const noise = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 60, maxLength: 120 });
    fc.assert(
      fc.property(noise, (all) => {
        const series = new Series();
        const seen = all.map((lag) => of(series.look({ a: 2000, b: 2000 + lag }), 'b'));
        expect(new Set(seen.map(({ why }) => why))).toEqual(new Set(['serves']));
        // 2 to 3 s of 10 s: between 49 and 64 percent, and a step by the calmed lag alone.
        const percents = seen.slice(5).map(({ percent }) => percent);
        expect(Math.min(...percents)).toBeGreaterThanOrEqual(49);
        expect(Math.max(...percents)).toBeLessThanOrEqual(64);
      }),
    );
  });
});
