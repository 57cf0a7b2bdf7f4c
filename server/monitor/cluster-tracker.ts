import { diagnose, type Onsets, withDiagnosis } from '@/lib/diagnosis/diagnose';
import type { EnsembleFacts, Limits } from '@/lib/diagnosis/table';
import { assemble } from '@/lib/topology/assemble';
import { type Change, changesBetween } from '@/lib/topology/changes';
import type { Written } from '@/lib/topology/event';
import type { ClusterFacts, Decoded, MemberFacts } from '@/lib/topology/facts';
import { judgedTheSame } from '@/lib/topology/judged';
import { LeaderClock } from '@/lib/topology/leader-clock';
import { bytesBetween, parseLsn } from '@/lib/topology/lsn';
import { currentSample, type ProbeState, unprobed } from '@/lib/topology/probe-state';
import type { MemberProgress, Progress } from '@/lib/topology/progress';
import type { ProbeFailure, ProbeSample, StandbySample } from '@/lib/topology/sample';
import type { ClusterView, MemberView, OutageView, PauseView } from '@/lib/topology/view';
import { writtenOf } from '@/lib/topology/written';

/** A member that vanishes and returns within this did not leave: old Patronis recreate their znode. */
const DEPARTURE_MS = 1000;
const FORGET_MS = 24 * 3600_000;
/** How long a position that went backwards stays a problem. */
const BACKWARDS_MS = 600_000;

/** A change and the write to ZooKeeper that told it, where one did. */
export type SeenChange = Change & { readonly written: Written | null };

export interface Refreshed {
  readonly view: ClusterView;
  readonly changes: readonly SeenChange[];
  /** When to look again though nothing has arrived: something is settling. Null: no need. */
  readonly nextAt: number | null;
}

/** Whom to probe, where, and a word that changes when it is worth asking again at once. */
export interface Target {
  readonly name: string;
  readonly connUrl: string;
  readonly condition: string;
}

interface Writable {
  readonly name: string;
  readonly at: number;
  /** It has been seen in recovery since. */
  readonly demoted: boolean;
  /** The leadership under which it was seen. */
  readonly czxid: string | null;
}

/** Follows one cluster through time: what is remembered between two views of it. */
export class ClusterTracker {
  #facts: ClusterFacts;
  #targets: readonly Target[] = [];
  /** Who is here or has left may be others now. */
  #targetsAreOld = true;
  #view: ClusterView | null = null;
  #onsets: Onsets = new Map();
  #leaderlessSince: number | null = null;
  #changedAt: number;
  #wentBack: { at: number; bytes: number } | null = null;
  #leaderCzxid: string | null = null;
  #previousCzxid: string | null = null;
  /** The leader that was last seen to accept writes, and when. */
  #writable: Writable | null = null;
  #lastOutage: OutageView | null = null;
  #requestedAt: number | null = null;
  /** What was requested has been done. */
  #met = false;
  #pause: PauseView | null = null;
  readonly #leaderClock = new LeaderClock();
  readonly #probes = new Map<string, ProbeState>();
  readonly #leaving = new Map<string, { since: number; facts: Decoded<MemberFacts> }>();
  readonly #departed = new Map<
    string,
    { since: number; last: MemberView; facts: Decoded<MemberFacts> }
  >();

  constructor(facts: ClusterFacts, now: number) {
    this.#facts = facts;
    this.#changedAt = now;
    this.#takeLeader(facts, now);
  }

  /** Members to probe: those that say where they are. The same array while nothing has changed. */
  get targets(): readonly Target[] {
    if (!this.#targetsAreOld) return this.#targets;
    this.#targetsAreOld = false;
    // Who has left ZooKeeper is asked on: a primary whose Patroni has died may still take writes.
    const gone = [...this.#departed, ...this.#leaving].map(
      ([name, { facts }]): [string, Decoded<MemberFacts>] => [name, facts],
    );
    const now = [...new Map([...gone, ...this.#facts.members])].flatMap(([name, member]) => {
      if (member.is !== 'ok' || !member.value.connUrl) return [];
      const { connUrl, role, state } = member.value;
      return [{ name, connUrl, condition: `${role} ${state}` }];
    });
    if (!sameTargets(now, this.#targets)) this.#targets = now;
    return this.#targets;
  }

  /**
   * Nobody is seen to lead and accept writes: what happens next is worth a close look. A leader that
   * nobody may ask is no such case: looking closer would show nothing more.
   */
  get troubled(): boolean {
    if (this.#facts.leader.is !== 'ok') return true;
    const failure = this.#probes.get(this.#facts.leader.value.name)?.failure ?? null;
    return failure !== null && failure.code !== 'no-credentials';
  }

  /** When a switchover or failover was last seen to be requested; null: never. */
  get requestedAt(): number | null {
    return this.#requestedAt;
  }

  /** What is known of why it is paused. */
  setPause(pause: PauseView | null): void {
    this.#pause = pause;
  }

  /** Takes a new reading; false when all that is judged is as it was: see `judgedTheSame`. */
  setFacts(facts: ClusterFacts, now: number): boolean {
    if (judgedTheSame(this.#facts, facts)) {
      this.#facts = facts;
      return false;
    }
    for (const [name, member] of this.#facts.members) {
      if (!facts.members.has(name)) this.#leaving.set(name, { since: now, facts: member });
    }
    for (const name of facts.members.keys()) {
      this.#leaving.delete(name);
      this.#departed.delete(name);
    }
    this.#facts = facts;
    this.#targetsAreOld = true;
    this.#takeLeader(facts, now);
    return true;
  }

  #takeLeader(facts: ClusterFacts, now: number): void {
    if (facts.leader.is === 'absent') {
      this.#leaderlessSince ??= now;
      return;
    }
    this.#leaderlessSince = null;
    const czxid = facts.leader.stat?.czxid ?? null;
    // Another leader's positions are another history until it has been sampled.
    if (czxid === this.#leaderCzxid) return;
    this.#wentBack = null;
    this.#previousCzxid = this.#leaderCzxid;
    this.#leaderCzxid = czxid;
  }

  /** Takes an answer of the probe; false when it says nothing that wasn't known. */
  setProbe(name: string, result: ProbeSample | ProbeFailure): boolean {
    const before = this.#probes.get(name) ?? unprobed;
    if ('code' in result) {
      const failingSince = before.failingSince ?? result.at;
      this.#probes.set(name, { ...before, failure: result, failingSince });
      return before.failure?.code !== result.code || before.failure.says !== result.says;
    }
    this.#noteSample(name, before, result);
    return true;
  }

  #noteSample(name: string, before: ProbeState, result: ProbeSample): void {
    this.#probes.set(name, { sample: result, failure: null, failingSince: null });
    const leader = this.#facts.leader.is === 'ok' ? this.#facts.leader.value.name : null;
    if (result.inRecovery) {
      if (this.#writable?.name === name) this.#writable = { ...this.#writable, demoted: true };
      if (name === leader) this.#noteLeaderInRecovery(result);
      return;
    }
    if (name !== leader) return;
    this.#noteLeader(before, result.currentLsn, result);
    this.#noteWritable(name, result.at);
  }

  /** A leader in recovery writes nothing: only in a standby cluster is it what others follow. */
  #noteLeaderInRecovery(sample: StandbySample): void {
    const standbyCluster =
      this.#facts.config.is === 'ok' && this.#facts.config.value.standbyCluster;
    const at = parseLsn(sample.receiveLsn) ?? parseLsn(sample.replayLsn);
    if (standbyCluster && at !== null) this.#leaderClock.note(sample.at, at, sample.tookMs);
    else this.#leaderClock.reset();
  }

  #noteWritable(name: string, at: number): void {
    const before = this.#writable;
    const czxid = this.#leaderCzxid;
    // Over a leadership in between that nobody saw writable, nothing can be said.
    const adjacent = before && (before.czxid === czxid || before.czxid === this.#previousCzxid);
    if (before && adjacent && (before.name !== name || before.demoted)) {
      const endedAt = Math.max(before.at, at);
      this.#lastOutage = { from: before.name, to: name, startedAt: before.at, endedAt };
    }
    this.#writable = { name, at, demoted: false, czxid };
  }

  #noteLeader(before: ProbeState, lsn: string, sample: ProbeSample): void {
    const at = parseLsn(lsn);
    if (at === null) return;
    const head = this.#leaderClock.current;
    const sameHistory =
      before.sample !== null &&
      !before.sample.inRecovery &&
      !sample.inRecovery &&
      before.sample.timeline === sample.timeline;
    if (head !== null && at < head && sameHistory) {
      this.#wentBack = { at: sample.at, bytes: Number(head - at) };
    }
    this.#leaderClock.note(sample.at, at, sample.tookMs);
  }

  /** Puts everything known together as of `now`. */
  refresh(ensemble: EnsembleFacts, limits: Limits, now: number): Refreshed {
    const settling = earliest(this.#settleDepartures(now), this.#settleWentBack(now));
    const bare = assemble({
      facts: this.#factsWithLeaving(),
      probes: this.#probes,
      leaderClock: this.#leaderClock,
      departed: this.#departed,
      leaderlessSince: this.#leaderlessSince,
      changedAt: this.#changedAt,
      lastOutage: this.#lastOutage,
      pause: this.#pause,
      now,
    });
    const diagnosis = diagnose(
      {
        cluster: bare,
        ensemble,
        limits,
        clockOffsets: this.#clockOffsets(),
        lsnWentBack: this.#wentBack,
        syncWaits: this.#syncWaits(),
        now,
      },
      this.#onsets,
      now,
    );
    this.#onsets = diagnosis.onsets;
    const unstamped = withDiagnosis(bare, diagnosis.problems);
    const changes = changesBetween(this.#view, unstamped);
    if (changes.length > 0) this.#changedAt = now;
    const view = { ...unstamped, changedAt: this.#changedAt };
    this.#view = view;
    // A request accounts for one change of leader, up to the first write after it.
    if (view.request) this.#requestedAt = now;
    else if (this.#met) this.#requestedAt = null;
    this.#met =
      changes.some(({ code }) => code === 'writes-resumed') || (this.#met && view.request !== null);
    return {
      view,
      changes: changes.map((change) => ({ ...change, written: writtenOf(change, this.#facts) })),
      nextAt: earliest(earliest(settling, diagnosis.nextAt), this.#dueAt(now)),
    };
  }

  /** Its owner is to be reminded then. */
  #dueAt(now: number): number | null {
    const until = this.#view?.pause?.until ?? null;
    return until !== null && until > now ? until : null;
  }

  /** How far each member has replayed, by its own last word. */
  get progress(): Progress {
    const { current: head, bytesPerSecond, seenAt: leaderAt } = this.#leaderClock;
    const members = [...this.#probes].flatMap(([name, { sample }]) => {
      if (sample === null || !sample.inRecovery) return [];
      const at = parseLsn(sample.replayLsn);
      const age = at === null ? null : this.#leaderClock.age(at, sample.at);
      const progress: MemberProgress = {
        replayBytes: bytesBetween(at, head),
        replayMs: age === null || age.atLeast ? null : Math.round(age.ms),
        freshAsOf: at === null ? null : this.#leaderClock.freshAsOf(at),
        sampledAt: sample.at,
      };
      return [[name, progress] as const];
    });
    return { bytesPerSecond, leaderAt, members: new Map(members) };
  }

  #settleWentBack(now: number): number | null {
    if (!this.#wentBack) return null;
    const endsAt = this.#wentBack.at + BACKWARDS_MS;
    if (now < endsAt) return endsAt;
    this.#wentBack = null;
    return null;
  }

  /** Turns leavers into departed once they have been away for long enough. */
  #settleDepartures(now: number): number | null {
    let nextAt: number | null = null;
    for (const [name, { since, facts }] of this.#leaving) {
      if (now - since < DEPARTURE_MS) {
        nextAt = earliest(nextAt, since + DEPARTURE_MS);
        continue;
      }
      this.#leaving.delete(name);
      this.#targetsAreOld = true;
      const last = this.#view?.members.find((member) => member.name === name);
      if (last) this.#departed.set(name, { since, last, facts });
      else this.#probes.delete(name);
    }
    for (const [name, { since }] of this.#departed) {
      if (now - since < FORGET_MS) {
        nextAt = earliest(nextAt, since + FORGET_MS);
        continue;
      }
      this.#departed.delete(name);
      this.#targetsAreOld = true;
      this.#probes.delete(name);
    }
    return nextAt;
  }

  #factsWithLeaving(): ClusterFacts {
    if (this.#leaving.size === 0) return this.#facts;
    const members = new Map(this.#facts.members);
    for (const [name, { facts }] of this.#leaving) members.set(name, facts);
    return { ...this.#facts, members };
  }

  #clockOffsets(): ReadonlyMap<string, number> {
    const offsets = new Map<string, number>();
    for (const [name, probe] of this.#probes) {
      const sample = currentSample(probe);
      if (sample) offsets.set(name, sample.clockOffsetMs);
    }
    return offsets;
  }

  #syncWaits(): number | null {
    const leader = this.#facts.leader.is === 'ok' ? this.#facts.leader.value.name : null;
    const sample = leader && currentSample(this.#probes.get(leader) ?? unprobed);
    return sample && !sample.inRecovery ? sample.syncWaits : null;
  }
}

function sameTargets(a: readonly Target[], b: readonly Target[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((one, index) => {
    const other = b[index];
    return (
      one.name === other?.name && one.connUrl === other.connUrl && one.condition === other.condition
    );
  });
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
