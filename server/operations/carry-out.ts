import { answered, endAs, type Run, requested, requesting } from '@/lib/operations/run';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock, PatroniPort, PatroniSettings, ZnodeAccess } from '../ports';

/** The run as it is now, and the way to its next state. */
export interface RunHandle {
  run(): Run;
  /** Stores the state; false when the record has moved or can't be written. */
  advance(run: Run): Promise<boolean>;
}

export interface CarryOutParts {
  readonly clock: Clock;
  readonly patroni: PatroniPort;
  readonly key: ClusterKey;
  readonly access: () => ZnodeAccess;
  readonly settings: PatroniSettings;
  readonly view: () => ClusterView | null;
}

/** A process that stood still for longer than this between its check and its act checks again. */
const STALL_MS = 1000;
const MOST_CHECKS = 3;

/**
 * Checks once more, stores that it is about to ask, asks once, and notes the answer. What follows
 * is seen by observing. What fails before anything was sent ends the run, and is thrown.
 */
export async function carryOut(handle: RunHandle, parts: CarryOutParts): Promise<void> {
  const { clock } = parts;
  const progress = { sent: false };
  try {
    await ask(handle, parts, progress);
  } catch (error) {
    if (!progress.sent) {
      const says =
        'Nothing was sent: ZooKeeper could not be asked whether the leader is still the same.';
      await handle.advance(endAs(handle.run(), ['failed', says], clock.now()));
    }
    throw error;
  }
}

async function ask(
  handle: RunHandle,
  parts: CarryOutParts,
  progress: { sent: boolean },
): Promise<void> {
  const { clock, patroni, settings, view } = parts;
  const { from, to } = handle.run().view;
  const body = { leader: from, candidate: to };
  if (!(await stillLeads(handle, parts))) return;
  // From here on nothing may be sent twice: the record says so before anything is sent.
  if (!(await handle.advance(requesting(handle.run(), clock.now())))) {
    throw new Error('the record of the switchover could not be written');
  }
  if (!(await stillLeads(handle, parts))) return;

  if (handle.run().view.outcome) return;
  const apiUrl = view()?.members.find((member) => member.name === from)?.apiUrl ?? null;
  if (apiUrl !== null) {
    progress.sent = true;
    // Not waited for: nothing may come between the check and the act.
    void handle.advance(
      requested(handle.run(), `Patroni on ${from} has been asked over REST`, clock.now()),
    );
    const answer = await patroni.switchover(apiUrl, body, settings);
    if (answer.is === 'answered') {
      await handle.advance(answered(handle.run(), answer, clock.now()));
      return;
    }
    // Perhaps received: whatever comes of it will be seen.
    if (answer.is === 'unanswered') return;
    progress.sent = false;
  }
  // REST was certainly not reached. The same request by ZooKeeper, if nothing has moved meanwhile.
  if (!(await stillLeads(handle, parts)) || handle.run().view.outcome) return;
  progress.sent = true;
  const how = 'REST could not be reached, so the request was written to ZooKeeper';
  void handle.advance(requested(handle.run(), how, clock.now()));
  if ((await patroni.switchoverByZnode(parts.access(), parts.key, body)) === 'occupied') {
    const says = 'Nothing was sent: another request stands in ZooKeeper.';
    await handle.advance(endAs(handle.run(), ['refused', says], clock.now()));
  }
}

/** Ends the run as refused when the leader isn't the one that was seen. */
async function stillLeads(handle: RunHandle, parts: CarryOutParts): Promise<boolean> {
  const { clock, patroni, access, key } = parts;
  for (let check = 0; check < MOST_CHECKS; check += 1) {
    const startedAt = clock.now();
    const leader = await patroni.leader(access(), key);
    const { seen } = handle.run();
    if (leader?.name !== seen.leader || leader.czxid !== seen.leaderCzxid) {
      const now = leader
        ? `${leader.name} leads now, by another election`
        : 'there is no leader now';
      await handle.advance(
        endAs(handle.run(), ['refused', `Nothing was sent: ${now}.`], clock.now()),
      );
      return false;
    }
    if (clock.now() - startedAt < STALL_MS) return true;
  }
  await handle.advance(
    endAs(
      handle.run(),
      ['refused', 'Nothing was sent: ZooKeeper answers too slowly to be sure of the leader.'],
      clock.now(),
    ),
  );
  return false;
}
