import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ReadClients,
  routingAgent,
  type Sandbox,
  startFreshReads,
  startHaproxy,
} from '@/sandbox';

export interface DemoRouting {
  /** Howdah's configuration: it names the agent, and where writes go through. */
  readonly configFile: string;
  /** "reads of orders at 127.0.0.1:5001, writes at 127.0.0.1:5000" */
  readonly says: readonly string[];
  stop(): Promise<void>;
}

/** Sessions a second through HAProxy, for each cluster: enough to see shares move. */
const RATE = 5;

/** HAProxy before the clusters, the agent beside it, and clients that read through it. */
export async function startDemoRouting(sandbox: Sandbox): Promise<DemoRouting> {
  const agent = await routingAgent(sandbox, {
    haproxySocket: join(sandbox.root, 'run', 'haproxy.sock'),
  });
  const haproxy = await startHaproxy(sandbox, { agentPort: agent.checkPort, checkMs: 1000 });
  await agent.start();
  const clients: ReadClients[] = sandbox.clusters.map((cluster) =>
    startFreshReads(cluster, { port: haproxy.readPort(cluster.scope), rate: RATE, value: '1' }),
  );
  const configFile = join(sandbox.root, 'howdah.yaml');
  const through = (scope: string) => `127.0.0.1:${haproxy.writePort(scope)}`;
  const settings = {
    routing: {
      agents: [{ url: `http://127.0.0.1:${agent.controlPort}`, tokenFile: agent.tokenFile }],
    },
    overrides: sandbox.clusters.map(({ scope, bench: { user, password } }) => ({
      scope,
      writeProbe: { user, password, database: 'bench', through: through(scope) },
    })),
  };
  // JSON is YAML too.
  writeFileSync(configFile, JSON.stringify(settings), { mode: 0o600 });
  return {
    configFile,
    says: sandbox.clusters.map(
      ({ scope }) =>
        `HAProxy: reads of ${scope} at 127.0.0.1:${haproxy.readPort(scope)}, writes at ${through(scope)}`,
    ),
    stop: async () => {
      await Promise.all(clients.map((one) => one.stop()));
    },
  };
}
