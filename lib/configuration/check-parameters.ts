import type { RuleResult, Verdict } from '../operations/types';
import { type Document, parametersOf, patroniBool, sameValue, valueAt } from './document';
import type { ParameterFact } from './facts';
import { type Judge, rule } from './judge';
import { BOUND, OWNED, ofRecovery, WRITTEN_BY_PATRONI } from './owned';
import { readValue } from './value';

interface Parameter {
  /** As it is written. */
  readonly name: string;
  /** In lower case. */
  readonly key: string;
  readonly value: unknown;
  readonly worst: Verdict;
}

/** PostgreSQL's parameters, against what PostgreSQL says of them and what Patroni makes of them. */
export function checkParameters(judge: Judge): RuleResult[] {
  const before = parametersOf(judge.current);
  const rules: RuleResult[] = [];
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(parametersOf(judge.document))) {
    const key = name.toLowerCase();
    const twin = seen.get(key);
    seen.set(key, name);
    const isSame = Object.hasOwn(before, name) && sameValue(value, before[name]);
    const worst = isSame ? 'warn' : 'refuse';
    const parameter = { name, key, value, worst } as const;
    if (twin !== undefined) {
      const says = `${twin} and ${name} are one parameter: only one of them counts`;
      rules.push(rule('duplicate', worst, says));
    }
    rules.push(...judged(judge, parameter));
  }
  return [...rules, ...bound(judge)];
}

function judged(judge: Judge, parameter: Parameter): RuleResult[] {
  const { name, key, worst, value } = parameter;
  if (value === null) {
    return [rule('parameter', worst, `${name} has no value: leave it out instead`)];
  }
  const owned = OWNED[key];
  // What has always been ignored is nobody's news.
  const isNew = worst === 'refuse';
  if (owned?.takes === null) {
    if (!isNew) return [];
    const says = `${name} is set by Patroni on each member: here it is ignored`;
    return [rule('ignored', 'warn', says)];
  }
  if (owned?.takes?.(value) === false) {
    const says = `${name} must be ${owned.says}, and is ${JSON.stringify(value)}: Patroni does not take it`;
    return [rule('parameter', worst, says)];
  }
  return [...(isNew ? ofPatroni(judge, parameter) : []), ...ofPostgres(judge, parameter)];
}

function ofPatroni({ document }: Judge, { name, key }: Parameter): RuleResult[] {
  if (ofRecovery(key)) {
    const says = `${name} is written by Patroni, member by member: what stands here may not last`;
    return [rule('ignored', 'warn', says)];
  }
  const mode = valueAt(document, 'synchronous_mode');
  const isOn = mode !== undefined && patroniBool(mode) !== false;
  if (key !== 'synchronous_standby_names' || !isOn) return [];
  const says = `${name} is set by Patroni while synchronous_mode is on: here it is ignored`;
  return [rule('ignored', 'warn', says)];
}

function ofPostgres({ parameters }: Judge, { name, key, value, worst }: Parameter): RuleResult[] {
  if (parameters === null) return [];
  const fact: ParameterFact | undefined = Object.hasOwn(parameters, key)
    ? parameters[key]
    : undefined;
  if (fact === undefined) {
    if (key.includes('.') || WRITTEN_BY_PATRONI.has(key) || key in OWNED) return [];
    const says = `PostgreSQL has no parameter ${name} here, or Howdah may not see it: Patroni leaves out what PostgreSQL does not know`;
    return [rule('unknown-parameter', 'warn', says)];
  }
  if (fact.context === 'internal') {
    return [rule('parameter', worst, `${name} is fixed in PostgreSQL: nobody can set it`)];
  }
  const read = readValue(value, fact);
  return read.is === 'value' ? [] : [rule('parameter', worst, `${name} ${read.why}`)];
}

/** In what order members must restart, which Patroni sees to for those that restart. */
function bound({ document, current, parameters }: Judge): RuleResult[] {
  if (current === null) return [];
  const rules: RuleResult[] = [];
  for (const name of BOUND) {
    const [from, to] = [limitOf(current, name), limitOf(document, name)];
    if (from === to || Number.isNaN(from) || Number.isNaN(to)) continue;
    if (parameters !== null && readsAs(parameters[name], to) === false) continue;
    const says =
      to < from
        ? `${name} goes down from ${from} to ${to}: the primary must restart first, and standbys keep ${from} until they have heard of it and restart`
        : `${name} goes up from ${from} to ${to}: standbys must restart first, and the primary last, or they stop`;
    rules.push(rule('restart-order', 'warn', says));
  }
  return rules;
}

const readsAs = (fact: ParameterFact | undefined, value: number): boolean | null =>
  fact ? readValue(value, fact).is === 'value' : null;

/** What Patroni gives PostgreSQL. */
export function limitOf(document: Document, name: string): number {
  const written = parameterIn(document, name);
  const owned = OWNED[name];
  return Number(written !== undefined && owned?.takes?.(written) ? written : owned?.fallback);
}

/** Whatever the case of its name. */
export function parameterIn(document: Document | null, key: string): unknown {
  for (const [name, value] of Object.entries(parametersOf(document))) {
    if (name.toLowerCase() === key) return value;
  }
  return undefined;
}
