import { describe, expect, test } from 'vitest';
import type { Problem } from '../diagnosis/problem';
import type { ClusterEvent, EventCode } from '../topology/event';
import { aCluster, aLeader, aStandby } from '../topology/sample-cluster';
import type { ClusterView } from '../topology/view';
import { incidentAt } from './incident';
import { incidentPicture } from './incident-picture';
import { postMortem, title } from './post-mortem';
import { Player, type Replay, type ReplayChange } from './replay';
import { spansOf } from './spans';
import { StructureFollower } from './structure';

const START = Date.UTC(2026, 10, 26, 3, 0);
const SECOND = 1000;
const at = (seconds: number) => START + seconds * SECOND;

const problem = (code: string, severity: Problem['severity'], since: number): Problem => ({
  ...{ code, severity, since, member: null, says: `${code} it is`, advice: '' },
});
const led = (name: string, czxid: string, part: Partial<ClusterView> = {}) =>
  aCluster({
    leader: { name, czxid, session: null, since: at(0) },
    members: ['pg-a', 'pg-b'].map((one) => (one === name ? aLeader : aStandby)(one)),
    ...part,
  });
const nobody = led('pg-a', '1', {
  leader: null,
  problems: [problem('no-leader', 'critical', at(65))],
});

function replayOf(
  views: readonly (readonly [number, ClusterView])[],
  part: Partial<Replay> = {},
): Replay {
  const follower = new StructureFollower();
  const changes = views.map(
    ([seconds, view], n): ReplayChange => ({
      seq: n + 1,
      run: 1,
      at: at(seconds),
      after: n === 0 ? null : n,
      parts: follower.take(view) ?? {},
    }),
  );
  return {
    ...{ from: at(0), until: at(600), changes, gaps: [], lag: [] },
    watched: [{ from: at(-100), until: at(600) }],
    ...part,
  };
}

const event = (
  seconds: number,
  code: EventCode,
  part: Partial<ClusterEvent> = {},
): ClusterEvent => ({
  ...{ seq: seconds, at: at(seconds), cluster: aCluster().id, code, member: null, says: code },
  ...part,
});

const failover = replayOf(
  [
    [0, led('pg-a', '1')],
    [65, nobody],
    [72, led('pg-b', '2', { problems: [problem('pg-a-missing', 'attention', at(72))] })],
    [
      75,
      led('pg-b', '2', {
        timeline: 4,
        problems: [problem('pg-a-missing', 'attention', at(72))],
        lastOutage: { from: 'pg-a', to: 'pg-b', startedAt: at(60), endedAt: at(74) },
      }),
    ],
    [120, led('pg-b', '2', { timeline: 4 })],
  ],
  {
    lag: [
      {
        member: 'pg-b',
        at: [at(10), at(63), at(90)],
        width: [1000, 1000, 1000],
        figures: {
          ...{ sent: [0, 0, 0], write: [0, 0, 0], flush: [0, 0, 0], ms: [0, 0, 0] },
          replay: [9_000_000, 2048, 4096],
        },
      },
    ],
  },
);
const events = [
  event(120, 'problem-cleared'),
  event(74, 'writes-resumed'),
  event(72, 'leader-changed', {
    cause: 'automatic',
    says: 'pg-b is the leader <now> | really',
    written: { at: at(72) - 3, zxid: '2' },
  }),
  event(65, 'leader-lost', { cause: 'automatic' }),
  event(61, 'state-changed', { says: 'pg-a went from running to crashed' }),
  event(5, 'config-changed'),
];

describe('an incident', () => {
  const incident = incidentAt(failover, events, at(70));

  test('lasts from the first sign until all is as well as before', () => {
    expect(incident).toMatchObject({
      from: at(61),
      until: at(120),
      end: 'recovered',
      worst: 'critical',
    });
    expect(incident?.events.map(({ code }) => code)).toEqual([
      'state-changed',
      'leader-lost',
      'leader-changed',
      'writes-resumed',
      'problem-cleared',
    ]);
  });

  test('has its figures', () => {
    expect(incident).toMatchObject({
      leaders: ['pg-a', null, 'pg-b'],
      leaderlessMs: 7 * SECOND,
      outages: [{ from: 'pg-a', to: 'pg-b' }],
      timelines: [3, 4],
      furthest: { member: 'pg-b', bytes: 4096, at: at(90) },
      cause: 'automatic',
    });
  });

  test('is called by who led, one after the other', () => {
    if (!incident) throw new Error('no incident');
    const called = (...leaders: (string | null)[]) => title({ ...incident, leaders });
    expect(called('a', null, 'b')).toBe('leadership moved from a to b');
    expect(called('a', null, 'b', null, 'a')).toBe('leadership moved from a to b to a');
    expect(called('a', 'b', 'a', 'b', 'c')).toBe('leadership moved 4 times, from a to c');
    expect(called('a', null, 'a')).toBe('a lost the leadership for a while');
    expect(called(null)).toBe('no leader');
  });

  test('is the nearest one for a moment outside of any, and none where all was well', () => {
    expect(incidentAt(failover, events, at(0))?.from).toBe(at(61));
    expect(incidentAt(replayOf([[0, led('pg-a', '1')]]), [], at(0))).toBeNull();
  });

  test('of a cluster that is ill all along is where it was worse', () => {
    const ill = [problem('slot', 'attention', 1)];
    const replay = replayOf([
      [0, led('pg-a', '1', { problems: ill })],
      [300, nobody],
      [310, led('pg-a', '3', { problems: ill })],
    ]);
    expect(incidentAt(replay, [], at(0))).toMatchObject({ from: at(300), until: at(310) });
  });

  test('is a change of leader as well, so quick that nobody saw the cluster without one', () => {
    const outage = { from: 'pg-a', to: 'pg-b', startedAt: at(298), endedAt: at(302) };
    const replay = replayOf([
      [0, led('pg-a', '1')],
      [65, nobody],
      [72, led('pg-a', '2')],
      [300, led('pg-b', '3')],
      [303, led('pg-b', '3', { lastOutage: outage })],
    ]);
    const seen = incidentAt(replay, [event(300, 'leader-changed')], at(300));
    expect(seen).toMatchObject({
      ...{ from: at(300), until: at(302), end: 'recovered', leaderlessMs: 0 },
      ...{ leaders: ['pg-a', 'pg-b'], worst: 'good', outages: [outage] },
    });
    if (!seen) throw new Error('no incident');
    expect(title(seen)).toBe('leadership moved from pg-a to pg-b');
    expect(incidentPicture(replay, seen)).not.toMatch(/NaN|Infinity/);
  });

  test('that is not over yet is said not to be', () => {
    const replay = replayOf([
      [0, led('pg-a', '1')],
      [100, nobody],
    ]);
    expect(incidentAt(replay, [], at(0))).toMatchObject({ until: at(600), end: 'beyond' });
  });

  test('of which nobody saw the end is not said to be over', () => {
    const views = [
      [0, led('pg-a', '1')],
      [100, nobody],
    ] as const;
    const replay = replayOf(views, { watched: [{ from: at(-100), until: at(200) }] });
    const dark = incidentAt(replay, [], at(0));
    expect(dark).toMatchObject({ end: 'unknown' });
    const where = { name: 'orders', ensemble: 'main', namespace: '/service' };
    expect(dark && postMortem(where, dark, replay)).toContain('**Recovered:** not known');
  });

  test('is told in Markdown that nothing in it can break, with its picture', () => {
    if (!incident) throw new Error('no incident');
    const where = { name: 'or_ders', ensemble: 'main', namespace: '/service' };
    const text = postMortem(where, incident, failover);
    expect(text).toContain('# or\\_ders: leadership moved from pg-a to pg-b, 2026-11-26 03:01 UTC');
    expect(text).toContain('- **Recovered:** 2026-11-26 03:02:00.000 UTC, after 59 s');
    expect(text).toContain('- **No writes:** for at most 14 s (pg-a to pg-b)');
    expect(text).toContain(
      '| 03:01:12.000 | 11 s | ZooKeeper | pg-b is the leader \\<now\\> \\| really (written 03:01:11.997, zxid 2) |',
    );
    const svg = /base64,([^)]+)\)/.exec(text)?.[1] ?? '';
    expect(Buffer.from(svg, 'base64').toString()).toBe(incidentPicture(failover, incident));
    expect(incidentPicture(failover, incident)).toContain('pg-b is the leader &lt;now&gt;');
  });
});

describe('the health of a stretch', () => {
  test('is told without a hole, and not known where nobody watched or records are lost', () => {
    const replay = replayOf([[0, led('pg-a', '1')]], {
      watched: [
        { from: at(0), until: at(100) },
        { from: at(300), until: at(600) },
      ],
      gaps: [{ from: at(400), until: at(410), lost: 3 }],
    });
    const spans = spansOf(replay);
    expect(spans[0]?.from).toBe(at(0));
    expect(spans.at(-1)?.until).toBe(at(600));
    for (const [n, { from }] of spans.entries()) if (n > 0) expect(from).toBe(spans[n - 1]?.until);
    expect(spans.map(({ is, health }) => [is, health])).toEqual([
      ['known', 'good'],
      ['unwatched', 'unknown'],
      ['known', 'good'],
      ['lost', 'unknown'],
    ]);
  });
});

describe('a moment', () => {
  test('has the figures that stood then, and none where none were kept', () => {
    const player = new Player(failover);
    const lagAt = (seconds: number) =>
      player.moment(at(seconds)).view?.members.find(({ name }) => name === 'pg-b')?.lag;
    expect(lagAt(5)).toMatchObject({ replayBytes: null, quality: 'unknown' });
    expect(lagAt(12)).toMatchObject({ replayBytes: 9_000_000, sampledAt: at(10) });
    expect(lagAt(45)).toMatchObject({ replayBytes: null, quality: 'unknown' });
    // Whoever goes back finds the same.
    expect(lagAt(12)).toMatchObject({ replayBytes: 9_000_000 });
  });
});
