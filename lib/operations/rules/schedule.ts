import type { RuleResult } from '../types';
import { type PreflightInput, rule } from './rule';
import { moment } from './words';

/** About the moment of what is to happen later. */
export function schedule(at: string, { view, now }: PreflightInput): RuleResult[] {
  const when = Date.parse(at);
  const rules: RuleResult[] = [
    when <= now
      ? rule('schedule', 'refuse', `${moment(at)} is past`, { advice: 'Choose a later moment.' })
      : rule('schedule', 'ok', `It is to happen at ${moment(at)}`),
  ];
  if (view.mode.paused) {
    const says = 'The cluster is paused, and Patroni schedules nothing then';
    rules.push(rule('paused', 'refuse', says, { advice: 'Resume it first.' }));
  }
  return rules;
}
