import type { MemberView } from '../../topology/view';
import { formatBytes, formatDuration } from '../../units';
import type { RuleResult } from '../types';
import { type PreflightInput, rule } from './rule';
import { moment } from './words';

/** What holds for whatever is done to a cluster. */
export function commonRules(input: PreflightInput): RuleResult[] {
  return [zookeeper(input), ...quorum(input), turn(input), ...configuration(input)];
}

function zookeeper({ zookeeperConnected }: PreflightInput): RuleResult {
  return zookeeperConnected
    ? rule('zookeeper', 'ok', 'ZooKeeper is connected, so this is the cluster as it is now')
    : rule('zookeeper', 'refuse', "ZooKeeper can't be reached: nothing can be decided on what was");
}

/** What the locks rest on: whatever moves the leadership while it is lost moves nothing. */
function quorum({ quorum: now }: PreflightInput): RuleResult[] {
  if (now === null) return [];
  const { serving, total } = now;
  const needed = Math.floor(total / 2) + 1;
  const figures = { measured: `${serving} of ${total}`, limit: `${needed} of ${total}` };
  if (total === 1 || serving > needed) {
    return [rule('quorum', 'ok', `${serving} of ${total} ZooKeeper servers serve`, figures)];
  }
  const says =
    serving < needed
      ? `Only ${figures.measured} ZooKeeper servers are seen to serve, and ${needed} are needed`
      : `${figures.measured} ZooKeeper servers serve: with one less nothing can be decided`;
  return [rule('quorum', 'warn', says, { ...figures, advice: 'Bring the others back first.' })];
}

function turn({ running, leaving }: PreflightInput): RuleResult {
  if (leaving !== null) {
    const says = `${leaving} is under way: it goes on, and is not followed any more`;
    return rule('turn', 'warn', says);
  }
  return running
    ? rule('turn', 'refuse', `${running} is under way on this cluster`, {
        advice: 'Wait until it has ended.',
      })
    : rule('turn', 'ok', 'No other operation is under way here');
}

function configuration({ view }: PreflightInput): RuleResult[] {
  if (view.config.is === 'ok') return [];
  const says = 'The configuration is not readable, so Patroni’s limits are not known';
  return [rule('config', 'warn', says)];
}

export function leader({ view }: PreflightInput): RuleResult {
  const { leader: leads } = view;
  return leads
    ? rule('leader', 'ok', `${leads.name} holds the leadership`, { measured: leads.czxid })
    : rule('leader', 'refuse', 'There is no leader to switch over from: this would be a failover', {
        advice: 'Patroni elects one by itself where it can. Else fail over to a member by hand.',
      });
}

export function noRequest({ view: { request, leader: leads } }: PreflightInput): RuleResult {
  if (!request) return rule('request', 'ok', 'No switchover or failover is pending');
  // It names somebody who may never come: a cluster must not be held up by it.
  if (leads === null) {
    const whom = request.candidate ?? 'any member';
    return rule('request', 'warn', `A request to go to ${whom} stands: it is replaced`);
  }
  return request.scheduledAt
    ? rule(
        'request',
        'refuse',
        `A switchover is scheduled for ${moment(request.scheduledAt)}: a new request would replace it`,
        { advice: 'Cancel it first.' },
      )
    : rule('request', 'refuse', 'Patroni already holds a request to switch or fail over');
}

/** Whether the leader can be asked to step down. */
export function leaderState({ view }: PreflightInput): RuleResult[] {
  const { leader: leads } = view;
  if (!leads) return [];
  const { name } = leads;
  const member: MemberView | undefined = view.members.find((one) => one.name === name);
  if (member?.presence.is !== 'present') {
    const says = `${name} is not among the members, so it can't be asked to step down`;
    return [rule('leader-member', 'refuse', says)];
  }
  if (member.apiUrl === null) {
    const says = `${name} names no REST address: the request goes through ZooKeeper instead`;
    return [rule('leader-member', 'warn', says)];
  }
  return [
    member.state === 'running'
      ? rule('leader-member', 'ok', `${name} is running and can be asked to step down`)
      : rule('leader-member', 'warn', `${name} is ${member.state}: stepping down may take long`),
  ];
}

export function standbyCluster({ view }: PreflightInput): RuleResult[] {
  if (!view.mode.standbyCluster) return [];
  const says = 'This is a standby cluster: its leader replicates from another cluster';
  return [rule('standby-cluster', 'warn', says)];
}

/** A lease that is longer than ZooKeeper grants ends before its holder believes it does. */
export function grantedTimeout({ view, maxSessionTimeoutMs }: PreflightInput): RuleResult[] {
  if (view.config.is !== 'ok' || maxSessionTimeoutMs === null) return [];
  const ttlMs = view.config.value.ttl * 1000;
  const figures = {
    measured: formatDuration(ttlMs),
    limit: formatDuration(maxSessionTimeoutMs),
  };
  return [
    ttlMs > maxSessionTimeoutMs
      ? rule(
          'granted-timeout',
          'warn',
          `The ttl of ${figures.measured} is more than ZooKeeper grants (${figures.limit})`,
          { ...figures, advice: 'Lower the ttl, or raise maxSessionTimeout on every server.' },
        )
      : rule('granted-timeout', 'ok', `ZooKeeper grants the ttl of ${figures.measured}`, figures),
  ];
}

const LONG_TRANSACTION_MS = 60_000;
/** About what a disk writes in ten seconds. */
const CHECKPOINT_BYTES = 1024 ** 3;
const RETAINED_BYTES = 256 * 1024 ** 2;

/** What the leader has to finish before it lets go: this is what makes a switchover long. */
export function shutdown({ view, burden }: PreflightInput): RuleResult[] {
  const name = view.leader?.name;
  if (!name) return [];
  const rules: RuleResult[] = [];
  if (burden === null) {
    rules.push(
      rule('burden', 'unknown', `What ${name} has to finish before it stops is not known`),
    );
  } else {
    rules.push(...transactions(name, burden.oldestTransactionMs));
    if (burden.backups > 0) {
      const says = `${burden.backups} backup${burden.backups > 1 ? 's' : ''} of ${name} would break off`;
      rules.push(rule('backup', 'warn', says, { advice: 'Wait until it has ended.' }));
    }
    rules.push(checkpoint(name, burden.sinceCheckpointBytes));
    if (burden.catchingUp.length > 0) {
      const says = `${name} waits for ${burden.catchingUp.join(', ')} to have all WAL before it stops`;
      rules.push(rule('catching-up', 'warn', says));
    }
  }
  const held = view.members
    .find((one) => one.name === name)
    ?.slots.filter((slot) => slot.active && (slot.retainedBytes ?? 0) > RETAINED_BYTES);
  for (const slot of held ?? []) {
    const measured = formatBytes(slot.retainedBytes ?? 0);
    rules.push(
      rule(
        'slot',
        'warn',
        `${name} sends ${measured} to the reader of slot ${slot.name} before it stops`,
        { measured, limit: formatBytes(RETAINED_BYTES), advice: 'Let it catch up, or stop it.' },
      ),
    );
  }
  return rules;
}

function transactions(name: string, oldestMs: number | null): RuleResult[] {
  if (oldestMs === null) return [];
  const figures = {
    measured: formatDuration(oldestMs),
    limit: formatDuration(LONG_TRANSACTION_MS),
  };
  return oldestMs > LONG_TRANSACTION_MS
    ? [
        rule(
          'transactions',
          'warn',
          `The oldest transaction on ${name} has run for ${figures.measured} and would be rolled back`,
          figures,
        ),
      ]
    : [rule('transactions', 'ok', `No transaction on ${name} is older than a minute`, figures)];
}

function checkpoint(name: string, bytes: number | null): RuleResult {
  if (bytes === null) {
    return rule('checkpoint', 'unknown', `How much ${name} has to write out is not known`);
  }
  const figures = { measured: formatBytes(bytes), limit: formatBytes(CHECKPOINT_BYTES) };
  return bytes > CHECKPOINT_BYTES
    ? rule(
        'checkpoint',
        'warn',
        `${figures.measured} of WAL since the last checkpoint: the shutdown writes it out, and takes long`,
        { ...figures, advice: 'Run CHECKPOINT on the leader shortly before.' },
      )
    : rule('checkpoint', 'ok', `${figures.measured} of WAL since the last checkpoint`, figures);
}
