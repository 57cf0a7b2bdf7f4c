import { type Judged, plain } from './judged';
import { listed } from './plan';
import { commonRules } from './rules/cluster';
import { type PreflightInput, rule } from './rules/rule';
import type { WishOf } from './wish';

export function pausing(wish: WishOf<'pause'> | WishOf<'resume'>, input: PreflightInput): Judged {
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

export function configuration(wish: WishOf<'configuration'>, input: PreflightInput): Judged {
  const { view } = input;
  return {
    ...plain,
    rules: commonRules(input),
    verb:
      wish.seq === null
        ? `Write the configuration of ${view.name}`
        : `Restore the earlier configuration of ${view.name}`,
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

export function removal(input: PreflightInput): Judged {
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
