import type { ClusterView } from '../topology/view';
import { configuration, pausing, removal } from './judge-cluster';
import { cancelSwitchover, failover, switchover } from './judge-leadership';
import { onMember, restart } from './judge-members';
import type { Judged } from './judged';
import type { PreflightInput } from './rules/rule';
import type { Preflight, RuleResult, SeenState } from './types';
import type { Wish } from './wish';

export { expectedOutage } from './rules/expected';
export type { Burden, PreflightInput, Reached } from './rules/rule';

/**
 * Judges a wish on the state at hand: the same rules for the dialog and for the act. What concerns a
 * configuration's text is added by whoever has it: see `withRules`.
 */
export function preflight(wish: Wish, input: PreflightInput): Preflight {
  const { view } = input;
  const { lossBytes = null, ...judged } = judge(wish, input);
  return {
    ...{ cluster: view.id, clusterName: view.name, kind: wish.kind },
    seen: seenNow(view, lossBytes),
    ...judged,
  };
}

/** The state that is decided on, as it is now. */
export function seenNow(view: ClusterView, lossBytes: number | null): SeenState {
  return {
    leader: view.leader?.name ?? null,
    leaderCzxid: view.leader?.czxid ?? null,
    configVersion: view.config.is === 'absent' ? null : view.config.version,
    requestVersion: view.request?.version ?? null,
    lossBytes,
  };
}

export const withRules = (judged: Preflight, rules: readonly RuleResult[]): Preflight => ({
  ...judged,
  rules: [...judged.rules, ...rules],
});

function judge(wish: Wish, input: PreflightInput): Judged {
  switch (wish.kind) {
    case 'switchover':
      return switchover(wish, input);
    case 'failover':
      return failover(wish, input);
    case 'cancel-switchover':
      return cancelSwitchover(input);
    case 'restart':
      return restart(wish, input);
    case 'reload':
    case 'reinitialise':
    case 'cancel-restart':
      return onMember(wish, input);
    case 'pause':
    case 'resume':
      return pausing(wish, input);
    case 'configuration':
      return configuration(wish, input);
    case 'removal':
      return removal(input);
  }
}
