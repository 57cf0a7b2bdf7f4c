import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf, SandboxError } from './errors';
import { killAndWait, ManagedProcess } from './managed-process';
import { BENCH_DATABASE } from './patroni-config';
import type { PatroniMember, Row } from './patroni-member';
import type { Platform } from './platform';
import { childrenOf, type ProcessId } from './proc';
import type { ClusterState } from './state';

export interface LoadOptions {
  /** Connections, 2 by default. */
  readonly clients?: number;
  /** Transactions a second over all connections, 20 by default. */
  readonly rate?: number;
}

/** What the load asks of its cluster. */
interface Target {
  leader(): Promise<PatroniMember | null>;
  sql(text: string): Promise<Row[]>;
}

/**
 * pgbench in a loop. Each round lasts ten seconds at most, so that after a failover it is on the
 * new leader within that time even if its connections to the old one merely hang.
 */
const LOOP = `while :; do
  timeout -k 1 12 "$PGBENCH" -n -b simple-update -c "$CLIENTS" -R "$RATE" -T 10 "$TARGET"
  [ $? -eq 0 ] || sleep 0.3
done`;

/** The load generator of one cluster. */
export class Load {
  readonly #root: string;
  readonly #cluster: ClusterState;
  readonly #platform: Platform;

  constructor(root: string, cluster: ClusterState, platform: Platform) {
    this.#root = root;
    this.#cluster = cluster;
    this.#platform = platform;
  }

  running(): boolean {
    return this.#process({}).running();
  }

  /** @throws SandboxError when the cluster has no leader or the tables can't be made. */
  async start(target: Target, options: LoadOptions): Promise<void> {
    await this.stop();
    await this.#createTables(target);
    await this.#process(options).start();
  }

  /** Returns when its processes are gone. */
  async stop(): Promise<void> {
    const loop = this.#process({});
    const id = loop.id();
    if (id) await killAndWait([id, ...descendants(id)], loop.name);
    await loop.kill();
  }

  #process({ clients = 2, rate = 20 }: LoadOptions): ManagedProcess {
    const { scope, bench } = this.#cluster;
    return new ManagedProcess({
      root: this.#root,
      name: `load-${scope}`,
      user: this.#platform.user,
      command: '/bin/sh',
      args: ['-c', LOOP],
      env: {
        PGBENCH: `${this.#platform.postgresBin}/pgbench`,
        CLIENTS: String(clients),
        RATE: String(rate),
        TARGET: this.#connection(),
        PGPASSWORD: bench.password,
      },
    });
  }

  #connection(): string {
    const { members, bench } = this.#cluster;
    const hosts = members.map(() => '127.0.0.1').join(',');
    const ports = members.map((each) => each.pgPort).join(',');
    return (
      `host=${hosts} port=${ports} user=${bench.user} dbname=${BENCH_DATABASE} ` +
      'target_session_attrs=read-write connect_timeout=2 application_name=bench'
    );
  }

  async #createTables(target: Target): Promise<void> {
    const { scope, bench } = this.#cluster;
    const leader = await target.leader();
    if (!leader) throw new SandboxError(`${scope} has no leader to put a load on`);
    const [found] = await leader.sql(
      "SELECT to_regclass('pgbench_accounts') IS NOT NULL AS found",
      [],
      BENCH_DATABASE,
    );
    if (found?.found) return;
    const environment = { PGPASSWORD: bench.password, LANG: 'C.UTF-8' } as Record<string, string>;
    try {
      await promisify(execFile)(
        `${this.#platform.postgresBin}/pgbench`,
        ['-i', '-q', '-s', '1', this.#connection()],
        { env: environment as NodeJS.ProcessEnv, timeout: 60_000 },
      );
    } catch (cause) {
      throw new SandboxError(`pgbench can't prepare ${scope}: ${messageOf(cause)}`, { cause });
    }
  }
}

function descendants(id: ProcessId): ProcessId[] {
  const children = childrenOf(id.pid);
  return [...children, ...children.flatMap(descendants)];
}
