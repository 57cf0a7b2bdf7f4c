import type { ClusterView } from '../topology/view';
import type { SeenState } from './types';
import type { OperationKind } from './wish';

/** What a decision rests on, as it is now. */
export interface StateNow {
  readonly leader: { readonly name: string; readonly czxid: string } | null;
  /** Null: none pends, as far as Patroni can read it. */
  readonly requestVersion: number | null;
  /** Null: there is none. */
  readonly configVersion: number | null;
}

/** What a wish rests on: nothing of it may have moved since the operator decided. */
interface RestsOn {
  readonly leader: boolean;
  /** That no request pends, or exactly the one that was seen. */
  readonly request: boolean;
  readonly config: boolean;
}

const nothing: RestsOn = { leader: false, request: false, config: false };

const restsOn: Readonly<Record<OperationKind, RestsOn>> = {
  switchover: { leader: true, request: true, config: true },
  failover: { leader: true, request: true, config: true },
  'cancel-switchover': { ...nothing, request: true },
  // Who leads decides who may be stopped, and in which order.
  restart: { ...nothing, leader: true },
  reinitialise: { ...nothing, leader: true },
  'cancel-restart': nothing,
  reload: nothing,
  pause: { ...nothing, config: true },
  resume: { ...nothing, config: true },
  configuration: { ...nothing, config: true },
  removal: { ...nothing, leader: true },
};

/** The same of what a later preflight has seen. */
export const stateSeen = ({ leader, leaderCzxid, ...versions }: SeenState): StateNow => ({
  leader: leader === null || leaderCzxid === null ? null : { name: leader, czxid: leaderCzxid },
  requestVersion: versions.requestVersion,
  configVersion: versions.configVersion,
});

/** The same of what Howdah holds, which may be a little behind. */
export function stateOf({ leader, request, config }: ClusterView): StateNow {
  return {
    leader: leader && { name: leader.name, czxid: leader.czxid },
    requestVersion: request?.version ?? null,
    configVersion: config.is === 'absent' ? null : config.version,
  };
}

/** One sentence for what is no longer as the operator saw it; null when all of it is. */
// biome-ignore lint/complexity/useMaxParams: what was wanted, seen, and is, and of which cluster
export function whatMoved(
  kind: OperationKind,
  seen: SeenState,
  now: StateNow,
  name: string,
): string | null {
  const rests = restsOn[kind];
  if (rests.leader && now.leader?.czxid !== (seen.leaderCzxid ?? undefined)) {
    const { leader } = now;
    if (leader === null) return `${seen.leader} no longer leads ${name}: there is no leader now.`;
    return leader.name === seen.leader
      ? `${leader.name} has taken the leadership anew since you looked.`
      : `${leader.name} leads ${name} now, not ${seen.leader ?? 'nobody'}.`;
  }
  if (rests.request && now.requestVersion !== seen.requestVersion) {
    if (now.requestVersion === null) return 'The request that you saw is gone.';
    return seen.requestVersion === null
      ? 'Another request to Patroni has come meanwhile.'
      : 'Another request has taken the place of the one that you saw.';
  }
  if (rests.config && now.configVersion !== seen.configVersion) {
    return `The configuration of ${name} has changed since you looked.`;
  }
  return null;
}
