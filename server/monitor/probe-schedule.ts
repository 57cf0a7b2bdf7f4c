import type { ProbingView } from '@/lib/stream/frames';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ProbeFailure, ProbeFailureCode, ProbeSample } from '@/lib/topology/sample';
import type { Clock, ProbePort } from '../ports';
import { type ProbeCounters, ProbeTally } from './probe-counters';
import { ProbeDispatch } from './probe-dispatch';
import { hostOf, isLate, type Member, newMember, type Subject } from './probe-member';
import {
  backoff,
  type Intervals,
  intervalOf,
  nextOnGrid,
  phaseOf,
  type Rank,
  ranks,
} from './probe-timing';

/** How close a look a cluster gets: `urgent` while something is being done to it. */
export interface Attention {
  readonly attended: ReadonlySet<ClusterId>;
  readonly urgent: ReadonlySet<ClusterId>;
}

export interface ScheduleOptions extends Intervals {
  readonly clock: Clock;
  readonly probe: ProbePort;
  readonly mostConnections: number;
  readonly mostPerHost: number;
  readonly mostPerCluster: number;
  /** Whom to ask in a cluster, by member name. Heeded when `update` is called, and once a minute. */
  readonly members: (id: ClusterId) => ReadonlyMap<string, Subject>;
  readonly onResult: (id: ClusterId, member: string, result: ProbeSample | ProbeFailure) => void;
  /** In [0, 1), for the jitter of those that fail; `Math.random` by default. */
  readonly random?: () => number;
  /** After each poll; `tookMs` includes connecting. */
  readonly onPoll?: (poll: {
    readonly tookMs: number;
    readonly ok: boolean;
    readonly code: ProbeFailureCode | null;
  }) => void;
}

const SOON_MS = 50;
/** Between two members that are asked out of turn: a thousand new ones must not come at once. */
const HURRY_MS = 10;
/** Members that are dropped without a word (a day after they left) are found out this often. */
const RECHECK_MS = 60_000;

/**
 * When each member is asked. Everyone has a place of its own in the interval, so polls are spread
 * evenly, whatever happens. A member with an open connection needs nothing that others could hold:
 * nobody can delay it. Where there are more members than connections may be open, those that are
 * due take them from the idle ones that were asked longest ago. Whoever fails is asked more and
 * more rarely, within a small share of the connections; a poll that hangs is cut short when one
 * that answers would otherwise be late.
 *
 * Not promised: that polls are on time while more are due than the connections allow, or the
 * process can carry out. `view` says so then.
 */
/** Nothing but another configuration, and so another start of the process, gives credentials. */
const HOPELESS_MS = 3_600_000;

export class ProbeSchedule {
  readonly #options: ScheduleOptions;
  readonly #clusters = new Map<ClusterId, Map<string, Member>>();
  readonly #dispatch: ProbeDispatch;
  readonly #tally: ProbeTally;
  #attention: Attention = { attended: new Set(), urgent: new Set() };
  #members = 0;
  #unreachable = 0;
  #added = 0;
  #hurriedAt = 0;
  #recheckedAt: number;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    const { clock, mostConnections, mostPerHost, mostPerCluster } = options;
    this.#dispatch = new ProbeDispatch({
      clock,
      limits: { total: mostConnections, perHost: mostPerHost, perCluster: mostPerCluster },
      rankOf: (member) => this.#rankOf(member),
      ask: (member, now) => void this.#ask(member, now),
      giveUp: (member) => this.#giveUp(member),
      onClockSetBack: () => this.#startAnew(),
    });
    this.#recheckedAt = clock.now();
    this.#tally = new ProbeTally(clock.now());
  }

  get counters(): ProbeCounters {
    return this.#tally.counters;
  }

  /** How well members can be asked now. */
  view(): ProbingView {
    const now = this.#options.clock.now();
    const late = this.#dispatch.waiting.filter((one) => one.failures === 0 && isLate(one, now));
    return {
      members: this.#members,
      unreachable: this.#unreachable,
      connections: this.#options.probe.connections,
      mostConnections: this.#options.mostConnections,
      pollsPerSecond: this.#tally.perSecond(now),
      waiting: this.#dispatch.waiting.length,
      behind:
        late.length === 0
          ? null
          : { since: Math.min(...late.map(({ due }) => due)), count: late.length },
    };
  }

  /** Which clusters are looked at, or operated on, now. */
  attend(attention: Attention): void {
    const before = this.#attention;
    this.#attention = attention;
    for (const id of attention.attended) if (!before.attended.has(id)) this.#hurryAll(id);
    for (const id of attention.urgent) if (!before.urgent.has(id)) this.#hurryAll(id);
    this.#dispatch.turn();
  }

  /** The members of a cluster may have changed. */
  update(id: ClusterId): void {
    const members = this.#clusters.get(id) ?? new Map<string, Member>();
    this.#clusters.set(id, members);
    const wanted = this.#options.members(id);
    for (const [name, member] of members) {
      if (wanted.has(name)) continue;
      this.#drop(member);
      members.delete(name);
    }
    for (const [name, subject] of wanted) {
      const known = members.get(name);
      if (known) this.#renew(known, subject);
      else members.set(name, this.#add(id, name, subject));
    }
    this.#dispatch.turn();
  }

  remove(id: ClusterId): void {
    for (const member of this.#clusters.get(id)?.values() ?? []) this.#drop(member);
    this.#clusters.delete(id);
    this.#dispatch.turn();
  }

  close(): void {
    for (const id of [...this.#clusters.keys()]) this.remove(id);
    this.#dispatch.close();
  }

  #add(cluster: ClusterId, name: string, subject: Subject): Member {
    const member = newMember(cluster, name, { phase: phaseOf(this.#added++), subject });
    this.#members += 1;
    this.#hurry(member);
    return member;
  }

  #drop(member: Member): void {
    this.#members -= 1;
    this.#reach(member, true);
    this.#forget(member);
    this.#dispatch.remove(member);
  }

  /** Ends its connection, and with that a poll under way, whose answer is not heeded. */
  #forget(member: Member): void {
    member.turn += 1;
    member.asking = false;
    this.#dispatch.release(member);
    this.#options.probe.forget(member.key);
  }

  #renew(member: Member, subject: Subject): void {
    const { condition } = member.subject;
    member.subject = subject;
    const host = hostOf(subject.connUrl);
    if (host !== member.host) {
      const { asking } = member;
      this.#forget(member);
      member.host = host;
      if (asking) this.#hurryAnew(member);
    }
    // One that is being asked may hang in the state in which it was before.
    if (condition === subject.condition || (member.failures === 0 && !member.asking)) return;
    member.hopeful = true;
    member.failures = Math.min(member.failures, 1);
    if (!member.asking) this.#hurry(member);
  }

  #hurryAll(id: ClusterId): void {
    for (const member of this.#clusters.get(id)?.values() ?? []) {
      if (!member.asking) this.#hurry(member);
    }
  }

  #hurryAnew(member: Member): void {
    member.due = Number.POSITIVE_INFINITY;
    this.#hurry(member);
  }

  /** Asks it soon: out of turn if not many want that, else when its turn comes in its interval. */
  #hurry(member: Member): void {
    const now = this.#options.clock.now();
    const wait = this.#intervalOf(member);
    if (this.#dispatch.press(member, wait)) return;
    const turn = nextOnGrid(now + SOON_MS, wait, member.phase);
    const outOfTurn = Math.max(now + SOON_MS, this.#hurriedAt + HURRY_MS);
    const due = Math.min(turn, outOfTurn);
    if (member.due <= due) return;
    if (due === outOfTurn) this.#hurriedAt = outOfTurn;
    this.#dispatch.schedule(member, due, wait);
  }

  /** What was due by the clock as it was is far ahead now. */
  #startAnew(): void {
    const now = this.#options.clock.now();
    this.#hurriedAt = 0;
    this.#recheckedAt = now;
    const waiting = new Set(this.#dispatch.waiting);
    for (const member of this.#everybody()) {
      member.askedAt = Math.min(member.askedAt, now);
      if (waiting.has(member)) member.due = now;
      if (member.asking || waiting.has(member)) continue;
      const wait = this.#intervalOf(member);
      this.#dispatch.schedule(member, nextOnGrid(now, wait, member.phase), wait);
    }
  }

  #recheck(now: number): void {
    this.#recheckedAt = now;
    for (const id of [...this.#clusters.keys()]) this.update(id);
  }

  #giveUp(holder: Member): void {
    holder.cutShort = holder.asking;
    this.#tally.gaveUp(holder.asking ? 'cutShort' : 'rotated');
    this.#options.probe.forget(holder.key);
  }

  async #ask(member: Member, now: number): Promise<void> {
    const { key, subject, failures, passedOver } = member;
    this.#tally.asked(now, failures === 0 && (passedOver || isLate(member, now)));
    member.asking = true;
    member.askedAt = now;
    member.hopeful = false;
    member.passedOver = false;
    member.cutShort = false;
    member.turn += 1;
    const { turn } = member;
    const { connUrl, settings } = subject;
    const result = await this.#options.probe.sample({ key, connUrl, settings });
    if (member.turn === turn) this.#answered(member, result);
  }

  #answered(member: Member, said: ProbeSample | ProbeFailure): void {
    const { clock, onPoll, onResult } = this.#options;
    const now = clock.now();
    const tookMs = now - member.askedAt;
    const result = member.cutShort ? cutShortAfter(tookMs, now) : said;
    const code = 'code' in result ? result.code : null;
    member.asking = false;
    if (code === null) {
      member.failures = 0;
      member.hopeful = false;
      this.#dispatch.keep(member);
    } else {
      member.failures += 1;
      this.#tally.failed(code);
      this.#dispatch.release(member);
    }
    this.#reach(member, code === null || code === 'no-credentials');
    if (code === 'no-credentials') this.#dispatch.schedule(member, now + HOPELESS_MS, HOPELESS_MS);
    else this.#scheduleNext(member, now);
    this.#dispatch.turn();
    if (now - this.#recheckedAt > RECHECK_MS) this.#recheck(now);
    onPoll?.({ tookMs, ok: code === null, code });
    onResult(member.cluster, member.name, result);
  }

  #scheduleNext(member: Member, now: number): void {
    const { askedAt, failures, hopeful, phase } = member;
    const { random = Math.random } = this.#options;
    const rank = this.#rankOf(member);
    const interval = this.#intervalOf(member);
    if (hopeful) {
      this.#hurryAnew(member);
    } else if (failures > 0) {
      const wait = backoff(failures, { interval, rank }, random());
      this.#dispatch.schedule(member, Math.max(now, askedAt + wait), wait);
    } else {
      // Its place in the interval, unless it has only just been asked out of turn.
      const from = Math.max(now, askedAt + interval / 4);
      this.#dispatch.schedule(member, nextOnGrid(from, interval, phase), interval);
    }
  }

  #reach(member: Member, reached: boolean): void {
    if (member.unreachable === !reached) return;
    member.unreachable = !reached;
    this.#unreachable += reached ? -1 : 1;
  }

  #intervalOf(member: Member): number {
    return intervalOf(this.#options, this.#rankOf(member));
  }

  *#everybody(): Generator<Member> {
    for (const members of this.#clusters.values()) yield* members.values();
  }

  #rankOf({ cluster }: Member): Rank {
    if (this.#attention.urgent.has(cluster)) return ranks.urgent;
    return this.#attention.attended.has(cluster) ? ranks.attended : ranks.idle;
  }
}

function cutShortAfter(tookMs: number, at: number): ProbeFailure {
  const says = `it did not answer within ${tookMs} ms, and its connection was needed for others`;
  return { at, code: 'timeout', says };
}
