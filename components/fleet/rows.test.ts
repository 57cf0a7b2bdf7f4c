import { describe, expect, it } from 'vitest';
import type { ClusterSummary } from '@/lib/topology/view';
import { formatFleetQuery, parseFleetQuery } from './query';
import { memberWords, modeWords, select, totals } from './rows';

function row(name: string, part: Partial<ClusterSummary> = {}): ClusterSummary {
  return {
    id: `main~.2fservice~${name}`,
    key: { ensemble: 'main', namespace: '/service', scope: name, group: null },
    name,
    health: 'good',
    worst: null,
    problemCount: 0,
    leader: `${name}-1`,
    members: { total: 3, running: 3, missing: 0, names: [] },
    lag: { bytes: 0, ms: 0, member: `${name}-2` },
    lagQuality: 'fresh',
    timeline: 1,
    mode: { replication: 'async', paused: false, standbyCluster: false, failsafe: false },
    changedAt: 0,
    trend: [],
    operation: null,
    ...part,
  };
}

const query = (text: string) => parseFleetQuery(new URLSearchParams(text));
const names = (rows: readonly ClusterSummary[]) => rows.map((r) => r.name);

describe('the rows of the fleet', () => {
  it('put problems first by default, equal ones by name with numbers as numbers', () => {
    const rows = [
      row('db10'),
      row('db9'),
      row('u', { health: 'unknown' }),
      row('c', { health: 'critical' }),
      row('a', { health: 'attention' }),
    ];
    expect(names(select(rows, query('')))).toEqual(['c', 'a', 'u', 'db9', 'db10']);
  });

  it('are found by every word of the search, in name, leader, place or problem', () => {
    const rows = [
      row('orders', { worst: { code: 'x', says: 'orders-3 is missing', since: 0 } }),
      row('billing'),
    ];
    expect(names(select(rows, query('q=missing+ORDERS')))).toEqual(['orders']);
    expect(names(select(rows, query('q=billing-1')))).toEqual(['billing']);
    expect(select(rows, query('q=nothing'))).toEqual([]);
  });

  it('are filtered by state', () => {
    const rows = [row('a', { health: 'critical' }), row('b')];
    expect(names(select(rows, query('state=critical')))).toEqual(['a']);
  });

  it('sort unknown lag above every figure, and a cluster without standbys below', () => {
    const rows = [
      row('known', { lag: { bytes: 5, ms: 1, member: 'm' } }),
      row('unknown', { lag: null }),
      row('alone', { lag: null, members: { total: 1, running: 1, missing: 0, names: [] } }),
    ];
    expect(names(select(rows, query('sort=lag')))).toEqual(['unknown', 'known', 'alone']);
    expect(names(select(rows, query('sort=lag&dir=asc')))).toEqual(['alone', 'known', 'unknown']);
  });

  it('are counted by state', () => {
    expect(totals([row('a'), row('b', { health: 'critical' })])).toEqual({
      all: 2,
      critical: 1,
      attention: 0,
      unknown: 0,
      good: 1,
    });
  });
});

describe('the words of a row', () => {
  it('say members by state', () => {
    const members = { total: 5, running: 3, missing: 1, names: [] };
    expect(memberWords(row('a', { members }))).toBe('3 running · 1 not running · 1 missing');
    expect(
      memberWords(row('a', { members: { total: 0, running: 0, missing: 0, names: [] } })),
    ).toBe('none');
  });
  it('say the mode', () => {
    const mode = {
      replication: 'quorum',
      paused: true,
      standbyCluster: true,
      failsafe: false,
    } as const;
    expect(modeWords(mode)).toBe('quorum · paused · standby cluster');
  });
});

describe('the address of the fleet page', () => {
  it.each(['', 'q=a+b&state=unknown', 'sort=lag', 'sort=name&dir=desc', 'dir=asc'])(
    'says "%s" back',
    (text) => {
      expect(formatFleetQuery(query(text)).toString()).toBe(text);
    },
  );
  it('takes nonsense for the default', () => {
    expect(query('state=purple&sort=x&dir=up')).toEqual(query(''));
  });
});
