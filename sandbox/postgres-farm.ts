import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { SandboxError } from './errors';
import { copyTemplate, dropTemplate, type FarmPlace, farmData, makeTemplate } from './farm-files';
import { FarmServer } from './farm-server';
import { ManagedProcess } from './managed-process';
import { sandboxHome } from './options';
import { pipelined } from './pipelined';
import { findPlatform } from './platform';
import { findPorts } from './ports';
import type { Sandbox } from './sandbox';
import { type Credential, portsInUse } from './state';
import { waitFor } from './wait-for';

export interface PostgresFarmOptions {
  readonly clusters: number;
  /** Of each cluster, 1 by default: a primary, and standbys that stream from it. */
  readonly members?: number;
  /** Names the clusters, `farm` by default: farm-1, farm-2, … */
  readonly prefix?: string;
  /** Further PostgreSQL parameters. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly onProgress?: (line: string) => void;
}

export interface FarmCluster {
  readonly scope: string;
  /** The primary first. */
  readonly servers: readonly FarmServer[];
}

/** Plain PostgreSQL servers beside a sandbox's ZooKeeper; they end with the sandbox. */
export interface PostgresFarm {
  readonly clusters: readonly FarmCluster[];
  readonly servers: readonly FarmServer[];
  /** A role of all servers that may see statistics, with a SCRAM password. */
  readonly monitoring: Credential;
  /** The same for all: they are copies of one. */
  readonly systemId: string;
}

/** Servers that start at a time: more only get in each other's way. */
const AT_ONCE = 4;
const START_MS = 30_000;

/**
 * Starts as many small servers as are asked for, all copies of one folder, in the sandbox's own;
 * returns when each answers. Nothing of them is meant to last: fsync is off.
 *
 * @throws SandboxError when one doesn't start; what has been started ends with the sandbox.
 */
export async function startPostgresFarm(
  sandbox: Sandbox,
  options: PostgresFarmOptions,
): Promise<PostgresFarm> {
  const { clusters: count, members = 1, prefix = 'farm', onProgress } = options;
  const began = performance.now();
  const place: FarmPlace = { root: sandbox.root, platform: findPlatform() };
  const monitoring = { user: 'howdah', password: randomBytes(12).toString('hex') };
  const systemId = await makeTemplate(place, monitoring);
  const ports = await findPorts(count * members, await portsInUse(sandboxHome()));
  const clusters = Array.from({ length: count }, (_, index): FarmCluster => {
    const scope = `${prefix}-${index + 1}`;
    const names = Array.from({ length: members }, (_, member) => `${scope}-${member + 1}`);
    const describe = (name: string, member: number) =>
      describeServer(place, name, { port: ports.pop() ?? 0, follows: member ? names[0] : null });
    return { scope, servers: names.map(describe) };
  });
  await pipelined(clusters, AT_ONCE, async ({ servers }) => {
    const [primary] = servers;
    for (const server of servers) {
      await copyTemplate(place, server.name, {
        port: server.port,
        parameters: options.parameters ?? {},
        follows:
          server === primary || !primary
            ? null
            : { port: primary.port, standby: server.name, monitoring },
      });
      await server.process.start();
      await answers(server, monitoring);
    }
  });
  dropTemplate(place.root);
  const servers = clusters.flatMap((cluster) => cluster.servers);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  onProgress?.(`${servers.length} PostgreSQL servers answer after ${seconds} s`);
  return { clusters, servers, monitoring, systemId };
}

function describeServer(
  { root, platform }: FarmPlace,
  name: string,
  { port, follows = null }: { readonly port: number; readonly follows: string | null | undefined },
): FarmServer {
  const dataFolder = farmData(root, name);
  const process = new ManagedProcess({
    root,
    name: `postgres-${name}`,
    user: platform.user,
    command: join(platform.postgresBin, 'postgres'),
    args: ['-D', dataFolder],
  });
  return new FarmServer({ name, port, dataFolder, follows }, process);
}

async function answers({ port, name, process }: FarmServer, role: Credential): Promise<void> {
  const asked = async () => {
    const client = new pg.Client({ host: '127.0.0.1', port, database: 'postgres', ...role });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      if (!process.running())
        throw new SandboxError(`${name} has ended: ${await process.logTail()}`);
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  };
  await waitFor(asked, { timeoutMs: START_MS, what: `${name} to answer (see ${process.logFile})` });
}
