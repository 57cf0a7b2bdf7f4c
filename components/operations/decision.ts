import type { OperationView, SeenState, SwitchoverPreflight } from '@/lib/operations/types';
import type { ClusterView } from '@/lib/topology/view';

/** What the operator has entered so far, and the state of the cluster they entered it on. */
export interface Decision {
  readonly candidate: string | null;
  readonly typed: string;
  readonly reason: string;
  /** Frozen at the first touch: what is sent is what was on the screen then, or nothing is. */
  readonly seen: SeenState | null;
}

export const undecided: Decision = { candidate: null, typed: '', reason: '', seen: null };

type Touch =
  | { readonly is: 'picked'; readonly candidate: string }
  | { readonly is: 'typed'; readonly text: string }
  | { readonly is: 'reasoned'; readonly text: string }
  | { readonly is: 'started-over' };

/** Picking and typing decide on what is shown; giving a reason alone decides nothing yet. */
export function decide(
  before: Decision,
  touch: Touch,
  shown: SwitchoverPreflight | undefined,
): Decision {
  switch (touch.is) {
    case 'picked':
      return { ...freeze(before, shown), candidate: touch.candidate };
    case 'typed':
      return { ...freeze(before, shown), typed: touch.text };
    case 'reasoned':
      return { ...before, reason: touch.text };
    case 'started-over':
      return { ...undecided, reason: before.reason };
  }
}

function freeze(before: Decision, shown: SwitchoverPreflight | undefined): Decision {
  if (before.seen !== null || !shown) return before;
  return { ...before, seen: shown.seen, candidate: before.candidate ?? shown.suggested };
}

/** What is not as it was when the operator began to decide, in sentences; empty when nothing. */
export function movedSince(seen: SeenState, now: SeenState | null): readonly string[] {
  if (now === null) return [`There is no leader any more; it was ${seen.leader}.`];
  const moved: string[] = [];
  if (now.leader !== seen.leader) {
    moved.push(`The leader is now ${now.leader}; it was ${seen.leader}.`);
  } else if (now.leaderCzxid !== seen.leaderCzxid) {
    moved.push(`${now.leader} lost the leadership and took it again.`);
  }
  if (now.configVersion !== seen.configVersion) {
    moved.push(
      `The configuration has changed: version ${now.configVersion ?? 'unknown'}, it was ${seen.configVersion ?? 'unknown'}.`,
    );
  }
  return moved;
}

/** Why the button can't be pressed yet, the first thing first; null when it can. */
export function obstacle(
  decision: Decision,
  preflight: SwitchoverPreflight | undefined,
  connected: boolean,
): string | null {
  if (!connected)
    return 'Howdah is disconnected: nothing can be decided on what may be out of date.';
  if (!preflight) return 'The checks have not run yet.';
  const seen = decision.seen ?? preflight.seen;
  if (seen === null) return 'There is no leader to switch over from.';
  if (movedSince(seen, preflight.seen).length > 0) return 'The cluster has moved: start over.';
  const refusing = preflight.rules.find((rule) => rule.verdict === 'refuse');
  if (refusing) return refusing.says;
  const name = decision.candidate ?? preflight.suggested;
  const candidate = preflight.candidates.find((c) => c.name === name);
  if (!candidate) return 'No new leader is chosen.';
  if (candidate.verdict === 'refuse') return candidate.says;
  return null;
}

/** Why a switchover can't even be thought of now; null when it can. */
export function whyNoSwitchover(
  view: ClusterView,
  operation: OperationView | null,
  heard: { readonly howdah: boolean; readonly zookeeper: boolean },
): string | null {
  if (!heard.howdah) return 'Howdah is disconnected';
  if (!heard.zookeeper) return "ZooKeeper can't be reached";
  if (operation !== null && operation.outcome === null) {
    return `The switchover to ${operation.to} is under way`;
  }
  if (view.leader === null) return 'There is no leader to switch over from';
  const standbys = view.members.filter((m) => !m.isLeader && m.presence.is === 'present');
  if (standbys.length === 0) return 'There is no standby to switch over to';
  return null;
}
