import { messageOf, SandboxError } from './errors';
import { nudgedUntil, waitHealthy, whatIsAmiss } from './health';
import type { Load, LoadOptions } from './load';
import type { PatroniMember, Row } from './patroni-member';
import type { ClusterState, Credential } from './state';
import { waitFor } from './wait-for';

/** A Patroni cluster with its members. */
export class PatroniCluster {
  readonly scope: string;
  /** With a slash at both ends, '/service/' by default. */
  readonly namespace: string;
  readonly members: readonly PatroniMember[];
  /** The role of a monitor: pg_monitor, by SCRAM over TCP. */
  readonly monitoring: Credential;
  /** The owner of the database `bench`. */
  readonly bench: Credential;
  readonly synchronous: boolean;
  readonly #load: Load;

  constructor(
    state: ClusterState,
    parts: { readonly members: readonly PatroniMember[]; readonly load: Load },
  ) {
    this.scope = state.scope;
    this.namespace = state.namespace;
    this.members = parts.members;
    this.monitoring = state.monitoring;
    this.bench = state.bench;
    this.#load = parts.load;
    this.synchronous = state.options.syncMode === 'on';
  }

  /** @throws SandboxError when there is no such member. */
  member(name: string): PatroniMember {
    const found = this.members.find((each) => each.name === name);
    if (!found) throw new SandboxError(`${this.scope} has no member ${name}`);
    return found;
  }

  /** The member whose Patroni says that it holds the leader lock; null when none does. */
  async leader(): Promise<PatroniMember | null> {
    const answers = await Promise.all(
      this.members.map((each) =>
        each.rest('/leader').then(
          ({ status }) => status === 200,
          () => false,
        ),
      ),
    );
    return this.members.find((_, index) => answers[index]) ?? null;
  }

  /**
   * Every member but the leader, which is waited for: one whose answer is late is none.
   * @throws SandboxError when nobody leads for 30 s.
   */
  async standbys(): Promise<PatroniMember[]> {
    const what = `${this.scope} to have a leader`;
    const leader = await waitFor(() => this.leader(), { timeoutMs: 30_000, what });
    return this.members.filter((each) => each !== leader);
  }

  /**
   * Waits until one member leads, all run on its timeline, every other *streams* from some member
   * (a standby that merely runs can't yet take over) and a synchronous cluster has its standby.
   *
   * @throws SandboxError saying what is amiss after `timeoutMs` (default 60 s), and what Patroni and
   *   PostgreSQL of that member wrote last; what `signal` was aborted with.
   */
  waitHealthy(timeoutMs = 60_000, signal?: AbortSignal): Promise<void> {
    return waitHealthy(this, timeoutMs, signal);
  }

  /**
   * Waits for something that goes on in an idle cluster where `waitHealthy` would come too early or
   * too late: as it does, it ends the waits that nothing else would end for minutes.
   */
  nudgedUntil<T>(awaited: Promise<T>): Promise<T> {
    return nudgedUntil(this, awaited);
  }

  /** What keeps the cluster from being healthy, null when nothing does. */
  async complaint(): Promise<string | null> {
    return (await whatIsAmiss(this))?.complaint ?? null;
  }

  /**
   * Patroni's maintenance mode; returns when every member follows it.
   * @throws SandboxError when no member takes the request.
   */
  async setPause(on: boolean): Promise<void> {
    await this.patchConfig({ pause: on ? true : null });
    await waitFor(
      async () => {
        const reports = await Promise.all(this.members.map((each) => each.report()));
        return reports.every((each) => !each || 'pause' in each === on);
      },
      { timeoutMs: 30_000, what: `all of ${this.scope} to ${on ? 'pause' : 'resume'}` },
    );
  }

  /** Merges into the dynamic configuration through REST. @throws SandboxError when refused */
  async patchConfig(change: Record<string, unknown>): Promise<void> {
    let refusal = 'no member answers';
    for (const member of this.members) {
      try {
        const answer = await member.rest('/config', { method: 'PATCH', body: change });
        if (answer.status === 200) return;
        refusal = `${member.name} says ${answer.status}: ${String(answer.body)}`;
      } catch (error) {
        refusal = `${member.name}: ${messageOf(error)}`;
      }
    }
    throw new SandboxError(`The configuration of ${this.scope} was not changed: ${refusal}`);
  }

  /** Runs one statement on the leader as superuser. @throws SandboxError when there is none */
  async sql(text: string, params: readonly unknown[] = []): Promise<Row[]> {
    const leader = await this.leader();
    if (!leader) throw new SandboxError(`${this.scope} has no leader`);
    return leader.sql(text, params);
  }

  /** Starts pgbench on whichever member leads; it follows the leader. Restarts a running load. */
  startLoad(options: LoadOptions = {}): Promise<void> {
    return this.#load.start(this, options);
  }

  stopLoad(): Promise<void> {
    return this.#load.stop();
  }

  loadRunning(): boolean {
    return this.#load.running();
  }
}
