import { type Judged, plain } from './judged';
import { listed, membersOf } from './plan';
import { commonRules, shutdown } from './rules/cluster';
import { expectedRestart } from './rules/expected';
import { target } from './rules/member';
import { type PreflightInput, rule } from './rules/rule';
import { schedule } from './rules/schedule';
import { moment } from './rules/words';
import type { MemberResult, RuleResult } from './types';
import type { WishOf } from './wish';

export function restart(wish: WishOf<'restart'>, input: PreflightInput): Judged {
  const { view } = input;
  const members = view.members.map((member) => target(member, wish, input));
  const chosen = wish.members.filter((name) => view.members.some((one) => one.name === name));
  const leads = chosen.includes(view.leader?.name ?? '');
  const scheduled = wish.at !== null;
  const rules = [
    ...[...commonRules(input), ...chosenRules(wish.members, members)],
    ...(leads ? shutdown(input) : []),
  ];
  if (wish.at !== null) {
    rules.push(...schedule(wish.at, input));
    if (chosen.length > 1) rules.push(rule('one', 'refuse', 'One member at a time is scheduled'));
  }
  const when = wish.at === null ? '' : ` at ${moment(wish.at)}`;
  if (chosen.length === 0) {
    return {
      ...{ ...plain, rules, members },
      verb: scheduled ? 'Schedule a restart' : 'Restart',
      consequence: 'Whoever is chosen closes its connections while its PostgreSQL restarts.',
    };
  }
  const who = listed(chosen);
  return {
    ...{ ...plain, rules, members },
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
          `Patroni on ${who} is asked to restart PostgreSQL, and Howdah waits until it runs again`,
          ...(chosen.length > 1 ? ['At the first that fails, the others are left alone'] : []),
        ],
    danger: leads ? 'interrupts' : 'none',
    phrase: leads ? view.name : null,
    expectedOutageMs: leads ? expectedRestart(input.burden) : null,
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

export function onMember(
  wish: WishOf<'reload'> | WishOf<'reinitialise'> | WishOf<'cancel-restart'>,
  input: PreflightInput,
): Judged {
  const { view } = input;
  const members = view.members.map((member) => target(member, wish, input));
  const names = membersOf(wish);
  const who = listed(names);
  const rules = [...commonRules(input), ...chosenRules(names, members)];
  const base = { ...plain, rules, members };
  if (!names.some((name) => members.some((one) => one.name === name))) {
    return { ...base, ...ofNobody[wish.kind] };
  }
  switch (wish.kind) {
    case 'reload':
      return {
        ...base,
        verb: `Reload ${who}`,
        consequence: `${who} read${names.length === 1 ? 's' : ''} patroni.yml and PostgreSQL’s configuration again. Nothing is restarted.`,
        preview: [`Patroni on ${who} is asked to reload, and Howdah waits until PostgreSQL has`],
      };
    case 'cancel-restart':
      return {
        ...base,
        verb: `Cancel the restart of ${who}`,
        consequence: `${who} goes on running: what is scheduled for it is forgotten.`,
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
        phrase: names.length === 0 ? null : `${who} loses its data`,
      };
  }
}

/** Before a member is chosen: what it would be, and none of what it does to whom. */
const ofNobody = {
  reload: {
    verb: 'Reload',
    consequence: 'Whoever is chosen reads patroni.yml and PostgreSQL’s configuration again.',
  },
  'cancel-restart': {
    verb: 'Cancel the restart',
    consequence: 'Whoever is chosen goes on running: what is scheduled for it is forgotten.',
  },
  reinitialise: {
    verb: 'Reinitialise',
    consequence: 'All data of whoever is chosen is deleted, and copied anew.',
    danger: 'loses',
  },
} as const;
