import { describe, expect, test } from 'vitest';
import { type KeptFailover, type ReliabilityFacts, reportOf } from './reliability';

const [SECOND, MINUTE, DAY] = [1000, 60_000, 86_400_000];
const FROM = Date.UTC(2026, 3, 1);
const UNTIL = FROM + 30 * DAY;

let n = 0;
/** A failover of `orders` whose leader was seen at a moment, 10 s after the old one was gone. */
const failover = (led: number, part: Partial<KeptFailover> = {}): KeptFailover => {
  n += 1;
  return {
    ...{ cluster: 'orders', czxid: String(n), kind: 'failover', cause: 'automatic' },
    ...{ from: 'pg-a', to: 'pg-b', began: led - 10 * SECOND, led },
    ...{ outageMs: 12 * SECOND, lostBytes: 0, ...part },
  };
};
const facts = (part: Partial<ReliabilityFacts> = {}): ReliabilityFacts => ({
  ...{ from: FROM, until: UNTIL, cut: false, failovers: [], gaps: [], worstLag: [] },
  clusters: [{ cluster: 'orders', since: FROM - DAY, gone: null }],
  watched: [{ from: FROM - DAY, until: UNTIL }],
  ...part,
});
const only = (part: Partial<ReliabilityFacts>, objective = 99.95) => {
  const { clusters } = reportOf(facts(part), objective);
  expect(clusters).toHaveLength(1);
  return clusters[0];
};

describe('the report of a cluster', () => {
  test('counts what was planned, what was not and restarts, and sums what was measured', () => {
    const failovers = [
      failover(FROM + DAY),
      failover(FROM + 2 * DAY, { kind: 'switchover', outageMs: 3 * SECOND, lostBytes: null }),
      failover(FROM + 3 * DAY, { outageMs: 40 * SECOND, lostBytes: 500 }),
      failover(FROM + 4 * DAY, { kind: 'restart', outageMs: 5 * SECOND, lostBytes: null }),
    ];
    expect(only({ failovers })).toMatchObject({
      ...{ planned: 1, unplanned: 2, restarts: 1, outageMs: 60 * SECOND, notMeasured: 0 },
      longest: { failover: failovers[2], outageMs: 40 * SECOND },
      // A restart loses nothing to another member.
      ...{ lostBytes: 500, lostUnknown: 1, verdict: { is: 'met' } },
      budget: { allowedMs: 21.6 * MINUTE, leftMs: 20.6 * MINUTE },
      availability: 100 * (1 - MINUTE / (30 * DAY)),
    });
  });

  test('that nothing happened to is met, and knows of no bytes lost', () => {
    expect(only({})).toMatchObject({
      ...{ planned: 0, unplanned: 0, restarts: 0, outageMs: 0, longest: null, availability: 100 },
      ...{ lostBytes: null, lostUnknown: 0, verdict: { is: 'met' }, changes: [] },
    });
  });

  test('says of an outage that was not measured that it was not, and never that it was none', () => {
    const failovers = [failover(FROM + DAY, { outageMs: null, lostBytes: null })];
    expect(only({ failovers })).toMatchObject({
      ...{ unplanned: 1, outageMs: 0, notMeasured: 1, longest: null, lostBytes: null },
      ...{ lostUnknown: 1, verdict: { is: 'unknown', why: 'not-measured' } },
    });
  });

  test('takes of an outage over an end of the period the part within', () => {
    const before = failover(FROM + 4 * SECOND);
    const after = failover(UNTIL + 3 * SECOND);
    expect(only({ failovers: [before, after] })).toMatchObject({
      ...{ unplanned: 2, outageMs: 13 * SECOND, longest: { outageMs: 9 * SECOND } },
      changes: [{ failover: after }, { failover: before }],
    });
    const outside = [failover(FROM - 1), failover(UNTIL + 12 * SECOND)];
    expect(only({ failovers: outside })).toMatchObject({ unplanned: 0, outageMs: 0 });
  });

  test('is of the time watched alone, without that of which records are lost', () => {
    const watched = [
      { from: FROM - DAY, until: FROM + DAY },
      { from: FROM + DAY / 2, until: FROM + 3 * DAY },
    ];
    const gaps = [{ from: FROM + DAY, until: FROM + 2 * DAY, lost: 7 }];
    const failovers = [failover(FROM + 2.5 * DAY)];
    expect(only({ watched, gaps, failovers })).toMatchObject({
      ...{ presentMs: 30 * DAY, watchedMs: 2 * DAY, availability: 100 * (1 - 12000 / (2 * DAY)) },
      verdict: { is: 'unknown', why: 'little-watched' },
    });
    // It is noted now and then that somebody watches; who does, does so up to now.
    const ongoing = [{ from: FROM, until: UNTIL - 9 * SECOND }];
    expect(only({ watched: ongoing })?.watchedMs).toBe(30 * DAY);
    expect(only({ watched: [] })).toMatchObject({
      ...{ watchedMs: 0, availability: null, verdict: { is: 'unknown', why: 'not-watched' } },
    });
  });

  test('begins when the cluster came, and ends when it was gone', () => {
    const known = { cluster: 'orders', since: FROM + 10 * DAY, gone: FROM + 20 * DAY };
    expect(only({ clusters: [known] })).toMatchObject({
      ...{ since: FROM + 10 * DAY, presentMs: 10 * DAY, watchedMs: 10 * DAY },
      ...{ verdict: { is: 'met' }, budget: { allowedMs: 7.2 * MINUTE } },
    });
    // Where structures are gone before their time, a change of leadership tells that it was there.
    const failovers = [failover(FROM + 5 * DAY)];
    expect(only({ clusters: [known], failovers })?.since).toBe(FROM + 5 * DAY - 10 * SECOND);
  });
});

describe('the report of the fleet', () => {
  const clusters = ['well', 'young', 'orders', 'billing'].map((cluster) => ({
    ...{ cluster, gone: null },
    since: cluster === 'young' ? UNTIL - DAY / 2 : FROM - DAY,
  }));
  const failovers = [
    failover(FROM + DAY, { outageMs: 30 * MINUTE }),
    failover(FROM + DAY, { cluster: 'billing', outageMs: 60 * MINUTE }),
    failover(FROM + DAY, { cluster: 'well', kind: 'switchover' }),
  ];
  const worstLag = [
    { cluster: 'well', member: 'pg-b', bytes: 5, at: FROM, widthMs: 1000 },
    { cluster: 'orders', member: 'pg-c', bytes: 7, at: FROM, widthMs: 1000 },
  ];

  test('has the worst first, and the sum of all', () => {
    const report = reportOf(facts({ clusters, failovers, worstLag }), 99.95);
    expect(report.clusters.map((one) => [one.cluster, one.verdict.is])).toEqual([
      ['billing', 'missed'],
      ['orders', 'missed'],
      ['young', 'unknown'],
      ['well', 'met'],
    ]);
    expect(report.verdicts).toEqual({ missed: 2, unknown: 1, met: 1 });
    expect(report.fleet).toMatchObject({
      ...{ planned: 1, unplanned: 2, outageMs: 90 * MINUTE + 12 * SECOND },
      ...{ watchedMs: 90.5 * DAY, longest: { failover: { cluster: 'billing' } } },
      worstLag: { member: 'pg-c' },
    });
  });

  test('of no cluster is empty', () => {
    const report = reportOf(facts({ clusters: [], worstLag: null }), 99.95);
    expect(report).toMatchObject({ clusters: [], fleet: { availability: null, worstLag: null } });
  });
});
