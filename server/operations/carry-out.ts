import { whatMoved } from '@/lib/operations/as-seen';
import { stopAsking } from '@/lib/operations/follow-members';
import { endAs, type Run, requesting, unasked } from '@/lib/operations/run';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock, ListingAccess, PatroniPort, PatroniSettings } from '../ports';
import { writeConfiguration } from './sends/configuration';
import { askForLeadership, cancelRequest } from './sends/leadership';
import { askMembers } from './sends/members';
import { removeScope } from './sends/removal';
import { MOST_CHECKS, STALL_MS } from './sends/stall';

/** The run as it is now, and the way to its next state. */
export interface RunHandle {
  run(): Run;
  /** Stores the state; false when the record has moved or can't be written. */
  advance(run: Run): Promise<boolean>;
  /** Whether the record is still exactly what this process wrote last. */
  isOurs(): Promise<boolean>;
  /** Looks at what is seen of the cluster after that, whether or not anything has changed. */
  look(afterMs: number): void;
  /** Settles once the run is such, or has ended, or the time is over. */
  until(holds: (run: Run) => boolean, byMs: number): Promise<void>;
}

export interface CarryOutParts {
  readonly clock: Clock;
  readonly patroni: PatroniPort;
  readonly key: ClusterKey;
  readonly access: () => ListingAccess;
  readonly settings: PatroniSettings;
  readonly view: () => ClusterView | null;
  /** What is to be written to the configuration; null: nothing. */
  readonly bytes: Buffer | null;
  /** Keeps what has to be there once they are written. */
  readonly beforeWrite: () => Promise<void>;
}

export interface Sending {
  readonly handle: RunHandle;
  readonly parts: CarryOutParts;
  /** Asked right before anything is sent. Ends the run, and says no, where something has moved. */
  readonly guard: () => Promise<boolean>;
  /** From here on something may have been sent. */
  sent: boolean;
}

/**
 * Checks once more, stores that it is about to ask, asks once, and notes the answer. What follows
 * is seen by observing. What fails before anything was sent ends the run, and is thrown.
 */
export async function carryOut(handle: RunHandle, parts: CarryOutParts): Promise<void> {
  const { clock } = parts;
  const sending: Sending = { handle, parts, guard: () => asSeen(handle, parts), sent: false };
  try {
    if (!(await sending.guard())) return;
    // From here on nothing may be sent twice: the record says so before anything is sent.
    if (!(await handle.advance(requesting(handle.run(), clock.now())))) {
      throw new Error('the record of the operation could not be written');
    }
    if (handle.run().view.outcome) return;
    await send(sending);
  } catch (error) {
    if (!sending.sent) {
      const says = 'Nothing was sent: ZooKeeper could not be asked whether all is still the same.';
      await handle.advance(endAs(unasked(handle.run()), ['failed', says], clock.now()));
    }
    throw error;
  }
}

function send(sending: Sending): Promise<void> {
  const { wish } = sending.handle.run();
  switch (wish.kind) {
    case 'switchover':
    case 'failover':
      return askForLeadership(sending, wish);
    case 'cancel-switchover':
      return cancelRequest(sending);
    case 'pause':
    case 'resume':
    case 'configuration':
      return writeConfiguration(sending);
    case 'removal':
      return removeScope(sending);
    default:
      return askMembers(sending, wish);
  }
}

/**
 * Whether all that it rests on is as the operator saw it, and the record is ours: a process that was
 * frozen may find that another has taken its run up. Ends the run as refused when it isn't.
 */
async function asSeen(handle: RunHandle, parts: CarryOutParts): Promise<boolean> {
  const { clock, patroni, access, key } = parts;
  for (let check = 0; check < MOST_CHECKS; check += 1) {
    const startedAt = clock.now();
    if (!(await handle.isOurs())) return false;
    const now = await patroni.state(access(), key);
    const { view, seen } = handle.run();
    if (view.outcome) return false;
    const moved = whatMoved(view.kind, seen, now, view.clusterName);
    if (moved) {
      await stop(handle, clock, lowered(moved, seen.leader));
      return false;
    }
    if (clock.now() - startedAt < STALL_MS) return true;
  }
  const slowly = 'ZooKeeper answers too slowly to be sure that all is the same.';
  await stop(handle, clock, slowly);
  return false;
}

/** It was about to be asked: what the steps say of that is taken back. */
async function stop(handle: RunHandle, clock: Clock, why: string): Promise<void> {
  await handle.advance(stopAsking(unasked(handle.run()), why, clock.now()));
}

/** Within a sentence; names stay as they are. */
function lowered(sentence: string, leader: string | null): string {
  const isName = leader !== null && sentence.startsWith(leader);
  return isName || !/^(The|Another) /.test(sentence)
    ? sentence
    : sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
