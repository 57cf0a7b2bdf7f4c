import { type EnsembleView, type HelloFrame, WIRE_VERSION } from '@/lib/stream/frames';
import type { ClusterSummary } from '@/lib/topology/view';

/** Frames as the server sends them, for tests. */
export const hello = (part: Partial<HelloFrame> = {}): HelloFrame => ({
  type: 'hello',
  wire: WIRE_VERSION,
  build: 'b1',
  epoch: 'e1',
  now: 0,
  ...part,
});

export function summary(name: string, part: Partial<ClusterSummary> = {}): ClusterSummary {
  return {
    id: name,
    key: { ensemble: 'main', namespace: '/service', scope: name, group: null },
    name,
    health: 'good',
    worst: null,
    problemCount: 0,
    leader: `${name}-1`,
    members: { total: 2, running: 2, missing: 0, names: [`${name}-1`, `${name}-2`] },
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

export const fleet = (changed: readonly ClusterSummary[], full = false) =>
  ({ type: 'fleet', full, changed, gone: [] as string[] }) as const;

export function ensemble(part: Partial<EnsembleView> = {}): EnsembleView {
  return {
    name: 'main',
    state: 'connected',
    since: 0,
    says: null,
    servers: [{ address: '127.0.0.1:2181', mode: 'standalone' }],
    namespaces: [{ path: '/service', exists: true }],
    sessionTimeoutMs: 4000,
    maxSessionTimeoutMs: 40_000,
    synced: true,
    aggregator: {
      events: 0,
      reads: 0,
      changes: 0,
      batches: 0,
      dirty: 0,
      eventsPerSecond: 0,
      coalescing: null,
      oldest: null,
      lanes: [],
    },
    ...part,
  };
}
