import { join } from 'node:path';
import {
  type PatroniCluster,
  type RoutingAgent,
  routingAgent,
  type Sandbox,
  type SandboxHaproxy,
  startHaproxy,
  startSandbox,
} from '@/sandbox';
import { OnSandbox } from '../operations/on-sandbox';

/** A cluster of three, `reads`, behind a HAProxy that goes by an agent. */
interface BehindHaproxy {
  readonly sandbox: Sandbox;
  readonly cluster: PatroniCluster;
  readonly on: OnSandbox;
  readonly agent: RoutingAgent;
  readonly haproxy: SandboxHaproxy;
}

export async function behindHaproxy(name: string): Promise<BehindHaproxy> {
  const sandbox = await startSandbox({
    ...{ name, profile: 'fast', ephemeral: true, zookeeperServers: 1 },
    clusters: [{ scope: 'reads' }],
  });
  try {
    const haproxySocket = join(sandbox.root, 'run', 'haproxy.sock');
    const agent = await routingAgent(sandbox, { haproxySocket });
    const haproxy = await startHaproxy(sandbox, { agentPort: agent.checkPort });
    await agent.start();
    const on = new OnSandbox(sandbox, 'reads');
    return { sandbox, agent, haproxy, on, cluster: sandbox.cluster('reads') };
  } catch (error) {
    await sandbox.down();
    throw error;
  }
}

/** What makes a Howdah tell that agent. */
export const tells = ({ controlPort, tokenFile }: RoutingAgent) => ({
  routing: { agents: [{ url: `http://127.0.0.1:${controlPort}`, tokenFile }] },
});
