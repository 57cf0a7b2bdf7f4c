import type { ClusterId } from '../topology/cluster-id';
import type { ClusterView } from '../topology/view';
import { readSettings, type SettingChange, settingChanges } from './settings';
import type { RuleResult, Verdict } from './types';

/** A configuration that is brought back as it once was. */
export interface RestoreRequest {
  readonly cluster: ClusterId;
  /** Which version, by its number in the history. */
  readonly seq: number;
  /** The version of the znode that the operator saw there now. */
  readonly seenVersion: number;
  /** The cluster's name, typed by the operator. */
  readonly confirm: string;
  readonly reason: string;
}

export interface RestorePreflight {
  readonly cluster: ClusterId;
  readonly clusterName: string;
  /** The znode's version now; null where there is none to be replaced. */
  readonly seenVersion: number | null;
  readonly rules: readonly RuleResult[];
  /** Null: what stands there now can't be read, so nothing can be compared. */
  readonly changes: readonly SettingChange[] | null;
}

export interface RestoreOutcome {
  readonly says: string;
  /** The znode's version since. */
  readonly version: number;
}

export interface RestoreInput {
  readonly view: ClusterView;
  readonly zookeeperConnected: boolean;
  readonly running: string | null;
  /** The kept bytes; null where they are no text. */
  readonly wanted: string | null;
  readonly current: { readonly text: string | null; readonly version: number } | null;
}

const rule = (code: string, verdict: Verdict, says: string): RuleResult => ({
  ...{ code, verdict, says },
});

/** Judges a restore on the state at hand: the same rules for the dialog and for the act. */
export function restorePreflight(input: RestoreInput): RestorePreflight {
  const { view, wanted, current } = input;
  const [before, after] = [readSettings(current?.text ?? null), readSettings(wanted)];
  const changes = before && after ? settingChanges(before, after) : null;
  return {
    cluster: view.id,
    clusterName: view.name,
    seenVersion: current?.version ?? null,
    changes,
    rules: [
      ...clusterRules(input),
      ...contentRules({ view, after, changes, same: wanted === current?.text }),
    ],
  };
}

function clusterRules({ view, zookeeperConnected, running, current }: RestoreInput): RuleResult[] {
  return [
    zookeeperConnected
      ? rule('zookeeper', 'ok', 'ZooKeeper is connected, so this is the configuration as it is now')
      : rule(
          'zookeeper',
          'refuse',
          "ZooKeeper can't be reached: nothing can be decided on what was",
        ),
    running
      ? rule('turn', 'refuse', `${running} is under way on this cluster`)
      : rule('turn', 'ok', 'No other operation is under way here'),
    current === null
      ? rule('current', 'refuse', 'The cluster has no configuration now that could be replaced')
      : rule('current', 'ok', `Version ${current.version} is replaced, if it is still that one`),
    view.leader === null
      ? rule(
          'leader',
          'warn',
          'There is no leader: the configuration takes effect once there is one',
        )
      : rule(
          'leader',
          'ok',
          `${view.leader.name} leads, and every member reads it in its next loop`,
        ),
  ];
}

function contentRules({
  view,
  after,
  changes,
  same,
}: {
  view: ClusterView;
  after: Readonly<Record<string, unknown>> | null;
  changes: readonly SettingChange[] | null;
  same: boolean;
}): RuleResult[] {
  if (after === null) {
    const says = 'That version is no configuration: Patroni could not read it';
    return [rule('content', 'refuse', says)];
  }
  if (same) return [rule('content', 'refuse', 'That version is the same as the one in force')];
  const readable = rule('content', 'ok', 'That version is a configuration that can be read');
  return [readable, ...changeRules(view, after, changes), ...timing(after)];
}

function changeRules(
  view: ClusterView,
  after: Readonly<Record<string, unknown>>,
  changes: readonly SettingChange[] | null,
): RuleResult[] {
  const rules: RuleResult[] = [];
  if (changes === null) {
    const says = "What stands there now can't be read, so what would change is not known";
    rules.push(rule('unreadable-now', 'warn', says));
  }
  // Where that is not known it is taken to be touched.
  const touched = (name: string) =>
    changes?.some(({ path }) => path === name || path.startsWith(`${name}.`)) ?? true;
  // A cluster becomes another's standby, or ceases to be: its leader is demoted or promoted by it.
  const isOrWasStandby =
    after.standby_cluster != null || view.members.some(({ role }) => role === 'standby_leader');
  if (changes === null ? isOrWasStandby : touched('standby_cluster')) {
    const says =
      'It would make this a standby cluster or end that: change standby_cluster by itself';
    rules.push(rule('standby-cluster', 'refuse', says));
  }
  if (touched('pause') && (changes !== null || after.pause === true)) {
    const says =
      after.pause === true
        ? 'It pauses the cluster: no failover while it lasts'
        : 'It ends the pause: Patroni takes over again at once';
    rules.push(rule('pause', 'warn', says));
  }
  if (touched('synchronous_mode') || touched('synchronous_mode_strict')) {
    rules.push(rule('synchronous', 'warn', 'It may change what a commit waits for'));
  }
  return rules;
}

const DEFAULTS = { ttl: 30, loop_wait: 10, retry_timeout: 10 } as const;

/** Patroni's own condition: else the leader may lose its key between two loops. */
function timing(after: Readonly<Record<string, unknown>>): RuleResult[] {
  const of = (name: keyof typeof DEFAULTS) => Number(after[name] ?? DEFAULTS[name]);
  if (of('ttl') >= of('loop_wait') + 2 * of('retry_timeout')) return [];
  const says = `ttl ${of('ttl')} is less than loop_wait ${of('loop_wait')} + 2 × retry_timeout ${of('retry_timeout')}: the leader may lose its key`;
  return [rule('timing', 'warn', says)];
}
