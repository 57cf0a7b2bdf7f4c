import type { ClusterView, MemberView } from '../topology/view';
import { formatBytes } from '../units';
import { listed } from './plan';
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
import { expectedOutage, expectedRestart } from './rules/expected';
import { target } from './rules/member';
import { type PreflightInput, rule } from './rules/rule';
import { schedule } from './rules/schedule';
import { moment } from './rules/words';
import type { MemberResult, Preflight, RuleResult, SeenState } from './types';
import type { Wish, WishOf } from './wish';

export { expectedOutage } from './rules/expected';
export type { Burden, PreflightInput, Reached } from './rules/rule';

type Judged = Omit<Preflight, 'cluster' | 'clusterName' | 'kind' | 'seen'> & {
  readonly lossBytes?: number | null;
};

const plain = {
  members: [],
  suggested: null,
  preview: [],
  danger: 'none',
  phrase: null,
  expectedOutageMs: null,
} as const;

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
      return configuration(input);
    case 'removal':
      return removal(input);
  }
}

function switchover(wish: WishOf<'switchover'>, input: PreflightInput): Judged {
  const { view } = input;
  const members = standbysOf(view).map((member) => switchoverCandidate(member, input));
  const from = view.leader?.name ?? 'the leader';
  const rules = [
    ...commonRules(input),
    ...[leader(input), noRequest(input), ...leaderState(input)],
    ...(wish.at === null ? pausedSwitchover(wish, view) : schedule(wish.at, input)),
    ...[...standbyCluster(input), ...grantedTimeout(input), ...shutdown(input)],
  ];
  const to = wish.candidate;
  const whom = to ?? 'the best candidate';
  const expected = expectedOutage(view);
  const when = wish.at === null ? '' : ` at ${moment(wish.at)}`;
  return {
    ...plain,
    ...{ rules, members, suggested: suggest(members, view), expectedOutageMs: expected },
    verb: `${wish.at === null ? 'Switch' : 'Schedule to switch'} ${view.name} over to ${whom}`,
    consequence: `${view.name} accepts no writes while the leader changes${when}, and connections to ${from} are closed.`,
    preview: [
      ...(wish.at === null
        ? []
        : [`The schedule is written to ZooKeeper, and can be cancelled until ${moment(wish.at)}`]),
      `Patroni on ${from} is asked to hand over`,
      `${from} stops accepting writes, shuts PostgreSQL down and gives the leadership up`,
      `${to ?? 'The new leader'} takes it, finishes replay and is promoted to a new timeline`,
      `${from} comes back as a standby of the new leader`,
    ],
    ...{ danger: 'interrupts', phrase: view.name },
  };
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

function failover(wish: WishOf<'failover'>, input: PreflightInput): Judged {
  const { view } = input;
  const { name } = view;
  const from = view.leader?.name ?? null;
  const members = standbysOf(view).map((member) => failoverCandidate(member, input));
  const suggested = suggest(members, view);
  const chosen = members.find((one) => one.name === (wish.candidate ?? suggested));
  const lossBytes = chosen?.lossBytes ?? null;
  const loss = lossBytes === null ? 'an unknown amount' : formatBytes(lossBytes);
  const to = chosen?.name ?? 'a member';
  const ttl = view.config.is === 'ok' ? view.config.value.ttl : null;
  const wait = from === null ? 0 : (ttl ?? 30) * 1000;
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
    expectedOutageMs: [1000, 10_000 + wait],
  };
}

/** A leader that is well is switched over from: force gains nothing, and loses more. */
function forced(view: ClusterView): RuleResult[] {
  const { leader: leads } = view;
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

function cancelSwitchover(input: PreflightInput): Judged {
  const { view } = input;
  const { request } = view;
  const at = request?.scheduledAt ?? null;
  const loop = view.config.is === 'ok' ? view.config.value.loopWait : 10;
  const soon = at !== null && Date.parse(at) - input.now < loop * 1000;
  const pending =
    request === null
      ? rule('request', 'refuse', 'No switchover is scheduled')
      : at === null
        ? rule('request', 'refuse', 'What is pending is not scheduled, and can’t be cancelled')
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
    consequence: `${view.name} is not switched over.`,
    preview: ['The request is taken out of ZooKeeper, if it is still the one that was seen'],
  };
}

function restart(wish: WishOf<'restart'>, input: PreflightInput): Judged {
  const { view } = input;
  const members = view.members.map((member) => target(member, wish, input));
  const chosen = wish.members.filter((name) => view.members.some((one) => one.name === name));
  const leads = chosen.includes(view.leader?.name ?? '');
  const scheduled = wish.at !== null;
  const rules = [...commonRules(input), ...chosenRules(wish.members, members)];
  if (wish.at !== null) {
    rules.push(...schedule(wish.at, input));
    if (chosen.length > 1) rules.push(rule('one', 'refuse', 'One member at a time is scheduled'));
  }
  const when = wish.at === null ? '' : ` at ${moment(wish.at)}`;
  const who = listed(chosen);
  return {
    ...{ ...plain, rules, members },
    suggested: null,
    verb: `${scheduled ? 'Schedule a restart of' : 'Restart'} ${who}`,
    consequence: leads
      ? `${view.name} accepts no writes while ${view.leader?.name} restarts${when}, and its connections are closed.`
      : `Connections to ${who} are closed${when}. Writes go on.`,
    preview: scheduled
      ? [`Patroni on ${who} is asked to restart PostgreSQL at ${moment(wish.at ?? '')}`]
      : [
          ...(chosen.length > 1
            ? [
                'One after the other, standbys first: each runs and streams before the next is asked',
              ]
            : []),
          `Patroni on ${who} is asked to restart PostgreSQL, and it is waited until it has`,
          ...(chosen.length > 1 ? ['At the first that fails, the others are left alone'] : []),
        ],
    danger: leads ? 'interrupts' : 'none',
    phrase: leads ? view.name : null,
    expectedOutageMs: leads ? expectedRestart() : null,
  };
}

/** Everybody who was chosen has to be able to. */
function chosenRules(
  chosen: readonly string[],
  members: readonly MemberResult[],
): readonly RuleResult[] {
  if (chosen.length === 0) return [rule('chosen', 'refuse', 'No member is chosen')];
  return chosen.flatMap((name): readonly RuleResult[] => {
    const result = members.find((one) => one.name === name);
    if (!result) return [rule('chosen', 'refuse', `There is no member ${name}`)];
    return result.rules.filter(({ verdict }) => verdict !== 'ok');
  });
}

function onMember(
  wish: WishOf<'reload'> | WishOf<'reinitialise'> | WishOf<'cancel-restart'>,
  input: PreflightInput,
): Judged {
  const { view } = input;
  const members = view.members.map((member) => target(member, wish, input));
  const names = wish.kind === 'reload' ? wish.members : [wish.member];
  const who = listed(names);
  const rules = [...commonRules(input), ...chosenRules(names, members)];
  const base = { ...plain, rules, members };
  switch (wish.kind) {
    case 'reload':
      return {
        ...base,
        verb: `Reload ${who}`,
        consequence: `${who} read${names.length === 1 ? 's' : ''} patroni.yml and PostgreSQL’s configuration again. Nothing is restarted.`,
        preview: [`Patroni on ${who} is asked to reload, and it is waited until PostgreSQL has`],
      };
    case 'cancel-restart':
      return {
        ...base,
        verb: `Cancel the restart of ${who}`,
        consequence: `${who} is not restarted.`,
        preview: [`Patroni on ${who} is asked to forget its schedule`],
      };
    case 'reinitialise':
      return {
        ...base,
        verb: `Reinitialise ${who}`,
        consequence: `All data of ${who} is deleted, and copied anew from another member of ${view.name}.`,
        preview: [
          `PostgreSQL on ${who} is stopped, at once`,
          `Its data directory is deleted`,
          `It is copied from ${view.leader?.name ?? 'the leader'} or a member tagged clonefrom, which takes as long as the database is big`,
          `${who} streams again`,
        ],
        danger: 'loses',
        phrase: `${who} loses its data`,
      };
  }
}

function pausing(wish: WishOf<'pause'> | WishOf<'resume'>, input: PreflightInput): Judged {
  const { view } = input;
  const pause = wish.kind === 'pause';
  const rules = [...commonRules(input)];
  if (view.config.is !== 'ok') {
    rules.push(rule('writable', 'refuse', 'There is no configuration that could be written to'));
  } else if (view.mode.paused === pause) {
    const says = pause ? `${view.name} is paused already` : `${view.name} is not paused`;
    rules.push(rule('paused', 'refuse', says));
  } else {
    rules.push(
      rule('paused', 'ok', pause ? `${view.name} is not paused` : `${view.name} is paused`),
    );
  }
  if (wish.kind === 'pause' && wish.until !== null && wish.until <= input.now) {
    rules.push(rule('due', 'refuse', 'The reminder is past', { advice: 'Choose a later moment.' }));
  }
  if (!pause && view.leader === null) {
    const says = 'There is no leader: once resumed, Patroni elects one at once';
    rules.push(rule('leader', 'warn', says));
  }
  if (pause && view.request?.scheduledAt) {
    const says = 'A switchover is scheduled: while it is paused Patroni does not carry it out';
    rules.push(rule('request', 'warn', says));
  }
  return {
    ...{ ...plain, rules },
    verb: `${pause ? 'Pause' : 'Resume'} ${view.name}`,
    consequence: pause
      ? `While ${view.name} is paused nothing is failed over: if its leader fails, it stays down until somebody acts.`
      : `Patroni manages ${view.name} again: what has failed meanwhile is failed over or restarted at once.`,
    preview: [
      `“pause” is ${pause ? 'set' : 'taken out'} in the configuration, if that is still the one that was seen`,
      'Every member takes it up and says so',
    ],
  };
}

function configuration(input: PreflightInput): Judged {
  const { view } = input;
  return {
    ...plain,
    rules: commonRules(input),
    verb: `Write the configuration of ${view.name}`,
    consequence: `Every member of ${view.name} takes the new configuration up, most of it at once.`,
    preview: [
      `It is written over exactly version ${view.config.is === 'ok' ? view.config.version : '?'}; if that has moved, nothing is`,
      'Every member reads it within a loop, and reloads PostgreSQL',
      'What needs a restart is marked so, and nothing is restarted',
    ],
    danger: 'interrupts',
    phrase: view.name,
  };
}

function removal(input: PreflightInput): Judged {
  const { view } = input;
  const present = view.members.filter(({ presence }) => presence.is === 'present');
  const writable = view.members.filter(({ probe }) => probe.is === 'ok' && probe.writable);
  const rules = [
    ...commonRules(input),
    view.leader
      ? rule('leader', 'refuse', `${view.leader.name} leads it: it is not dead`)
      : rule('leader', 'ok', 'It has no leader'),
    present.length > 0
      ? rule('members', 'refuse', `${listed(present.map(({ name }) => name))} of it still run`, {
          advice: 'Stop Patroni on every member first, and wait until its session has ended.',
        })
      : rule('members', 'ok', 'None of its members runs'),
    ...writable.map(({ name }) =>
      rule('writable', 'refuse', `${name} accepts writes: its PostgreSQL still serves somebody`),
    ),
  ];
  return {
    ...{ ...plain, rules },
    verb: `Remove ${view.name} from ZooKeeper`,
    consequence: `ZooKeeper forgets ${view.name}: its configuration, its history and who led it last. The members' data is not touched.`,
    preview: [
      'Everything below its znode is deleted, each at exactly the version that was seen',
      'A Patroni that is started there again makes a new cluster of it',
      'Export it first, to be able to bring its configuration back: npm run howdah -- znodes export',
    ],
    danger: 'loses',
    phrase: `${view.name} is forgotten`,
  };
}

const standbysOf = (view: ClusterView): readonly MemberView[] =>
  view.members.filter((member) => member.name !== view.leader?.name);
