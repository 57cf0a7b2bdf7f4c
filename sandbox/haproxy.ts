import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backendNames } from '@/lib/routing/haproxy-names';
import { parseStatistics, type StatisticsRow } from '@/lib/routing/haproxy-stats';
import { refusedAt } from './accepts';
import { SandboxError } from './errors';
import { askHaproxy } from './haproxy-socket';
import { configOf, type HaproxyPorts, type HaproxyRouting, idOf } from './haproxy-state';
import { ManagedProcess } from './managed-process';
import { sandboxHome } from './options';
import { findHaproxy, findPlatform } from './platform';
import { findPorts } from './ports';
import type { Sandbox } from './sandbox';
import { portsInUse } from './state';
import { waitFor } from './wait-for';

/**
 * One HAProxy before clusters of a sandbox, configured as the product would. It ends with the
 * sandbox.
 */
export class SandboxHaproxy {
  readonly statsPort: number;
  /** Where its operator's commands are taken. */
  readonly socket: string;
  readonly configFile: string;
  readonly #sandbox: Sandbox;
  readonly #ports: HaproxyPorts;
  readonly #user: ReturnType<typeof findPlatform>['user'];
  readonly #process: ManagedProcess;

  /** Describes it; nothing is started. */
  constructor(sandbox: Sandbox, ports: HaproxyPorts) {
    const { root } = sandbox;
    this.#sandbox = sandbox;
    this.#ports = ports;
    this.statsPort = ports.statistics;
    this.socket = join(root, 'run', 'haproxy.sock');
    this.configFile = join(root, 'haproxy.cfg');
    this.#user = findPlatform().user;
    this.#process = new ManagedProcess({
      root,
      name: 'haproxy',
      user: this.#user,
      command: findHaproxy(),
      args: ['-db', '-f', this.configFile],
    });
  }

  /** @throws SandboxError when it doesn't route that cluster. */
  writePort(scope: string): number {
    return this.#of(scope).write;
  }

  /** @throws SandboxError when it doesn't route that cluster. */
  readPort(scope: string): number {
    return this.#of(scope).read;
  }

  /** What its ports for a cluster are called in `rows()`. */
  names(scope: string) {
    return backendNames(this.#id(scope));
  }

  /** The cluster as HAProxy and its agent call it. */
  clusterId(scope: string): string {
    return this.#id(scope);
  }

  running(): boolean {
    return this.#process.running();
  }

  /** One command over its socket. @throws SandboxError when it doesn't answer */
  command(text: string): Promise<string> {
    return askHaproxy(this.socket, text);
  }

  async rows(): Promise<StatisticsRow[]> {
    return parseStatistics(await this.command('show stat'));
  }

  /** Writes its configuration; one that runs goes on as it was until it is started again. */
  write(routing: HaproxyRouting): void {
    const { edited = (config: string) => config } = routing;
    const made = configOf(this.#sandbox, { ...routing, ports: this.#ports, socket: this.socket });
    writeFileSync(this.configFile, edited(made), { mode: 0o640 });
    if (this.#user) chownSync(this.configFile, this.#user.uid, this.#user.gid);
  }

  /** Returns once every member has been checked, whatever came of that. @throws SandboxError */
  async start(): Promise<void> {
    await this.#process.start();
    await waitFor(async () => (await this.#ended()) || (await this.#checked()), {
      timeoutMs: 20_000,
      what: `HAProxy to check its servers (see ${this.#process.logFile})`,
    });
    await this.#ended();
  }

  /** Ends it, sessions and all, and starts it with another configuration. @throws SandboxError */
  async restart(routing: HaproxyRouting): Promise<void> {
    await this.kill();
    this.write(routing);
    await this.start();
  }

  /** SIGKILL; every session through it ends. */
  async kill(): Promise<void> {
    await this.#process.kill();
    // The last that it listens at, and so the last that it lets go of.
    await refusedAt(this.statsPort);
  }

  /** SIGSTOP: it keeps every connection and forwards nothing. */
  freeze(): Promise<void> {
    return this.#process.freeze();
  }

  thaw(): Promise<void> {
    return this.#process.thaw();
  }

  /** False while it runs. @throws SandboxError with what it said when it has ended */
  async #ended(): Promise<false> {
    if (this.#process.running()) return false;
    throw new SandboxError(`HAProxy has ended:\n${await this.#process.logTail()}`);
  }

  async #checked(): Promise<boolean> {
    const rows = await this.rows().catch(() => []);
    const servers = rows.filter(({ kind }) => kind === 'server');
    // One that tracks another has no check of its own.
    return servers.length > 0 && servers.every(({ check }) => !check.status?.includes('INI'));
  }

  #of(scope: string): { readonly write: number; readonly read: number } {
    const found = this.#ports.clusters.get(scope);
    if (!found) throw new SandboxError(`HAProxy does not route ${scope}`);
    return found;
  }

  #id(scope: string): string {
    this.#of(scope);
    return idOf(this.#sandbox.cluster(scope));
  }
}

export interface StartHaproxyOptions extends HaproxyRouting {
  /** Scopes; all of the sandbox by default. */
  readonly clusters?: readonly string[];
}

/**
 * Starts HAProxy before clusters of the sandbox; returns once it has checked every member.
 * @throws SandboxError when it is missing or doesn't start.
 */
export async function startHaproxy(
  sandbox: Sandbox,
  { clusters, ...routing }: StartHaproxyOptions = {},
): Promise<SandboxHaproxy> {
  const scopes = clusters ?? sandbox.clusters.map(({ scope }) => scope);
  const [statistics = 0, ...ports] = await findPorts(
    1 + 2 * scopes.length,
    await portsInUse(sandboxHome()),
  );
  const haproxy = new SandboxHaproxy(sandbox, {
    statistics,
    clusters: new Map(
      scopes.map((scope, i) => [scope, { write: ports[2 * i] ?? 0, read: ports[2 * i + 1] ?? 0 }]),
    ),
  });
  haproxy.write(routing);
  await haproxy.start();
  return haproxy;
}
