import { expect, test } from 'vitest';
import type { EnsembleView } from '@/lib/stream/frames';
import { aCluster, aLeader, aStandby } from '@/lib/topology/sample-cluster';
import { Metrics, type MetricsSources } from './metrics';

const ensemble: EnsembleView = {
  name: 'main',
  state: 'connected',
  since: 0,
  says: null,
  servers: [
    { address: 'zk1:2181', mode: 'leader' },
    { address: 'zk2:2181', mode: 'down' },
  ],
  namespaces: [],
  sessionTimeoutMs: null,
  maxSessionTimeoutMs: null,
  synced: true,
  aggregator: {
    events: 70,
    reads: 7,
    batches: 3,
    dirty: 5,
    eventsPerSecond: 7,
    coalescing: 10,
    oldest: { path: '/service/a/leader', since: 4000 },
    lanes: [
      {
        lane: 'changes',
        dirty: 5,
        inFlight: 2,
        readsPerSecond: 1,
        budgetPerSecond: 1000,
        windowMs: 250,
      },
    ],
  },
};

const orders = aCluster({
  members: [
    aLeader('orders-1'),
    aStandby('orders-2', {
      lag: {
        sentBytes: 0,
        writeBytes: 1,
        flushBytes: 2,
        replayBytes: 4096,
        replayMs: 1500,
        atLeast: false,
        quality: 'fresh',
        sampledAt: 1,
      },
    }),
    aStandby('orders-3', {
      lag: {
        sentBytes: null,
        writeBytes: null,
        flushBytes: 9,
        replayBytes: null,
        replayMs: null,
        atLeast: false,
        quality: 'stale',
        sampledAt: null,
      },
    }),
  ],
});

function scrape(sources: Partial<MetricsSources> = {}): Promise<string> {
  return metricsOf(sources).text();
}

function metricsOf(sources: Partial<MetricsSources>): Metrics {
  return new Metrics({
    ensembles: () => [ensemble],
    views: () => [orders],
    stream: () => ({ streams: 3, stalled: 1, deliveries: 40, bytes: 4000, unsentBytes: 16 }),
    probing: () => ({
      members: 2,
      unreachable: 1,
      connections: 1,
      mostConnections: 400,
      pollsPerSecond: 1,
      waiting: 0,
      behind: { since: 3000, count: 1 },
    }),
    now: () => 5000,
    ...sources,
  });
}

test('a storm shows: what was noticed, read, waits, and may be read', async () => {
  const text = await scrape();
  expect(text).toContain('howdah_zookeeper_events_total{ensemble="main"} 70');
  expect(text).toContain('howdah_zookeeper_reads_total{ensemble="main"} 7');
  expect(text).toContain('howdah_zookeeper_dirty_paths{ensemble="main",lane="changes"} 5');
  expect(text).toContain('howdah_zookeeper_reads_in_flight{ensemble="main",lane="changes"} 2');
  expect(text).toContain(
    'howdah_zookeeper_read_budget_per_second{ensemble="main",lane="changes"} 1000',
  );
  expect(text).toContain('howdah_zookeeper_oldest_dirty_seconds{ensemble="main"} 1');
  expect(text).toContain('howdah_zookeeper_serving_servers{ensemble="main"} 1');
});

test('what others page on is there: leader, timeline, lag by member and stage', async () => {
  const text = await scrape();
  const { ensemble: name, namespace } = orders.key;
  const labels = `ensemble="${name}",namespace="${namespace}",cluster="${orders.name}"`;
  expect(text).toContain(`howdah_timeline{${labels}} ${orders.timeline}`);
  expect(text).toContain(`howdah_leader{${labels},member="${orders.leader?.name}"} 1`);
  expect(text).toContain(
    `howdah_replication_lag_bytes{${labels},member="orders-2",stage="replay"} 4096`,
  );
  expect(text).toContain(`howdah_replication_lag_seconds{${labels},member="orders-2"} 1.5`);
  expect(text).toContain(`howdah_members{${labels},presence="present"} 3`);
});

test('what is not known has no figure, rather than a zero', async () => {
  expect(await scrape()).not.toContain('member="orders-3",stage');
});

test('a problem that has gone is gone from the next scrape, as is its cluster', async () => {
  const problem = {
    code: 'no-leader',
    severity: 'critical' as const,
    member: null,
    says: 'x',
    advice: 'y',
    since: 0,
  };
  let views = [aCluster({ problems: [problem] })];
  const metrics = metricsOf({ views: () => views });
  expect(await metrics.text()).toMatch(
    /howdah_problems\{.*code="no-leader",severity="critical"\} 1/,
  );
  views = [aCluster({ problems: [] })];
  expect(await metrics.text()).not.toContain('howdah_problems{');
  views = [];
  expect(await metrics.text()).not.toContain('howdah_timeline{');
});

test('totals are those of their source, scrape after scrape', async () => {
  const metrics = metricsOf({});
  metrics.probed(12, 'ok');
  metrics.probed(2000, 'timeout');
  await metrics.text();
  const text = await metrics.text();
  expect(text).toContain('howdah_stream_deliveries_total 40');
  expect(text).toContain('howdah_stream_clients 3');
  expect(text).toContain('howdah_probe_duration_seconds_count{outcome="ok"} 1');
  expect(text).toContain('howdah_probe_behind_seconds 2');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(text).toContain('process_resident_memory_bytes');
});

test('every metric of ours is named by the conventions', async () => {
  const names = [...(await scrape()).matchAll(/^# TYPE (howdah_\S+) (\w+)/gm)];
  expect(names.length).toBeGreaterThan(15);
  for (const [, name, type] of names) {
    expect(name).toMatch(/^howdah_[a-z_]+$/);
    expect(name?.endsWith('_total')).toBe(type === 'counter');
  }
});
