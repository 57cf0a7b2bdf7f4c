import { describe, expect, test } from 'vitest';
import { seesNamespace } from '../access/namespaces';
import type { Grant } from '../access/roles';
import { seesAll, sightOf } from '../access/sight';
import type { HistoryView } from '../history/history';
import type { EnsembleView } from './frames';
import { NOT_ALL_READ, NOT_KEPT, seenEnsembles, seenHistory } from './seen';

const ensemble = (part: Partial<EnsembleView> = {}): EnsembleView => ({
  ...{ name: 'main', state: 'connected', since: 1, says: null, synced: true },
  servers: [{ address: '192.0.2.1:2181', mode: 'leader' }],
  namespaces: [
    { path: '/service', exists: true },
    { path: '/staging', exists: true },
  ],
  ...{ sessionTimeoutMs: 4000, maxSessionTimeoutMs: 40_000 },
  aggregator: {
    ...{ events: 9, reads: 8, changes: 7, batches: 6, dirty: 5, eventsPerSecond: 4, coalescing: 3 },
    ...{ oldest: { path: '/staging/billing/leader', since: 1 }, lanes: [] },
  },
  ...part,
});

const viewerOf = (scope: Grant['scope']) => sightOf([{ role: 'viewer', scope }]);
const ofOrders = viewerOf({ of: 'cluster', cluster: 'main~.2Fservice~orders' });
const cut = (view: EnsembleView, sight = ofOrders) =>
  JSON.parse(seenEnsembles(JSON.stringify([view]), sight)) as EnsembleView[];

describe('of an ensemble', () => {
  test('whoever sees one cluster reads no path of another, in whichever field it stands', () => {
    const says = "/staging/billing/members can't be listed: no permission.";
    const [seen] = cut(ensemble({ says }));
    expect(JSON.stringify(seen)).not.toMatch(/staging|billing/);
    expect(seen?.says).toBe(NOT_ALL_READ);
    expect(seen?.namespaces).toEqual([{ path: '/service', exists: true }]);
    expect(seen?.aggregator).toMatchObject({ events: 9, dirty: 5, oldest: null });
  });

  test('why it can’t be reached is about nothing but itself, and is told', () => {
    const says = 'None of its servers answers.';
    expect(cut(ensemble({ state: 'unreachable', says }))[0]?.says).toBe(says);
    expect(cut(ensemble())[0]?.says).toBeNull();
  });

  test('nothing is told to whom nothing of it is', () => {
    expect(cut(ensemble({ name: 'south' }))).toEqual([]);
  });

  test('whoever sees all clusters is told everything', () => {
    expect(cut(ensemble(), seesAll)).toEqual([ensemble()]);
  });
});

test('a namespace is seen by who has something in it on that ensemble', () => {
  const ofStaging = viewerOf({ of: 'namespace', ensemble: 'main', namespace: '/staging' });
  const seen = (sight: typeof ofOrders) =>
    ['/service', '/staging', '/'].map((path) => seesNamespace(sight, 'main', path));
  expect(seen(ofOrders)).toEqual([true, false, false]);
  expect(seen(ofStaging)).toEqual([false, true, false]);
  expect(seen(seesAll)).toEqual([true, true, true]);
  expect(seesNamespace(ofOrders, 'south', '/service')).toBe(false);
});

describe('of the history', () => {
  const view: HistoryView = {
    ...{ state: 'away', since: 5, says: 'password authentication failed for user "howdah"' },
    ...{ server: 'PostgreSQL 18.4 at db.internal', standby: 'other-host', newest: 71 },
    ...{ waiting: { records: 3, bytes: 400, mostBytes: 9000 }, samples: { waiting: 2, lost: 1 } },
    ...{ losing: { from: 2, until: 4, lost: 17 } },
    disk: { bytes: 1, budgetBytes: null, bytesPerDay: null },
  };

  test('that it is away, and what is missing, is told; nothing of where it is or how much', () => {
    expect(seenHistory(view)).toEqual({
      ...{ state: 'away', since: 5, says: NOT_KEPT, losing: { from: 2, until: 4, lost: null } },
      ...{ server: null, standby: null, disk: null, waiting: null, samples: null, newest: null },
    });
  });

  test('is the same however much others do', () => {
    const busy = { ...view, newest: 72, waiting: { ...view.waiting, records: 4 } };
    expect(seenHistory(busy)).toEqual(seenHistory(view));
  });
});
