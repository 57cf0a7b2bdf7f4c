/** One znode to be written. */
export interface SyntheticZnode {
  readonly path: string;
  readonly data: string;
  readonly ephemeral: boolean;
}

export interface SyntheticPlan {
  /** With a slash at both ends. */
  readonly namespace: string;
  /** From 0. */
  readonly index: number;
  readonly members: number;
  readonly random: () => number;
}

/**
 * A cluster that exists in ZooKeeper alone, written as Patroni 4.1 writes it. Most are healthy;
 * as in a real fleet one in a hundred or so lacks a member, has a laggard or awaits a restart.
 */
export class SyntheticCluster {
  readonly scope: string;
  readonly path: string;
  readonly #plan: SyntheticPlan;
  readonly #system: string;
  readonly #synchronous: boolean;
  readonly #absent: number;
  readonly #laggard: number;
  readonly #restartPending: number;
  /** Bytes of WAL in a loop. */
  readonly #walRate: number;
  #leader = 0;
  #timeline = 1;
  #lsn: number;
  readonly #history: [number, number, string, string, string][] = [];

  constructor(plan: SyntheticPlan) {
    const { random, members, index, namespace } = plan;
    this.#plan = plan;
    this.scope = `synthetic-${String(index + 1).padStart(4, '0')}`;
    this.path = `${namespace}${this.scope}`;
    this.#system = `7${String(Math.floor(random() * 1e15)).padStart(15, '0')}${100 + (index % 900)}`;
    this.#synchronous = members > 1 && random() < 0.3;
    const last = members - 1;
    this.#absent = last > 0 && random() < 0.01 ? last : -1;
    this.#laggard = last > 0 && random() < 0.02 ? last : -1;
    this.#restartPending = random() < 0.01 ? last : -1;
    this.#walRate = Math.floor(random() ** 3 * 20e6);
    this.#lsn = Math.floor(random() * 2 ** 40);
  }

  /** Every znode, parents before children. */
  znodes(): SyntheticZnode[] {
    const persistent = (name: string, data: unknown): SyntheticZnode => ({
      path: `${this.path}${name}`,
      data: typeof data === 'string' ? data : JSON.stringify(data),
      ephemeral: false,
    });
    return [
      persistent('', ''),
      persistent('/initialize', this.#system),
      persistent('/config', this.#config()),
      persistent('/history', this.#history),
      this.status(),
      ...(this.#synchronous ? [persistent('/sync', this.#sync())] : []),
      persistent('/members', ''),
      { path: `${this.path}/leader`, data: this.#name(this.#leader), ephemeral: true },
      ...this.members(),
    ];
  }

  /** The leader's position and the slots. */
  status(): SyntheticZnode {
    const names = this.#present();
    const slots = Object.fromEntries(
      names.map((member) => [this.#name(member).replaceAll('-', '_'), this.#position(member)]),
    );
    return {
      path: `${this.path}/status`,
      data: JSON.stringify({ optime: this.#lsn, slots, retain_slots: Object.keys(slots) }),
      ephemeral: false,
    };
  }

  /** The members that are there. */
  members(): SyntheticZnode[] {
    return this.#present().map((member) => ({
      path: `${this.path}/members/${this.#name(member)}`,
      data: JSON.stringify(this.#member(member)),
      ephemeral: true,
    }));
  }

  /** What the members write when their loop turns; `write` is how much WAL there was, 0 to 2. */
  turn(write: number): SyntheticZnode[] {
    this.#lsn += Math.floor(this.#walRate * write);
    return [this.status(), ...this.members()];
  }

  /**
   * Hands leadership to the next member. @returns the leader znode, to be deleted and created
   * again, and what is written after.
   */
  switchLeader(at: Date): { leader: SyntheticZnode; after: SyntheticZnode[] } {
    const present = this.#present();
    const next = present[(present.indexOf(this.#leader) + 1) % present.length] ?? 0;
    this.#history.push([
      this.#timeline,
      this.#lsn,
      'no recovery target specified',
      at.toISOString().replace('Z', '000+00:00'),
      this.#name(next),
    ]);
    this.#timeline += 1;
    this.#leader = next;
    const znodes = this.znodes();
    const leader = znodes.find(({ path }) => path === `${this.path}/leader`);
    if (!leader) throw new Error('unreachable: a synthetic cluster has a leader');
    const changed = new Set(['/history', '/sync'].map((name) => `${this.path}${name}`));
    return {
      leader,
      after: [...this.members(), ...znodes.filter(({ path }) => changed.has(path)), this.status()],
    };
  }

  #present(): number[] {
    const all = Array.from({ length: this.#plan.members }, (_, member) => member);
    return all.filter((member) => member !== this.#absent);
  }

  #name(member: number): string {
    return `${this.scope}-${member + 1}`;
  }

  #position(member: number): number {
    if (member === this.#leader || member !== this.#laggard) return this.#lsn;
    return Math.max(0, this.#lsn - 50 * 2 ** 20);
  }

  #member(member: number) {
    const { index } = this.#plan;
    // Loopback, so that nothing that is pointed at these clusters ever leaves this machine.
    const host = `127.${100 + (index >> 8)}.${index & 255}.${11 + member}`;
    const leads = member === this.#leader;
    const position = this.#position(member);
    return {
      conn_url: `postgres://${host}:5432/postgres`,
      api_url: `http://${host}:8008/patroni`,
      state: 'running',
      role: leads ? 'primary' : 'replica',
      version: '4.1.4',
      ...(member === this.#restartPending ? { pending_restart: true } : {}),
      xlog_location: position,
      ...(leads
        ? {}
        : { replay_lsn: position, receive_lsn: position, replication_state: 'streaming' }),
      timeline: this.#timeline,
    };
  }

  #sync() {
    const standby = this.#present().find((member) => member !== this.#leader);
    const names = standby === undefined ? null : this.#name(standby);
    return { leader: this.#name(this.#leader), quorum: 0, sync_standby: names };
  }

  #config() {
    return {
      ttl: 30,
      loop_wait: 10,
      retry_timeout: 10,
      maximum_lag_on_failover: 1_048_576,
      ...(this.#synchronous ? { synchronous_mode: true } : {}),
      postgresql: { use_pg_rewind: true, use_slots: true, parameters: { max_connections: 200 } },
    };
  }
}
