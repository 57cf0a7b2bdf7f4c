import type { Burden } from '@/lib/operations/preflight';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ProbeFailure } from '@/lib/topology/sample';
import { PostgresProbe } from './adapters/postgres/probe';
import type { Config } from './config';
import type { Ensembles } from './ensemble-parts';
import type { Fleet } from './monitor/fleet';
import { MemberSettingsReader } from './monitor/member-settings';
import { ProbeSchedule } from './monitor/probe-schedule';
import type { Clock, SettingsReader } from './ports';

interface Parts {
  readonly clock: Clock;
  readonly config: Pick<Config, 'poll' | 'clusterSettings'>;
  readonly fleet: Fleet;
  readonly ensembles: Pick<Ensembles, 'of' | 'scope'>;
  readonly onPoll: (tookMs: number, code: string) => void;
}

export interface Probing {
  readonly schedule: ProbeSchedule;
  readonly settings: SettingsReader;
  /** What a leader has to finish before it stops; null: it doesn't say. */
  readonly burden: (id: ClusterId, leader: string) => Promise<Burden | null>;
  /** Why nobody may ask the members of a cluster; null: they are asked. */
  readonly unasked: (key: ClusterKey) => ProbeFailure | null;
}

/** Between two probes of a member while its cluster is operated: the outage is measured by them. */
const URGENT_MS = 250;

/** All that is asked of watched PostgreSQL servers, over one connection each. */
export function createProbing({ clock, config, fleet, ensembles, onPoll }: Parts): Probing {
  const probe = new PostgresProbe(clock);
  const monitorOf = (id: ClusterId) => {
    const key = fleet.keyOf(id);
    return key ? config.clusterSettings(key).monitor : null;
  };
  const { attendedMs, idleMs, mostConnections, mostPerHost, mostPerCluster } = config.poll;
  return {
    schedule: new ProbeSchedule({
      ...{ clock, probe, attendedMs, idleMs, mostConnections, mostPerHost, mostPerCluster },
      urgentMs: Math.min(URGENT_MS, attendedMs),
      members: (id) => {
        const settings = monitorOf(id);
        if (settings === null) return new Map();
        return new Map(
          fleet.targets(id).map(({ name, ...where }) => [name, { ...where, settings }]),
        );
      },
      onResult: (id, member, result) => fleet.setProbe(id, member, result),
      onPoll: ({ tookMs, code }) => onPoll(tookMs, code ?? 'ok'),
    }),
    settings: new MemberSettingsReader({
      clock,
      probe,
      view: (id) => fleet.view(id),
      scope: (id) => ensembles.scope(id),
      maxSessionTimeoutMs: (name) => ensembles.of(name).maxSessionTimeoutMs,
      asked: (id) => monitorOf(id) !== null,
    }),
    burden: async (id, leader) => {
      const answer = await probe.burden(`${id}/${leader}`);
      return 'code' in answer ? null : answer;
    },
    unasked: (key) =>
      config.clusterSettings(key).monitor === null
        ? { at: clock.now(), code: 'no-credentials', says: 'no monitoring user is configured' }
        : null,
  };
}
