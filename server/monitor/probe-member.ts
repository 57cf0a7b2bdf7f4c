import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ProbeTarget } from '../ports';

/** Whom to ask. When `condition` changes, whoever failed before is asked again at once. */
export interface Subject extends Omit<ProbeTarget, 'key'> {
  readonly condition: string;
}

/** What the schedule knows of one member. */
export interface Member {
  readonly key: string;
  readonly cluster: ClusterId;
  readonly name: string;
  /** Its place in every interval, 0 to 1. */
  readonly phase: number;
  subject: Subject;
  /** Host and port as ZooKeeper has them: several names of one machine count as several hosts. */
  host: string;
  /** Failed polls since it last answered. */
  failures: number;
  /** It could be asked when last it was, and did not answer. */
  unreachable: boolean;
  /** Something has happened to it since it failed: it may well answer now. */
  hopeful: boolean;
  /** When it is to be asked, and how long that is after the last time. */
  due: number;
  wait: number;
  /** Between being asked and its answer. */
  asking: boolean;
  askedAt: number;
  /** Its poll was ended because others need its connection. */
  cutShort: boolean;
  /** Changes with each poll, and when it is forgotten: the answer to another is not heeded. */
  turn: number;
  /** It was passed over once, because the whole process had been held up. */
  passedOver: boolean;
}

export function newMember(
  cluster: ClusterId,
  name: string,
  { phase, subject }: { readonly phase: number; readonly subject: Subject },
): Member {
  return {
    key: `${cluster}/${name}`,
    cluster,
    name,
    phase,
    subject,
    host: hostOf(subject.connUrl),
    failures: 0,
    unreachable: false,
    hopeful: false,
    due: Number.POSITIVE_INFINITY,
    wait: 0,
    asking: false,
    askedAt: Number.NEGATIVE_INFINITY,
    cutShort: false,
    turn: 0,
    passedOver: false,
  };
}

/** It may hang again: it must not take what those that answer need. */
export function isDoubtful(member: Member): boolean {
  return member.failures > 0 && !member.hopeful;
}

/** By when it should have been asked: who has little time goes first, and nobody waits for ever. */
export function deadlineOf({ due, wait }: Member): number {
  return due + wait;
}

/** More than an interval and a half lies, or would now lie, between two of its polls. */
export function isLate({ due, wait }: Member, now: number): boolean {
  return now > due + wait / 2;
}

export function hostOf(connUrl: string): string {
  return URL.canParse(connUrl) ? new URL(connUrl).hostname : connUrl;
}

/** Puts it where its deadline belongs, behind those with the same. */
export function insertByDeadline(list: Member[], member: Member): void {
  const deadline = deadlineOf(member);
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = list[middle];
    if (there && deadlineOf(there) <= deadline) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, member);
}
