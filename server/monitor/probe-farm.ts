import type { ProbeFailure, ProbeSample } from '@/lib/topology/sample';
import { aStandbySample } from '@/lib/topology/sample-cluster';
import { FakeClock } from '../fake-clock';
import type { ProbePort, ProbeTarget } from '../ports';
import type { Subject } from './probe-member';
import { ProbeSchedule, type ScheduleOptions } from './probe-schedule';
import { phaseOf } from './probe-timing';

export type Answer = ProbeSample | ProbeFailure;

/** How a server of the farm takes a question: after so many milliseconds, or not before the time-out. */
export interface Manner {
  readonly takesMs: number;
  readonly fails?: boolean;
}

export const TIMEOUT_MS = 4000;
export const answers: Manner = { takesMs: 3 };
export const refuses: Manner = { takesMs: 1, fails: true };
export const hangs: Manner = { takesMs: TIMEOUT_MS, fails: true };

interface Poll {
  readonly key: string;
  readonly at: number;
  readonly healthy: boolean;
}

/** For tests: servers that only exist in the schedule's view, and what was asked of them when. */
export class ProbeFarm implements ProbePort {
  readonly clock = new FakeClock();
  readonly polls: Poll[] = [];
  readonly forgotten: string[] = [];
  readonly results: string[] = [];
  readonly clusters = new Map<string, Map<string, Subject>>();
  readonly manners = new Map<string, Manner>();
  /** The most that were ever open at once: in all, to a host, of a cluster. */
  readonly most = { total: 0, host: 0, cluster: 0, doubles: 0 };
  readonly schedule: ProbeSchedule;
  readonly #open = new Map<string, Open>();
  /** By host and by cluster, whose names differ. */
  readonly #held = new Map<string, number>();

  constructor(options: Partial<ScheduleOptions> = {}) {
    this.schedule = new ProbeSchedule({
      clock: this.clock,
      probe: this,
      attendedMs: 1000,
      urgentMs: 250,
      idleMs: 5000,
      mostConnections: 400,
      mostPerHost: 64,
      mostPerCluster: 32,
      // Repeatable, so that the seed of a failing run replays it.
      random: () => phaseOf(this.polls.length),
      members: (id) => this.clusters.get(id) ?? new Map(),
      onResult: (id, name) => this.results.push(`${id}/${name}`),
      ...options,
    });
  }

  /** So many clusters of `members` each, every member on a host of its own unless `hosts` says less. */
  add(clusters: number, members: number, hosts = Number.POSITIVE_INFINITY): string[] {
    const from = this.clusters.size;
    const ids = Array.from({ length: clusters }, (_, index) => `c${from + index}`);
    for (const [index, id] of ids.entries()) {
      const subjects = new Map<string, Subject>();
      for (let member = 0; member < members; member += 1) {
        const host = ((from + index) * members + member) % hosts;
        subjects.set(`m${member}`, subjectAt(`h${host}`));
      }
      this.clusters.set(id, subjects);
      this.schedule.update(id);
    }
    return ids;
  }

  get keys(): string[] {
    return [...this.clusters].flatMap(([id, members]) =>
      [...members.keys()].map((n) => `${id}/${n}`),
    );
  }

  get connections(): number {
    return this.#open.size;
  }

  sample({ key, connUrl }: ProbeTarget): Promise<Answer> {
    const manner = this.manners.get(key) ?? answers;
    this.polls.push({ key, at: this.clock.now(), healthy: !manner.fails });
    const before = this.#open.get(key);
    if (before?.end) this.most.doubles += 1;
    const host = new URL(connUrl).hostname;
    const open: Open = { host, cluster: key.split('/')[0] ?? '', end: null };
    this.#enter(key, open);
    return new Promise((resolve) => {
      const settle = (answer: Answer) => {
        cancel();
        open.end = null;
        if ('code' in answer && this.#open.get(key) === open) this.#leave(key);
        resolve(answer);
      };
      const cancel = this.clock.after(manner.takesMs, () =>
        settle(manner.fails ? failure : aStandbySample()),
      );
      open.end = () => settle(failure);
    });
  }

  async burden(): Promise<ProbeFailure> {
    return failure;
  }

  async settings(): Promise<ProbeFailure> {
    return failure;
  }

  forget(key: string): void {
    this.forgotten.push(key);
    const open = this.#open.get(key);
    this.#leave(key);
    open?.end?.();
  }

  close(): void {}

  /** Milliseconds between two polls of one member, and up to now. */
  gaps(key: string, since = 0): number[] {
    const times = this.polls.filter((poll) => poll.key === key && poll.at >= since);
    const at = [...times.map((poll) => poll.at), this.clock.now()];
    return at.slice(1).map((time, i) => time - (at[i] ?? 0));
  }

  count(key: string): number {
    return this.polls.filter((poll) => poll.key === key).length;
  }

  /** The most polls in any window of this length that begins with a poll. */
  busiest(windowMs: number, since = 0): number {
    const times = this.polls.filter(({ at }) => at >= since).map(({ at }) => at);
    let [most, first] = [0, 0];
    for (const [index, at] of times.entries()) {
      while ((times[first] ?? at) <= at - windowMs) first += 1;
      most = Math.max(most, index - first + 1);
    }
    return most;
  }

  #enter(key: string, open: Open): void {
    this.#leave(key);
    this.#open.set(key, open);
    const [host, cluster] = [add(this.#held, open.host, 1), add(this.#held, open.cluster, 1)];
    this.most.total = Math.max(this.most.total, this.#open.size);
    this.most.host = Math.max(this.most.host, host);
    this.most.cluster = Math.max(this.most.cluster, cluster);
  }

  #leave(key: string): void {
    const open = this.#open.get(key);
    if (!open) return;
    this.#open.delete(key);
    add(this.#held, open.host, -1);
    add(this.#held, open.cluster, -1);
  }
}

function add(counts: Map<string, number>, name: string, more: number): number {
  const count = (counts.get(name) ?? 0) + more;
  counts.set(name, count);
  return count;
}

interface Open {
  readonly host: string;
  readonly cluster: string;
  /** Ends the question under way. */
  end: (() => void) | null;
}

export const failure: ProbeFailure = { at: 0, code: 'timeout', says: 'x' };

export function subjectAt(host: string, condition = 'x'): Subject {
  return { connUrl: `postgres://${host}:5432/postgres`, settings: null, condition };
}

export function attention(attended: readonly string[], urgent: readonly string[] = []) {
  return { attended: new Set(attended), urgent: new Set(urgent) };
}
