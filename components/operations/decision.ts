import { stateSeen, whatMoved } from '@/lib/operations/as-seen';
import { canNotWait } from '@/lib/operations/turn';
import type { OperationView, Preflight, SeenState } from '@/lib/operations/types';
import type { OperationKind, Wish } from '@/lib/operations/wish';
import type { ClusterView } from '@/lib/topology/view';

/** What the operator has entered so far, and the state of the cluster they entered it on. */
export interface Decision {
  readonly wish: Wish;
  readonly typed: string;
  readonly reason: string;
  /** Frozen at the first touch: what is sent is what was on the screen then, or nothing is. */
  readonly seen: SeenState | null;
  /** And what has to be typed, which names the loss as it was shown. */
  readonly phrase: string | null;
}

/**
 * What a dialog begins with. `member`: whom it was opened for. `at`: when that one was to be
 * restarted then, where this is to be called off.
 */
export function undecided(
  kind: OperationKind,
  member: string | null,
  at: string | null = null,
): Decision {
  return { wish: firstWish(kind, member, at), typed: '', reason: '', seen: null, phrase: null };
}

function firstWish(kind: OperationKind, member: string | null, at: string | null): Wish {
  const members = member === null ? [] : [member];
  switch (kind) {
    case 'switchover':
      return { kind, candidate: member, at: null };
    case 'failover':
      return { kind, candidate: member };
    case 'restart':
      return { kind, members, pendingOnly: false, at: null };
    case 'reload':
      return { kind, members };
    case 'reinitialise':
      return { kind, member };
    case 'cancel-restart':
      return { kind, member, at };
    case 'pause':
      return { kind, until: null };
    case 'configuration':
      return { kind, text: null, seq: null };
    default:
      return { kind };
  }
}

type Touch =
  /** A choice that decides something. */
  | { readonly is: 'wished'; readonly wish: Wish }
  | { readonly is: 'typed'; readonly text: string }
  | { readonly is: 'reasoned'; readonly text: string }
  | { readonly is: 'started-over' };

/** Choosing and typing decide on what is shown; giving a reason alone decides nothing yet. */
export function decide(before: Decision, touch: Touch, shown: Preflight | undefined): Decision {
  switch (touch.is) {
    case 'wished': {
      const seen = before.seen ?? shown?.seen ?? null;
      // Another choice has another phrase: what was typed for the first is not carried over.
      return { ...before, wish: touch.wish, seen, phrase: null, typed: '' };
    }
    case 'typed':
      return { ...freeze(before, shown), typed: touch.text };
    case 'reasoned':
      return { ...before, reason: touch.text };
    case 'started-over':
      return { ...before, wish: anew(before.wish), typed: '', seen: null, phrase: null };
  }
}

/** What is to be called off is then whichever is scheduled. */
const anew = (wish: Wish): Wish => (wish.kind === 'cancel-restart' ? { ...wish, at: null } : wish);

/** From the first letter on it is about what stood there then, the loss that is typed included. */
function freeze(before: Decision, shown: Preflight | undefined): Decision {
  if (before.phrase !== null || !shown) return before;
  const { phrase, suggested } = shown;
  const seen = { ...(before.seen ?? shown.seen), lossBytes: shown.seen.lossBytes };
  return { ...before, seen, phrase, wish: withCandidate(before.wish, suggested) };
}

/** Who is suggested is who is chosen, until somebody else is. */
export function withCandidate(wish: Wish, suggested: string | null): Wish {
  const open = wish.kind === 'switchover' || wish.kind === 'failover';
  return open && wish.candidate === null ? { ...wish, candidate: suggested } : wish;
}

/**
 * What is not as it was when the operator began to decide, in a sentence; null when nothing.
 * @param configVersion on which an edit was made before
 */
export function movedSince(
  { seen, wish }: Decision,
  shown: Preflight | undefined,
  configVersion?: number,
): string | null {
  if (shown === undefined) return null;
  if (configVersion !== undefined && shown.seen.configVersion !== configVersion) {
    return 'Somebody has written the configuration meanwhile: close this, and your edit is still there.';
  }
  if (seen === null) return null;
  return whatMoved(wish.kind, seen, stateSeen(shown.seen), shown.clusterName);
}

/** Why the button can't be pressed yet, the first thing first; null when it can. */
export function obstacle(
  decision: Decision,
  preflight: Preflight | undefined,
  now: { readonly connected: boolean; readonly moved: boolean },
): string | null {
  if (!now.connected) {
    return 'Howdah is disconnected: nothing can be decided on what may be out of date.';
  }
  if (!preflight) return 'The checks have not run yet.';
  if (now.moved) return 'The cluster has moved: start over.';
  const refusing = preflight.rules.find((rule) => rule.verdict === 'refuse');
  if (refusing) return refusing.says;
  const wish = withCandidate(decision.wish, preflight.suggested);
  if (wish.kind !== 'switchover' && wish.kind !== 'failover') return null;
  const candidate = preflight.members.find((one) => one.name === wish.candidate);
  if (!candidate) return 'No new leader is chosen.';
  return candidate.verdict === 'refuse' ? candidate.says : null;
}

/** Why this can't even be thought of now; null when it can. */
export function whyNot(
  kind: OperationKind,
  view: ClusterView,
  now: {
    readonly operation: OperationView | null;
    readonly howdah: boolean;
    readonly zookeeper: boolean;
  },
): string | null {
  if (!now.howdah) return 'Howdah is disconnected';
  if (!now.zookeeper) return "ZooKeeper can't be reached";
  const { operation } = now;
  const held = operation?.outcome === null && operation.holdsTurn === true;
  // What can't wait may be asked for: the checks say whether what is under way yields.
  if (held && !canNotWait(kind)) {
    return `${operation.title} is under way`;
  }
  return ofKind(kind, view);
}

function ofKind(kind: OperationKind, view: ClusterView): string | null {
  const standbys = view.members.filter((m) => !m.isLeader && m.presence.is === 'present');
  switch (kind) {
    case 'switchover':
      if (view.leader === null) return 'There is no leader to switch over from';
      return standbys.length === 0 ? 'There is no standby to switch over to' : null;
    case 'failover':
      return standbys.length === 0 ? 'There is no standby to fail over to' : null;
    case 'cancel-switchover':
      return view.request?.scheduledAt == null ? 'No switchover is scheduled' : null;
    case 'pause':
      return view.mode.paused ? 'It is paused already' : null;
    case 'resume':
      return view.mode.paused ? null : 'It is not paused';
    case 'cancel-restart':
      return view.members.some(({ scheduledRestart }) => scheduledRestart !== null)
        ? null
        : 'No restart is scheduled';
    case 'removal':
      return view.leader !== null ? 'It has a leader' : null;
    default:
      return view.members.length === 0 ? 'It has no members' : null;
  }
}
