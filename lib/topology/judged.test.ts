import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose, withDiagnosis } from '../diagnosis/diagnose';
import { defaultProblemLimits } from '../diagnosis/table';
import { assemble } from './assemble';
import { changesBetween } from './changes';
import type { ClusterFacts, Decoded, MemberFacts, StatusFacts } from './facts';
import { judgedTheSame } from './judged';
import { LeaderClock } from './leader-clock';
import { summarize } from './summary';

const NOW = 1_700_000_000_000;
const stat = { czxid: '1', mzxid: '1', version: 0, ephemeralOwner: null, ctime: 0, mtime: 0 };
const ok = <T>(value: T): Decoded<T> => ({ is: 'ok', value, stat });
const absent = { is: 'absent' } as const;

const position = fc.option(fc.bigInt({ min: 0n, max: 2n ** 40n }).map(String));
const flag = fc.boolean();

const memberFields = {
  role: fc.constantFrom<MemberFacts['role'][]>('primary', 'replica', 'other'),
  state: fc.constantFrom('running', 'starting'),
  connUrl: fc.constantFrom('postgres://10.0.0.1:5432/x', 'postgres://10.0.0.2:5432/x', null),
  apiUrl: fc.constantFrom('http://10.0.0.1:8008/patroni', null),
  version: fc.constantFrom('3.0.2', '4.1.4'),
  timeline: fc.constantFrom(1, 2, null),
  xlogLocation: position,
  replicationState: fc.constantFrom('streaming', 'in archive recovery', null),
  pendingRestart: flag,
  pendingRestartReason: fc.constantFrom<string[][]>([], ['max_connections']),
  scheduledRestart: fc.constantFrom('2026-12-01T00:00:00Z', null),
  paused: flag,
  tags: fc.record({
    nofailover: flag,
    noloadbalance: flag,
    nosync: flag,
    nostream: flag,
    replicatefrom: fc.constantFrom('pg-a', 'pg-b', null),
    failoverPriority: fc.constantFrom(0, 1, null),
    other: fc.constantFrom<Record<string, string>[]>({}, { rack: '1' }, { rack: '2' }),
  }),
} satisfies { [K in keyof Omit<MemberFacts, 'name'>]: fc.Arbitrary<MemberFacts[K]> };

/** Fields that another reading may differ in without being judged otherwise. */
const SHOWN: readonly string[] = ['xlogLocation', 'other'];

/** Two members alike but for few fields; those that are only shown differ as a rule. */
const memberPair = fc
  .tuple(
    fc.record(memberFields),
    fc.record(memberFields),
    fc.infiniteStream(fc.integer({ min: 0, max: 19 })),
  )
  .map(([one, other, dice]): [typeof one, typeof one] => {
    const differs = (field: string) => (dice.next().value ?? 0) < (SHOWN.includes(field) ? 15 : 1);
    const mixed = <T extends object>(a: T, b: T): T =>
      Object.fromEntries(
        Object.entries(a).map(([field, value]) => [
          field,
          field === 'tags'
            ? mixed(a['tags' as keyof T] as object, b['tags' as keyof T] as object)
            : differs(field)
              ? b[field as keyof T]
              : value,
        ]),
      ) as T;
    return [one, mixed(one, other)];
  });

const statusPair = fc
  .tuple(position, position)
  .map((pair) => pair.map((optime): Decoded<StatusFacts> => ok({ optime, slots: {} })));

const factsPair = fc
  .record({
    members: fc.tuple(memberPair, memberPair, memberPair),
    status: statusPair,
    leader: fc.constantFrom<Decoded<{ name: string }>[]>(ok({ name: 'pg-a' }), absent),
  })
  .map(({ members, status, leader }) =>
    [0, 1].map(
      (side): ClusterFacts => ({
        key: { ensemble: 'main', namespace: '/service', scope: 'orders', group: null },
        initialize: absent,
        config: absent,
        failover: absent,
        sync: absent,
        history: absent,
        failsafe: absent,
        leader,
        status: status[side] ?? absent,
        members: new Map(
          members.map((pair, index) => {
            const name = ['pg-a', 'pg-b', 'pg-c'][index] ?? '';
            return [name, ok({ name, ...pair[side] } as MemberFacts)];
          }),
        ),
      }),
    ),
  );

/** What is told of a cluster besides its own page. */
function told(facts: ClusterFacts) {
  const bare = assemble({
    facts,
    probes: new Map(),
    leaderClock: new LeaderClock(),
    departed: new Map(),
    pause: null,
    leaderlessSince: facts.leader.is === 'ok' ? null : NOW,
    changedAt: NOW,
    lastOutage: null,
    now: NOW,
  });
  const patient = {
    cluster: bare,
    ensemble: { name: 'main', connected: true, maxSessionTimeoutMs: 40_000 },
    limits: defaultProblemLimits,
    clockOffsets: new Map<string, number>(),
    lsnWentBack: null,
    syncWaits: null,
    now: NOW,
  };
  const { problems, onsets } = diagnose(patient, new Map(), NOW);
  const view = withDiagnosis(bare, problems);
  return { view, onsets, row: summarize(view, [], null) };
}

describe('two readings of a cluster', () => {
  test('that are judged the same give the same row, the same problems and no event', () => {
    let alike = 0;
    fc.assert(
      fc.property(factsPair, ([before, after]) => {
        if (!before || !after || !judgedTheSame(before, after)) return;
        alike += 1;
        const [was, is] = [told(before), told(after)];
        expect(is.row).toEqual(was.row);
        expect(is.onsets).toEqual(was.onsets);
        expect(is.view.problems).toEqual(was.view.problems);
        expect(changesBetween(was.view, is.view)).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(alike).toBeGreaterThan(20);
  });

  test('differ in judgement once any other field of a member does', () => {
    fc.assert(
      fc.property(factsPair, ([before, after]) => {
        if (!before || !after || !judgedTheSame(before, after)) return;
        const judged = ({ members }: ClusterFacts) =>
          [...members.values()].map((member) =>
            JSON.stringify(member, (field, value) => (SHOWN.includes(field) ? undefined : value)),
          );
        expect(judged(after)).toEqual(judged(before));
      }),
      { numRuns: 500 },
    );
  });
});
