import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ProbeFailure, ProbeSample } from '@/lib/topology/sample';
import type { Clock, ProbePort, ProbeTarget } from '../ports';

/** How close a look a cluster gets: `urgent` while something is being done to it. */
export interface Attention {
  readonly attended: ReadonlySet<ClusterId>;
  readonly urgent: ReadonlySet<ClusterId>;
}

/** Whom to ask. When `condition` changes, whoever failed before is asked again at once. */
export interface Subject extends Omit<ProbeTarget, 'key'> {
  readonly condition: string;
}

export interface ScheduleOptions {
  readonly clock: Clock;
  readonly probe: ProbePort;
  /** Between two probes of a member somebody looks at, milliseconds. */
  readonly attendedMs: number;
  /** Of a member of a cluster that is operated on. */
  readonly urgentMs: number;
  /** Of any other member. */
  readonly idleMs: number;
  /** Whom to ask in a cluster, by member name. */
  readonly members: (id: ClusterId) => ReadonlyMap<string, Subject>;
  readonly onResult: (id: ClusterId, member: string, result: ProbeSample | ProbeFailure) => void;
}

const MOST_BACKOFF_MS = 30_000;
const JITTER = 0.1;
const SOON_MS = 50;

interface Member {
  readonly key: string;
  readonly cluster: ClusterId;
  readonly name: string;
  condition: string;
  cancel: () => void;
  failures: number;
  running: boolean;
  nextAt: number;
  gone: boolean;
}

/**
 * When each member is asked. Every member has a timer of its own, so a server that hangs delays
 * nobody; whoever fails is asked more and more rarely; whoever is looked at, more often.
 */
export class ProbeSchedule {
  readonly #options: ScheduleOptions;
  readonly #clusters = new Map<ClusterId, Map<string, Member>>();
  #attention: Attention = { attended: new Set(), urgent: new Set() };

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Which clusters are looked at, or operated on, now. */
  attend(attention: Attention): void {
    const before = this.#attention;
    this.#attention = attention;
    for (const id of attention.attended) if (!before.attended.has(id)) this.#hurry(id);
    for (const id of attention.urgent) if (!before.urgent.has(id)) this.#hurry(id);
  }

  /** The members of a cluster may have changed. */
  update(id: ClusterId): void {
    const members = this.#clusters.get(id) ?? new Map<string, Member>();
    this.#clusters.set(id, members);
    const wanted = this.#options.members(id);
    for (const [name, member] of members) {
      if (wanted.has(name)) continue;
      this.#forget(member);
      members.delete(name);
    }
    for (const [name, { condition }] of wanted) {
      const known = members.get(name);
      if (known) {
        if (known.condition !== condition && known.failures > 0) this.#retry(known);
        known.condition = condition;
        continue;
      }
      const member: Member = {
        key: `${id}/${name}`,
        cluster: id,
        name,
        condition,
        cancel: () => {},
        failures: 0,
        running: false,
        nextAt: 0,
        gone: false,
      };
      members.set(name, member);
      // The first look is soon, but not everybody's in the same instant.
      this.#wait(member, Math.random() * Math.min(500, this.#options.attendedMs));
    }
  }

  remove(id: ClusterId): void {
    for (const member of this.#clusters.get(id)?.values() ?? []) this.#forget(member);
    this.#clusters.delete(id);
  }

  close(): void {
    for (const id of [...this.#clusters.keys()]) this.remove(id);
  }

  #forget(member: Member): void {
    member.gone = true;
    member.cancel();
    this.#options.probe.forget(member.key);
  }

  #hurry(id: ClusterId): void {
    for (const member of this.#clusters.get(id)?.values() ?? []) this.#soon(member);
  }

  #retry(member: Member): void {
    member.failures = 0;
    this.#soon(member);
  }

  #soon(member: Member): void {
    if (member.running || member.nextAt <= this.#options.clock.now() + SOON_MS) return;
    member.cancel();
    this.#wait(member, SOON_MS);
  }

  #wait(member: Member, ms: number): void {
    member.nextAt = this.#options.clock.now() + ms;
    member.cancel = this.#options.clock.after(ms, () => void this.#ask(member));
  }

  async #ask(member: Member): Promise<void> {
    const { probe, members, onResult, clock } = this.#options;
    const target = members(member.cluster).get(member.name);
    if (!target || member.gone) return;
    member.running = true;
    const startedAt = clock.now();
    const result = await probe.sample({ key: member.key, ...target });
    member.running = false;
    if (member.gone) {
      // Its connection may have been opened after it was forgotten.
      probe.forget(member.key);
      return;
    }
    member.failures = 'code' in result ? member.failures + 1 : 0;
    onResult(member.cluster, member.name, result);
    this.#wait(member, Math.max(0, startedAt + this.#interval(member) - clock.now()));
  }

  #interval(member: Member): number {
    const { attendedMs, urgentMs, idleMs } = this.#options;
    const { attended, urgent } = this.#attention;
    if (urgent.has(member.cluster)) return urgentMs;
    const base = attended.has(member.cluster) ? attendedMs : idleMs;
    const backedOff = Math.min(MOST_BACKOFF_MS, base * 2 ** Math.min(member.failures, 5));
    const wait = member.failures > 2 ? Math.max(base, backedOff) : base;
    return wait * (1 + (Math.random() * 2 - 1) * JITTER);
  }
}
