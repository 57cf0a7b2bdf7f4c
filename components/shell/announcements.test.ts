import { describe, expect, it } from 'vitest';
import { emptyCluster, emptyStream, type StreamState } from '@/lib/stream/reducer';
import type { ClusterSummary, ClusterView } from '@/lib/topology/view';
import { type Heard, hear, nothingHeard } from './announcements';

const page = { phase: 'live', followed: 'orders' } as const;
const fleetPage = { phase: 'live', followed: null } as const;

/** Only what announcements read. */
function cluster(leader: string | null, critical: readonly string[] = []): StreamState {
  const view = {
    name: 'orders',
    leader: leader === null ? null : { name: leader },
    problems: critical.map((says) => ({ code: says, severity: 'critical', member: null, says })),
  } as unknown as ClusterView;
  return { ...emptyStream, clusters: new Map([['orders', { ...emptyCluster, view }]]) };
}

function fleet(...critical: readonly string[]): StreamState {
  const rows = ['a', 'b', 'c'].map((id) => {
    const health = critical.includes(id) ? 'critical' : 'good';
    return [id, { id, name: id, health, worst: null } as unknown as ClusterSummary] as const;
  });
  return { ...emptyStream, fleetKnown: true, fleet: new Map(rows) };
}

const after = (stream: StreamState, where: Parameters<typeof hear>[2]): Heard =>
  hear(nothingHeard, stream, where).now;

describe('what is announced', () => {
  it('is nothing of what was so when the page opened', () => {
    expect(hear(nothingHeard, cluster(null, ['no leader']), page).news).toEqual([]);
    expect(hear(nothingHeard, fleet('a'), fleetPage).news).toEqual([]);
  });

  it('is a leader lost and another found', () => {
    const before = after(cluster('orders-1'), page);
    const lost = hear(before, cluster(null), page);
    expect(lost.news).toEqual(['orders has no leader']);
    expect(hear(lost.now, cluster('orders-2'), page).news).toEqual(['orders-2 leads orders']);
  });

  it('is a critical problem once, when it is new', () => {
    const before = after(cluster('orders-1'), page);
    const raised = hear(before, cluster('orders-1', ['two primaries']), page);
    expect(raised.news).toEqual(['two primaries']);
    expect(hear(raised.now, cluster('orders-1', ['two primaries']), page).news).toEqual([]);
  });

  it('is the connection lost and back, and not the moments between', () => {
    const lost = hear(nothingHeard, emptyStream, { ...page, phase: 'lost' });
    expect(lost.news.length).toBe(1);
    const mending = hear(lost.now, emptyStream, { ...page, phase: 'mending' });
    expect(mending.news).toEqual([]);
    expect(hear(mending.now, emptyStream, page).news).toEqual(['Connected to Howdah again']);
  });

  it('is one sentence for a fleet, however many clusters fell ill', () => {
    const before = after(fleet(), fleetPage);
    expect(hear(before, fleet('a'), fleetPage).news).toEqual(['a is critical']);
    expect(hear(before, fleet('a', 'b', 'c'), fleetPage).news).toEqual([
      '3 more clusters are critical',
    ]);
  });

  it('is nothing of the cluster of another page', () => {
    const before = after(cluster('orders-1'), { ...page, followed: 'billing' });
    expect(hear(before, cluster('orders-2'), page).news).toEqual([]);
  });
});
