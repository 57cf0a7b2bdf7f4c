import { hostname } from 'node:os';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { HaproxyAgents } from './adapters/haproxy/agents';
import { systemClock } from './clock';
import type { Config } from './config';
import type { Ensembles } from './ensemble-parts';
import type { Fleet } from './monitor/fleet';
import { policyFolder } from './operations/policy-edits';
import { Routing } from './routing/routing';

interface Parts {
  readonly config: Pick<Config, 'root' | 'agents'>;
  readonly ensembles: Ensembles;
  readonly fleet: Pick<Fleet, 'view' | 'progress'>;
  /** Of this start of the process. */
  readonly epoch: string;
  readonly onRouted: () => void;
  readonly onChange: (id: ClusterId) => void;
}

/** Joins what spreads reads. To be called before the ensembles are started. */
export function createRouting(parts: Parts): Routing {
  const { config, ensembles, fleet, epoch, onRouted, onChange } = parts;
  const agents = new HaproxyAgents(config.agents);
  const routing = new Routing({
    ...{ clock: systemClock, agents, onRouted, onChange },
    ensembles: ensembles.all.map(({ name }) => name),
    me: { id: epoch, name: `Howdah on ${hostname()} (process ${process.pid})` },
    view: (id) => fleet.view(id),
    progress: (id) => fleet.progress(id),
    vouchedFor: (name) => ensembles.all.some((one) => one.name === name && one.synced),
  });
  for (const ensemble of ensembles.all) {
    const policies = routing.policies(ensemble.name);
    ensemble.watch(policyFolder(config.root), {
      onRead: (id, znode) => policies?.read(id, znode),
      onFailed: (id, why) => policies?.failed(id, why),
      onBegin: () => policies?.beganAnew(),
      onWhole: () => policies?.becameWhole(),
    });
  }
  return routing;
}
