import { interrupted } from '@/lib/operations/follow-members';
import { answerLost, endAs, requested } from '@/lib/operations/run';
import { parseClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock, ListingAccess } from '../ports';
import type { RunHandle } from './carry-out';
import type { ConfigurationEdits } from './configuration-edits';
import { endRemoval } from './sends/removal';

interface GoOnParts {
  readonly clock: Clock;
  readonly edits: ConfigurationEdits;
  readonly access: () => ListingAccess;
  readonly view: () => ClusterView | null;
}

/** What an earlier process left: never asked again, and never taken for done. */
export async function goOn(handle: RunHandle, parts: GoOnParts): Promise<void> {
  const { clock, view } = parts;
  const run = handle.run();
  const { state } = run.view;
  if (state === 'ended') return;
  if (state === 'recorded') {
    const says = 'Howdah stopped before anything was sent: nothing was done.';
    await handle.advance(endAs(run, ['failed', says], clock.now()));
  } else if (run.targets.length > 0) {
    await handle.advance(interrupted(run, clock.now()));
  } else if (run.wish.kind === 'removal' || (run.sha256 != null && view() !== null)) {
    await findOut(handle, parts);
  } else {
    const how = 'Howdah stopped while it asked: whether Patroni was reached will be seen';
    const next = state === 'requested' ? requested(run, how, clock.now()) : run;
    // A leader that has been asked acts while its session lasts, or never.
    const ofLeader = run.wish.kind === 'switchover' && run.wish.at === null;
    const doubted = ofLeader ? answerLost(next, clock.now()) : next;
    if (doubted !== run) await handle.advance(doubted);
  }
}

/**
 * What came of it where the mirror doesn't show it: by reading. Nothing happens where it has ended,
 * and nothing is sent. May take as long as the members take.
 */
export async function findOut(handle: RunHandle, parts: GoOnParts): Promise<void> {
  const { clock, edits, access, view } = parts;
  const { wish, sha256, view: run } = handle.run();
  if (run.state === 'recorded') return;
  if (wish.kind === 'removal') {
    const key = parseClusterId(run.cluster);
    if (key) await endRemoval(handle, { clock, key, access });
    return;
  }
  const now = view();
  if (sha256 != null && now !== null) await edits.goOn(handle, now, view);
}
