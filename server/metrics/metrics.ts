import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EnsembleView, ProbingView } from '@/lib/stream/frames';
import type { ClusterView } from '@/lib/topology/view';
import { registerClusterMetrics } from './cluster-metrics';

/** Where the figures come from: asked when a scrape comes, so that nothing is counted twice. */
export interface MetricsSources {
  readonly ensembles: () => readonly EnsembleView[];
  readonly views: () => readonly ClusterView[];
  readonly stream: () => {
    readonly streams: number;
    readonly stalled: number;
    readonly deliveries: number;
    readonly bytes: number;
    readonly unsentBytes: number;
  };
  readonly probing: () => ProbingView;
  readonly now: () => number;
}

/** Howdah's own figures, for Prometheus: names and units by its conventions. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #probes: Histogram<'outcome'>;

  constructor(sources: MetricsSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#probes = new Histogram({
      name: 'howdah_probe_duration_seconds',
      help: 'How long asking a PostgreSQL server took, by outcome: ok, or why it failed.',
      labelNames: ['outcome'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    registerEnsembles(this.#registry, sources);
    registerStream(this.#registry, sources);
    registerProbing(this.#registry, sources);
    registerClusterMetrics(this.#registry, sources.views);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** A server was asked: how long that took, and "ok" or the failure's code. */
  probed(tookMs: number, outcome: string): void {
    this.#probes.observe({ outcome }, tookMs / 1000);
  }

  /** The exposition as text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

interface Figure {
  readonly name: string;
  readonly help: string;
  readonly value: () => number;
}

function gauges(registry: Registry, figures: readonly Figure[]): void {
  for (const { name, help, value } of figures) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  }
}

/** What only grows, kept elsewhere. */
function counters(registry: Registry, figures: readonly Figure[]): void {
  for (const { name, help, value } of figures) {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
}

function registerStream(registry: Registry, { stream }: MetricsSources): void {
  gauges(registry, [
    {
      name: 'howdah_stream_clients',
      help: 'Event streams that are open.',
      value: () => stream().streams,
    },
    {
      name: 'howdah_stream_stalled_clients',
      help: 'Streams whose browser does not take what it is sent.',
      value: () => stream().stalled,
    },
    {
      name: 'howdah_stream_unsent_bytes',
      help: 'Written to streams and not yet taken by the kernel.',
      value: () => stream().unsentBytes,
    },
  ]);
  counters(registry, [
    {
      name: 'howdah_stream_deliveries_total',
      help: 'Writes to streams.',
      value: () => stream().deliveries,
    },
    {
      name: 'howdah_stream_bytes_total',
      help: 'Bytes written to streams.',
      value: () => stream().bytes,
    },
  ]);
}

function registerProbing(registry: Registry, { probing, now }: MetricsSources): void {
  gauges(registry, [
    {
      name: 'howdah_probe_members',
      help: 'Members that are asked.',
      value: () => probing().members,
    },
    {
      name: 'howdah_probe_unreachable_members',
      help: 'Members that did not answer when last asked.',
      value: () => probing().unreachable,
    },
    {
      name: 'howdah_probe_connections',
      help: 'Connections to watched PostgreSQL servers.',
      value: () => probing().connections,
    },
    {
      name: 'howdah_probe_behind_seconds',
      help: 'How long the member that has waited longest for its turn is late; 0 when none is.',
      value: () => {
        const { behind } = probing();
        return behind === null ? 0 : Math.max(0, now() - behind.since) / 1000;
      },
    },
  ]);
}

function registerEnsembles(registry: Registry, { ensembles, now }: MetricsSources): void {
  const byEnsemble = (name: string, help: string, value: (view: EnsembleView) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['ensemble'],
      registers: [registry],
      collect() {
        for (const view of ensembles()) this.set({ ensemble: view.name }, value(view));
      },
    });
  type Lane = EnsembleView['aggregator']['lanes'][number];
  const byLane = (name: string, help: string, value: (lane: Lane) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames: ['ensemble', 'lane'],
      registers: [registry],
      collect() {
        for (const { name: ensemble, aggregator } of ensembles()) {
          for (const lane of aggregator.lanes) {
            const figure = value(lane);
            if (figure !== null) this.set({ ensemble, lane: lane.lane }, figure);
          }
        }
      },
    });
  const counted = (name: string, help: string, value: (view: EnsembleView) => number) =>
    new Counter({
      name,
      help,
      labelNames: ['ensemble'],
      registers: [registry],
      collect() {
        this.reset();
        for (const view of ensembles()) this.inc({ ensemble: view.name }, value(view));
      },
    });
  byEnsemble(
    'howdah_zookeeper_connected',
    '1 while every session to the ensemble is connected.',
    ({ state }) => (state === 'connected' ? 1 : 0),
  );
  byEnsemble(
    'howdah_zookeeper_synced',
    '1 while all that is watched has been read since the last connection.',
    ({ synced }) => (synced ? 1 : 0),
  );
  byEnsemble(
    'howdah_zookeeper_serving_servers',
    'Servers of the ensemble that serve.',
    ({ servers }) =>
      servers.filter(({ mode }) => !['down', 'not-serving', 'unknown'].includes(mode)).length,
  );
  byEnsemble(
    'howdah_zookeeper_oldest_dirty_seconds',
    'How long the path that has waited longest has waited to be read; 0 when none waits.',
    ({ aggregator }) =>
      aggregator.oldest === null ? 0 : Math.max(0, now() - aggregator.oldest.since) / 1000,
  );
  byLane('howdah_zookeeper_dirty_paths', 'Paths that wait to be read.', ({ dirty }) => dirty);
  byLane(
    'howdah_zookeeper_reads_in_flight',
    'Reads sent and not answered yet.',
    ({ inFlight }) => inFlight,
  );
  byLane(
    'howdah_zookeeper_read_budget_per_second',
    'The most that may be read a second; absent where reads in flight are what is limited.',
    ({ budgetPerSecond }) => budgetPerSecond,
  );
  counted(
    'howdah_zookeeper_events_total',
    'Changes noticed.',
    ({ aggregator }) => aggregator.events,
  );
  counted('howdah_zookeeper_reads_total', 'Znodes read.', ({ aggregator }) => aggregator.reads);
  counted(
    'howdah_zookeeper_batches_total',
    'Batches that znodes were read in.',
    ({ aggregator }) => aggregator.batches,
  );
}
