import type { ClusterView, MemberView } from '../topology/view';
import { formatBytes } from '../units';
import { type Judged, plain } from './judged';
import { failoverCandidate, suggest, switchoverCandidate } from './rules/candidate';
import {
  commonRules,
  grantedTimeout,
  leader,
  leaderState,
  noRequest,
  shutdown,
  standbyCluster,
} from './rules/cluster';
import { expectedFailover, expectedOutage } from './rules/expected';
import { lossWords } from './rules/loss';
import { type PreflightInput, rule } from './rules/rule';
import { schedule } from './rules/schedule';
import { moment } from './rules/words';
import type { RuleResult } from './types';
import type { WishOf } from './wish';

export function switchover(wish: WishOf<'switchover'>, input: PreflightInput): Judged {
  const { view } = input;
  const members = standbysOf(view).map((member) =>
    switchoverCandidate(member, input, wish.at === null ? 'now' : 'later'),
  );
  const from = view.leader?.name ?? 'the leader';
  const whoLeads = view.leader?.name ?? 'The leader';
  const rules = [
    ...commonRules(input),
    ...[leader(input), noRequest(input), ...leaderState(input)],
    ...(wish.at === null ? pausedSwitchover(wish, view) : schedule(wish.at, input)),
    ...[...standbyCluster(input), ...grantedTimeout(input), ...shutdown(input)],
  ];
  const suggested = suggest(members, view);
  const to = wish.candidate;
  const whom = to ?? 'the best candidate';
  const expected = expectedOutage(view, input.burden);
  const when = wish.at === null ? '' : ` at ${moment(wish.at)}`;
  return {
    ...plain,
    ...{ rules, members, suggested, expectedOutageMs: expected },
    verb: `${wish.at === null ? 'Switch' : 'Schedule to switch'} ${view.name} over to ${whom}`,
    consequence: `${view.name} accepts no writes while the leader changes${when}, and connections to ${from} are closed.`,
    preview: [
      ...(wish.at === null
        ? []
        : [`The schedule is written to ZooKeeper, and can be cancelled until ${moment(wish.at)}`]),
      `Patroni on ${from} is asked to hand over`,
      `${whoLeads} stops accepting writes, sends what it has to its standbys, shuts PostgreSQL down and gives the leadership up`,
      ...atRisk(
        from,
        view.members.find(({ name }) => name === to),
      ),
      `${to ?? 'The new leader'} takes it, finishes replay and is promoted to a new timeline`,
      `${whoLeads} comes back as a standby of the new leader`,
    ],
    ...{ danger: 'interrupts', phrase: view.name },
  };
}

/** Bytes at risk: what the old leader sends before it stops is not lost, what it can't send may be. */
function atRisk(from: string, to: MemberView | undefined): string[] {
  if (to === undefined) return [];
  const behind = to.lag?.flushBytes ?? null;
  if (behind === null) return [`How much ${to.name} lacks is not known: so much is at risk`];
  return [
    behind === 0
      ? `${to.name} has all of it now: 0 bytes are at risk`
      : `${to.name} lacks ${formatBytes(behind)} now: at risk if ${from} fails before it has sent them`,
  ];
}

function pausedSwitchover(wish: WishOf<'switchover'>, view: ClusterView): RuleResult[] {
  if (!view.mode.paused) return [];
  return [
    wish.candidate === null
      ? rule('paused', 'refuse', 'The cluster is paused: Patroni needs a named member then')
      : rule(
          'paused',
          'warn',
          'The cluster is paused: Patroni still switches over to a named member',
        ),
  ];
}

export function failover(wish: WishOf<'failover'>, input: PreflightInput): Judged {
  const { view } = input;
  const { name } = view;
  const from = view.leader?.name ?? null;
  const members = standbysOf(view).map((member) => failoverCandidate(member, input));
  const suggested = suggest(members, view);
  const chosen = members.find((one) => one.name === (wish.candidate ?? suggested));
  const lossBytes = chosen?.lossBytes ?? null;
  const loss = lossWords(lossBytes);
  const to = chosen?.name ?? 'a member';
  const ttl = view.config.is === 'ok' ? view.config.value.ttl : null;
  return {
    ...{ ...plain, members, suggested, lossBytes },
    rules: [...commonRules(input), ...forced(view), noRequest(input), ...standbyCluster(input)],
    verb: `Force ${name} to fail over to ${to}`,
    consequence:
      lossBytes === 0
        ? `${to} is made leader of ${name} by force. It has all WAL that is known of; what nobody has seen is lost.`
        : `${to} is made leader of ${name} by force, and ${loss} of WAL is lost for good.`,
    preview: [
      ...(from === null
        ? [`Patroni is asked to promote ${to}, whatever it lacks`]
        : [
            `Patroni is asked to fail over to ${to}`,
            `If ${from} still lives it steps down, by the same limits as in a switchover`,
            `If it hangs, its session ends within the ttl${ttl === null ? '' : ` of ${ttl} s`}, and ${to} takes the leadership`,
          ]),
      `${to} is promoted to a new timeline: writes that it has not received are lost`,
      ...(from === null ? [] : [`${from} is rewound or has to be reinitialised`]),
    ],
    danger: 'loses',
    phrase: `${name} loses ${loss}`,
    expectedOutageMs: expectedFailover(view, input.maxSessionTimeoutMs),
  };
}

/** A leader that is well is switched over from: force gains nothing, and loses more. */
function forced(view: ClusterView): RuleResult[] {
  const { leader: leads } = view;
  if (view.unreadable.some(({ path }) => path.endsWith('/leader'))) {
    return [rule('leader', 'refuse', 'Who leads can’t be read in ZooKeeper: somebody may')];
  }
  if (!leads) return [rule('leader', 'ok', 'There is no leader, so nobody is forced to go')];
  const member = view.members.find((one) => one.name === leads.name);
  const well = member?.probe.is === 'ok' && member.probe.writable && member.state === 'running';
  return [
    well
      ? rule(
          'leader',
          'warn',
          `${leads.name} leads and accepts writes: it may be forced away all the same`,
          {
            advice: 'Switch over instead: that loses nothing.',
          },
        )
      : rule(
          'leader',
          'warn',
          `${leads.name} holds the leadership, and is not seen to accept writes`,
        ),
  ];
}

export function cancelSwitchover(input: PreflightInput): Judged {
  const { view } = input;
  const { request } = view;
  const at = request?.scheduledAt ?? null;
  const loop = view.config.is === 'ok' ? view.config.value.loopWait : 10;
  const soon = at !== null && Date.parse(at) - input.now < loop * 1000;
  const pending =
    request === null
      ? rule('request', 'refuse', 'No switchover is scheduled')
      : at === null
        ? unscheduled(view)
        : rule('request', 'ok', `A switchover is scheduled for ${moment(at)}`);
  const late = rule(
    'late',
    'warn',
    `It is due within ${loop} s: Patroni may carry it out all the same`,
  );
  return {
    ...plain,
    rules: [...commonRules(input), pending, ...(soon ? [late] : [])],
    verb: `Cancel the switchover of ${view.name}`,
    consequence:
      at === null
        ? `Nothing is scheduled: there is nothing to cancel.`
        : `${view.name} is not switched over at ${moment(at)}: ${view.leader?.name ?? 'its leader'} goes on leading.`,
    preview: ['The request is taken out of ZooKeeper, if it is still the one that was seen'],
  };
}

/** A leader that lives deals with it within its loop; without one it may stand for ever. */
function unscheduled(view: ClusterView): RuleResult {
  return view.leader === null
    ? rule('request', 'ok', 'A request stands, and nobody leads who would deal with it')
    : rule('request', 'refuse', 'What is pending is not scheduled, and can’t be cancelled');
}

const standbysOf = (view: ClusterView): readonly MemberView[] =>
  view.members.filter((member) => member.name !== view.leader?.name);
