import { describe, expect, test } from 'vitest';
import type { ProbeState } from './probe-state';
import { unprobed } from './probe-state';
import type { ProbeSample } from './sample';
import { aMember, aPrimarySample, aSender, aStandbySample } from './sample-cluster';
import { feedsOf, type UpstreamInput, upstreamOf } from './upstream';

const current = (sample: ProbeSample): ProbeState => ({
  sample,
  failure: null,
  failingSince: null,
});
const names = new Set(['pg-a', 'pg-b', 'pg-c']);
const addresses = new Map([...names].map((name) => [`${name}.example:5432`, name]));
const upstream = (part: Partial<UpstreamInput>) =>
  upstreamOf({
    member: aMember('pg-c'),
    probe: unprobed,
    feed: null,
    leader: 'pg-a',
    addresses,
    names,
    ...part,
  });
const receiver = (senderHost: string, status = 'streaming') => ({
  status,
  timeline: 3,
  senderHost,
  senderPort: 5432,
  slotName: null,
});

describe('who feeds whom', () => {
  test('is told by the rows of senders, on whatever member they are', () => {
    const feeds = feedsOf(
      new Map([
        ['pg-a', current(aPrimarySample({ senders: [aSender('pg-b')] }))],
        ['pg-b', current(aStandbySample({ senders: [aSender('pg-c')] }))],
      ]),
    );
    expect([...feeds].map(([name, { from }]) => [name, from])).toEqual([
      ['pg-b', 'pg-a'],
      ['pg-c', 'pg-b'],
    ]);
  });

  test('ignores base backups, and prefers the row that streams to one that is dying', () => {
    const rows = [
      aSender('pg-b', { state: 'backup' }),
      aSender('pg-c'),
      aSender('pg-c', { state: 'startup' }),
    ];
    const feeds = feedsOf(new Map([['pg-a', current(aPrimarySample({ senders: rows }))]]));
    expect(feeds.has('pg-b')).toBe(false);
    expect(feeds.get('pg-c')?.row.state).toBe('streaming');
  });

  test('is not taken from a sample that is not current', () => {
    const old: ProbeState = {
      ...current(aPrimarySample({ senders: [aSender('pg-b')] })),
      failure: { at: 1, code: 'timeout', says: 'x' },
    };
    expect(feedsOf(new Map([['pg-a', old]])).size).toBe(0);
  });
});

describe('an upstream', () => {
  test.each([
    ['streaming', 'streaming', 'streaming from pg-b'],
    ['catchup', 'catching-up', 'catching up with pg-b'],
    ['startup', 'catching-up', 'connecting to pg-b'],
    [null, 'unknown', 'not visible'],
    ['stopping', 'unknown', 'stopping from pg-b'],
  ] as const)('whose row is %s is %s', (...[state, is, says]) => {
    const found = upstream({ feed: { from: 'pg-b', row: aSender('pg-c', { state }) } });
    expect(found).toMatchObject({ name: 'pg-b', state: is });
    expect(found.says).toContain(says);
  });

  test('of a cascade is found by the address that the receiver names', () => {
    const probe = current(aStandbySample({ receiver: receiver('pg-b.example') }));
    expect(upstream({ probe })).toMatchObject({ name: 'pg-b', state: 'streaming' });
  });

  test('without a receiver is broken, or the archive where Patroni says so', () => {
    const probe = current(aStandbySample({ receiver: null }));
    expect(upstream({ probe })).toMatchObject({ name: 'pg-a', state: 'broken' });
    const member = aMember('pg-c', { replicationState: 'in archive recovery' });
    expect(upstream({ probe, member }).state).toBe('archive');
  });

  test('is as Patroni says where PostgreSQL can’t be asked, or may not be looked into', () => {
    const blind = current(aStandbySample({ receiver: null, privileged: false }));
    for (const probe of [unprobed, blind]) {
      expect(upstream({ probe })).toMatchObject({ state: 'streaming' });
      expect(upstream({ probe }).says).toContain('Patroni');
      expect(upstream({ probe, member: aMember('pg-c', { replicationState: null }) }).state).toBe(
        'unknown',
      );
    }
  });

  test('is the member that a tag names, if there is one of that name', () => {
    const tagged = (replicatefrom: string) =>
      aMember('pg-c', { tags: { ...aMember('x').tags, replicatefrom } });
    expect(upstream({ member: tagged('pg-b') }).name).toBe('pg-b');
    expect(upstream({ member: tagged('pg-z') }).name).toBe('pg-a');
    expect(upstream({ member: tagged('pg-c') }).name).toBe('pg-a');
  });
});
