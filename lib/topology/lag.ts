import type { MemberFacts } from './facts';
import type { LeaderClock } from './leader-clock';
import { bytesBetween, type Lsn, parseLsn } from './lsn';
import { currentSample, type ProbeState } from './probe-state';
import type { Feed } from './upstream';
import type { LagQuality, LagView } from './view';

/** A leader that has not moved for this long is idle: zero lag then says little about speed. */
const IDLE_MS = 5000;

export interface LagInput {
  readonly member: MemberFacts;
  readonly probe: ProbeState;
  readonly feed: Feed | null;
  readonly leader: LeaderClock;
  /** False when the leader's own probe fails: its position is then the last one known. */
  readonly leaderCurrent: boolean;
  /** The leader's position as ZooKeeper has it, up to a loop_wait old. */
  readonly optime: Lsn | null;
  readonly now: number;
}

/** How far a standby is behind the leader, with how much that figure is worth. */
export function lagOf(input: LagInput): LagView {
  const { member, probe, feed, leader, now } = input;
  const sample = probe.sample?.inRecovery ? probe.sample : null;
  const row = feed?.row ?? null;
  const head = leader.current;
  const known = sample !== null || row?.replayLsn != null;
  if (!known || head === null) return byZooKeeper(member, input.optime);

  // Both are lower bounds of the same progress, taken at slightly different moments.
  const replayed = furthest(parseLsn(sample?.replayLsn), parseLsn(row?.replayLsn));
  const received = parseLsn(sample?.receiveLsn);
  // What is replayed was received: after a restart the receiver's own word starts anew.
  const flushed = furthest(furthest(received, parseLsn(row?.flushLsn)), replayed);
  const written = furthest(flushed, parseLsn(row?.writeLsn));
  const sent = furthest(written, parseLsn(row?.sentLsn));
  const age = replayed === null ? null : leader.age(replayed, now);
  const replayBytes = bytesBetween(replayed, head);
  return {
    sentBytes: bytesBetween(sent, head),
    writeBytes: bytesBetween(written, head),
    flushBytes: bytesBetween(flushed, head),
    replayBytes,
    replayMs: age === null ? null : Math.round(age.ms),
    atLeast: age?.atLeast ?? false,
    quality: qualityOf(input, replayBytes),
    sampledAt: sample?.at ?? null,
  };
}

function qualityOf(input: LagInput, replayBytes: number | null): LagQuality {
  const { probe, feed, leader, leaderCurrent } = input;
  if (replayBytes === null) return 'unknown';
  const sample = currentSample(probe);
  if (!leaderCurrent || (sample === null && feed === null)) return 'stale';
  if (sample?.inRecovery) {
    if (sample.replayPause === 'paused') return 'replay-paused';
    if (sample.privileged && sample.receiver === null && feed === null) return 'receiver-down';
  }
  if (replayBytes === 0 && leader.stillMs >= IDLE_MS) return 'idle';
  return 'fresh';
}

/** Without PostgreSQL's own word: Patroni's, which lags by up to a loop on both sides. */
function byZooKeeper(member: MemberFacts, optime: Lsn | null): LagView {
  const at = member.xlogLocation === null ? null : BigInt(member.xlogLocation);
  const bytes = bytesBetween(at, optime);
  return {
    sentBytes: null,
    writeBytes: null,
    flushBytes: bytes,
    replayBytes: null,
    replayMs: null,
    atLeast: false,
    quality: bytes === null ? 'unknown' : 'stale',
    sampledAt: null,
  };
}

function furthest(a: Lsn | null, b: Lsn | null): Lsn | null {
  if (a === null) return b;
  if (b === null) return a;
  return a > b ? a : b;
}
