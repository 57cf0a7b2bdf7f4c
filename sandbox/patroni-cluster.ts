import { messageOf, SandboxError } from './errors';
import type { Load, LoadOptions } from './load';
import type { PatroniMember, PatroniReport, Row } from './patroni-member';
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
  readonly #load: Load;
  readonly #synchronous: boolean;

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
    this.#synchronous = state.options.syncMode === 'on';
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

  /** Every member but the leader. */
  async standbys(): Promise<PatroniMember[]> {
    const leader = await this.leader();
    return this.members.filter((each) => each !== leader);
  }

  /**
   * Waits until one member leads, all run on its timeline, every other *streams* from some member
   * (a standby that merely runs can't yet take over) and a synchronous cluster has its standby.
   *
   * @throws SandboxError saying what is amiss after `timeoutMs` (default 60 s), and what Patroni and
   *   PostgreSQL of that member wrote last.
   */
  async waitHealthy(timeoutMs = 60_000): Promise<void> {
    let amiss: Amiss | null = null;
    const what = () => `${this.scope} to be healthy: ${amiss?.complaint}`;
    try {
      await waitFor(
        async () => {
          amiss = await this.#amiss();
          return amiss === null;
        },
        { timeoutMs, everyMs: 100, what },
      );
    } catch (error) {
      const log = await (amiss as Amiss | null)?.member?.patroni.logTail(25);
      throw new SandboxError([messageOf(error), log].join('\n'), { cause: error });
    }
  }

  /** What keeps the cluster from being healthy, null when nothing does. */
  async complaint(): Promise<string | null> {
    return (await this.#amiss())?.complaint ?? null;
  }

  async #amiss(): Promise<Amiss | null> {
    const leader = await this.leader();
    if (!leader) return { complaint: 'there is no leader', member: this.members[0] ?? null };
    const reports = await Promise.all(this.members.map((each) => each.report()));
    for (const [index, member] of this.members.entries()) {
      const complaint = notRunning(member, reports[index]?.state);
      if (complaint) return { complaint, member };
    }
    const lead = reports[this.members.indexOf(leader)];
    const streaming = streamingFrom(reports);
    for (const [index, member] of this.members.entries()) {
      if (member === leader) continue;
      if (!streaming.has(member.name)) {
        return { complaint: `${member.name} is not streaming`, member };
      }
      // After a quick promotion a standby's Patroni may tell the timeline before, for as long as no
      // member comes or goes: PostgreSQL knows.
      const told = reports[index]?.timeline;
      if (told !== lead?.timeline && (await received(member)) !== lead?.timeline) {
        return { complaint: `${member.name} is on an old timeline`, member };
      }
    }
    const synchronous = lead?.replication?.some((each) => each.sync_state === 'sync');
    if (this.#synchronous && this.members.length > 1 && !synchronous) {
      return { complaint: 'there is no synchronous standby', member: leader };
    }
    return null;
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

/** What keeps a cluster from being healthy, and whose log may tell why. */
interface Amiss {
  readonly complaint: string;
  readonly member: PatroniMember | null;
}

function notRunning({ name, patroni }: PatroniMember, state: string | undefined): string | null {
  if (state === 'running') return null;
  if (state) return `PostgreSQL of ${name} is ${state}`;
  return `Patroni of ${name} ${patroni.running() ? "doesn't answer" : 'has ended'}`;
}

const received = (member: PatroniMember) => member.receivedTimeline().catch(() => null);

function streamingFrom(reports: readonly (PatroniReport | null)[]): Set<string> {
  const names = new Set<string>();
  for (const report of reports) {
    for (const each of report?.replication ?? []) {
      if (each.state === 'streaming') names.add(each.application_name);
    }
  }
  return names;
}
