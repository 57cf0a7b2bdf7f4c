import { isSince } from '../../configuration/version';
import { bytesBetween } from '../../topology/lsn';
import type { ClusterView, MemberView } from '../../topology/view';
import { formatBytes, formatDuration } from '../../units';
import type { MemberResult, RuleResult } from '../types';
import { loss, lossOf } from './loss';
import { memberResult, type PreflightInput, rule, WORST } from './rule';

/** Everything that Patroni, or good sense, would check of a new leader of a planned switchover. */
export function switchoverCandidate(
  member: MemberView,
  input: PreflightInput,
  when: 'now' | 'later' = 'now',
): MemberResult {
  const { view } = input;
  const { name } = member;
  if (member.presence.is === 'missing') {
    return memberResult(name, [rule('present', 'refuse', `${name} is missing`)]);
  }
  const asItIs = [
    ...[state(member), reachable(member, input), stream(member)],
    ...[lag(member, view), ...patronisLag(member, input), timeline(member, view)],
    ...[...sync(member, view), ...replay(member), ...settings(member, input)],
  ];
  // How it is now forbids nothing that is to happen later: Patroni looks again then.
  const rules = when === 'now' ? asItIs : asItIs.map(softened);
  return memberResult(name, [tag(member), ...rules]);
}

/**
 * Of one that is forced to lead. Without a leader Patroni promotes it whatever it lacks: what would
 * be lost is named, and nothing but the impossible forbids it.
 */
export function failoverCandidate(member: MemberView, input: PreflightInput): MemberResult {
  const { view } = input;
  const { name } = member;
  if (member.presence.is === 'missing') {
    return memberResult(name, [rule('present', 'refuse', `${name} is missing`)]);
  }
  const lossBytes = lossOf(member, input);
  const lost = loss(member, lossBytes, input);
  const rules = [state(member), tag(member), reachable(member, input), lost];
  // A leader that lives goes by the same limits as in a switchover, and drops the request.
  const limits = [lag(member, view), timeline(member, view), ...replay(member)].map(softened);
  return memberResult(name, [...rules, ...limits, ...forcedSync(member, view)], { lossBytes });
}

const softened = (one: RuleResult): RuleResult =>
  one.verdict === 'refuse' ? { ...one, verdict: 'warn' } : one;

function state({ name, state }: MemberView): RuleResult {
  return state === 'running' || state === 'streaming'
    ? rule('state', 'ok', `${name} is running`)
    : rule('state', 'refuse', `${name} is ${state}`);
}

function tag({ name, tags }: MemberView): RuleResult {
  return tags.nofailover
    ? rule('nofailover', 'refuse', `${name} is tagged nofailover`, {
        advice: 'Take the tag out of its patroni.yml, and reload it.',
      })
    : rule('nofailover', 'ok', `${name} may become leader by its tags`);
}

/** Patroni asks the candidate itself, and waits two seconds for it. */
function reachable({ name }: MemberView, { reached }: PreflightInput): RuleResult {
  const answer = reached.get(name);
  if (!answer) return rule('reachable', 'unknown', `Whether ${name} answers Patroni is not known`);
  if (answer.is === 'unreachable') {
    // Patroni may stand elsewhere in the network.
    const says = `${name} does not answer Howdah over REST (${answer.why}): Patroni drops the request if it can't reach it either`;
    return rule('reachable', 'unknown', says, { advice: 'Look at its Patroni.' });
  }
  return answer.watchdogFailed
    ? rule('reachable', 'refuse', `${name} has no working watchdog, which it needs to lead`)
    : rule('reachable', 'ok', `${name} answers over REST`);
}

function stream({ name, upstream }: MemberView): RuleResult {
  switch (upstream?.state) {
    case 'streaming':
      return rule('streaming', 'ok', `${name} is ${upstream.says}`);
    case 'unknown':
    case undefined:
      return rule('streaming', 'unknown', `It is not known whether ${name} receives WAL`);
    default:
      return rule('streaming', 'refuse', `${name} is ${upstream?.says}`);
  }
}

function lag(member: MemberView, view: ClusterView): RuleResult {
  const received = member.lag?.flushBytes ?? null;
  const quality = member.lag?.quality ?? 'unknown';
  const known = received !== null && quality !== 'stale' && quality !== 'unknown';
  if (view.config.is !== 'ok' || !known) {
    return rule('lag', 'unknown', `How far ${member.name} is behind is not known for sure now`);
  }
  const most = view.config.value.maximumLagOnFailover;
  const figures = { measured: formatBytes(received), limit: formatBytes(most) };
  const measured = `${member.name} is ${figures.measured} behind`;
  return received > most
    ? rule(
        'lag',
        'refuse',
        `${measured}, over the limit of ${figures.limit} (maximum_lag_on_failover)`,
        { ...figures, advice: 'Let it catch up.' },
      )
    : rule('lag', 'ok', `${measured}, within the limit of ${figures.limit}`, figures);
}

/** The same by what their Patronis say right now: by such figures the leader decides. */
function patronisLag({ name }: MemberView, { reached, view }: PreflightInput): RuleResult[] {
  const [own, leads] = [reached.get(name), reached.get(view.leader?.name ?? '')];
  const known = own?.is === 'ok' && leads?.is === 'ok' && view.config.is === 'ok';
  if (!known || own.position === null || leads.position === null) return [];
  const bytes = bytesBetween(own.position, leads.position) ?? 0;
  const most = view.config.value.maximumLagOnFailover;
  const figures = { measured: formatBytes(bytes), limit: formatBytes(most) };
  const says = `By Patroni’s own figures ${name} is ${figures.measured} behind`;
  return bytes > most
    ? [
        rule('patronis-lag', 'warn', `${says}: it would drop the request`, {
          ...figures,
          advice: 'Let it catch up.',
        }),
      ]
    : [rule('patronis-lag', 'ok', `${says}, within its limit`, figures)];
}

function timeline(member: MemberView, view: ClusterView): RuleResult {
  if (member.timeline === null || view.timeline === null) {
    return rule('timeline', 'unknown', `The timeline of ${member.name} is not known`);
  }
  const figures = { measured: String(member.timeline), limit: String(view.timeline) };
  return member.timeline === view.timeline
    ? rule('timeline', 'ok', `${member.name} is on the leader's timeline ${view.timeline}`, figures)
    : rule(
        'timeline',
        'refuse',
        `${member.name} is on timeline ${member.timeline}, the leader on ${view.timeline}`,
        { ...figures, advice: 'Reinitialise it, if it does not follow by itself.' },
      );
}

const isSynchronous = ({ mode }: ClusterView): boolean =>
  // A standby cluster replicates synchronously to nobody, whatever its configuration carries.
  (mode.replication === 'sync' || mode.replication === 'quorum') && !mode.standbyCluster;

const isListed = ({ name }: MemberView, { sync: now }: ClusterView): boolean =>
  now?.standbys.some((one) => one.toLowerCase() === name.toLowerCase()) ?? false;

function sync(member: MemberView, view: ClusterView): RuleResult[] {
  if (!isSynchronous(view)) return [];
  return [
    isListed(member, view)
      ? rule('sync', 'ok', `${member.name} is a synchronous standby`)
      : rule(
          'sync',
          'refuse',
          `${member.name} is not a synchronous standby, and in synchronous mode only such a one may lead`,
        ),
  ];
}

/** Before 3.2 a leader that lives refuses it; later ones, and a cluster without one, obey. */
function forcedSync(member: MemberView, view: ClusterView): RuleResult[] {
  if (!isSynchronous(view) || isListed(member, view)) return [];
  const leads = view.members.find(({ name }) => name === view.leader?.name);
  const version = leads?.version ?? null;
  if (leads && version !== null && isSince(version, '3.2') === false) {
    const says = `Patroni ${version} on ${leads.name} drops a failover to one that is not synchronous, for as long as it lives`;
    return [rule('sync', 'warn', says, { measured: version, limit: '3.2' })];
  }
  const says = `${member.name} is not a synchronous standby: what was confirmed to clients may be lost`;
  return [rule('sync', 'warn', says)];
}

function replay({ name, lag: behind }: MemberView): RuleResult[] {
  if (behind?.quality === 'replay-paused') {
    const says = `Replay is paused on ${name}: it can't be promoted before it goes on`;
    return [
      rule('replay', 'refuse', says, {
        advice: 'Resume it: select pg_wal_replay_resume().',
      }),
    ];
  }
  const ms = behind?.replayMs ?? 0;
  if (ms <= 10_000) return [];
  const measured = formatDuration(ms);
  const says = `${name} has ${measured} of WAL to replay before it can lead`;
  return [rule('replay', 'warn', says, { measured, limit: formatDuration(10_000) })];
}

/** A standby that has less than its primary pauses its replay, or does not start. */
const NOT_LOWER = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const;

function settings({ name }: MemberView, { settings: all, view }: PreflightInput): RuleResult[] {
  const [own, leads] = [all.get(name), all.get(view.leader?.name ?? '')];
  if (!own || !leads) return [];
  const lower = NOT_LOWER.filter((one) => Number(own.get(one)) < Number(leads.get(one)));
  return lower.length === 0
    ? [rule('settings', 'ok', `${name} has room for all that the leader serves`)]
    : lower.map((one) =>
        rule(
          'settings',
          'warn',
          `${name} has ${one} = ${own.get(one)}, the leader ${leads.get(one)}`,
          {
            ...{ measured: own.get(one) ?? '', limit: leads.get(one) ?? '' },
            advice: `Restart ${name} with at least as much.`,
          },
        ),
      );
}

/**
 * Of whom Patroni answers, since a leader that has just died is still there for a moment, with all the
 * WAL: the least loss where something is lost, then the best verdict, priority and lag.
 */
export function suggest(candidates: readonly MemberResult[], view: ClusterView): string | null {
  const member = (name: string) => view.members.find((one) => one.name === name);
  const priority = (name: string) => member(name)?.tags.failoverPriority ?? 1;
  const behind = (name: string) => member(name)?.lag?.replayBytes ?? Number.MAX_SAFE_INTEGER;
  const lost = ({ lossBytes }: MemberResult) =>
    lossBytes === undefined ? 0 : (lossBytes ?? Number.MAX_SAFE_INTEGER);
  const answers = ({ rules }: MemberResult) =>
    Number(rules.some(({ code, verdict }) => code === 'reachable' && verdict === 'ok'));
  const eligible = candidates.filter((one) => one.verdict !== 'refuse');
  const [best] = eligible.toSorted(
    (a, b) =>
      answers(b) - answers(a) ||
      lost(a) - lost(b) ||
      WORST.indexOf(b.verdict) - WORST.indexOf(a.verdict) ||
      priority(b.name) - priority(a.name) ||
      behind(a.name) - behind(b.name),
  );
  return best?.name ?? null;
}
