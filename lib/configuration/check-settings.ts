import type { RuleResult } from '../operations/types';
import { objectOf, patroniBool, patroniInt, valueAt, wordOf } from './document';
import { type Judge, rule } from './judge';
import {
  KNOWN_SETTINGS,
  type KnownSetting,
  LOCAL_ONLY,
  OLD_NAMES,
  OTHER_INTEGERS,
  OTHER_SETTINGS,
  POSTGRESQL_SETTINGS,
} from './known';
import { olderThan } from './version';

/** What Patroni does with a number that is none. */
const WHOLE = 'Patroni throws the whole configuration away over it, and keeps the one it has';

/** Patroni's own settings: that they are known, and of the right kind. */
export function checkSettings(judge: Judge): RuleResult[] {
  return [
    ...KNOWN_SETTINGS.flatMap((setting) => known(judge, setting)),
    ...Object.entries(OTHER_INTEGERS).flatMap(([path, min]) => integer(judge, path, min)),
    ...sections(judge),
    ...names(judge),
    ...turns(judge),
  ];
}

function known(judge: Judge, setting: KnownSetting): RuleResult[] {
  const { path, type, min } = setting;
  const value = valueAt(judge.document, path);
  if (value === undefined) return [];
  if (type === 'synchronous-mode') return mode(judge, value);
  // What is below the least of the three of the lease is judged with them.
  if (type === 'integer') return integer(judge, path, setting.group === 'timing' ? null : min);
  // Only this one is read as a number.
  if (path === 'check_timeline' && typeof value === 'string') {
    const says = `${path} must be true or false without quotes: ${WHOLE}`;
    return [rule('type', judge.worst(path), says)];
  }
  if (patroniBool(value) !== null) return [];
  const says = `${path} must be true or false, and is ${JSON.stringify(value)}`;
  return [rule('type', judge.worst(path), says)];
}

function integer(judge: Judge, path: string, min: number | null): RuleResult[] {
  const value = valueAt(judge.document, path);
  if (value === undefined) return [];
  const read = patroniInt(value);
  if (read === null) {
    const says = `${path} must be a whole number, and is ${JSON.stringify(value)}: ${WHOLE}`;
    return [rule('type', judge.worst(path), says)];
  }
  if (min === null || read >= min) return [];
  return [rule('range', judge.worst(path), `${path} must be at least ${min}, and is ${read}`)];
}

function mode(judge: Judge, value: unknown): RuleResult[] {
  const path = 'synchronous_mode';
  const isQuorum = wordOf(value) === 'quorum';
  if (!isQuorum && patroniBool(value) === null) {
    const says = `${path} must be true, false or quorum, and is ${JSON.stringify(value)}`;
    return [rule('type', judge.worst(path), says)];
  }
  if (!isQuorum) return [];
  if (judge.patroniVersions.length === 0) {
    const says = 'quorum needs Patroni 4.0, and which version the members have is not known';
    return [rule('quorum', 'unknown', says)];
  }
  const old = olderThan(judge.patroniVersions, '4.0.0');
  if (old.length === 0) return [];
  const says = `quorum needs Patroni 4.0: members with ${old.join(', ')} take it for off`;
  return [rule('quorum', judge.worst(path), says)];
}

const OBJECTS = ['postgresql', 'postgresql.parameters', 'standby_cluster', 'slots'] as const;

function sections(judge: Judge): RuleResult[] {
  const rules: RuleResult[] = [];
  for (const path of OBJECTS) {
    const value = valueAt(judge.document, path);
    // Nothing at all is as good as nothing in it.
    if (value === undefined || value === null || objectOf(value) !== null) continue;
    const says = `${path} must have names and values below it`;
    rules.push(rule('type', judge.worst(path), says));
  }
  for (const path of ['postgresql.pg_hba', 'postgresql.pg_ident', 'ignore_slots']) {
    const value = valueAt(judge.document, path);
    if (value === undefined || value === null || Array.isArray(value)) continue;
    rules.push(rule('type', judge.worst(path), `${path} must be a list`));
  }
  if (valueAt(judge.document, 'watchdog') !== undefined) {
    const says = `watchdog belongs into each member's own file; here Patroni takes it for a number: ${WHOLE}`;
    rules.push(rule('type', judge.worst('watchdog'), says));
  }
  return rules;
}

function names(judge: Judge): RuleResult[] {
  const rules: RuleResult[] = [];
  for (const name of Object.keys(judge.document)) {
    const isKnown = KNOWN_SETTINGS.some(({ path }) => path === name);
    if (isKnown || name in OTHER_INTEGERS || OTHER_SETTINGS.has(name)) continue;
    rules.push(rule('unknown-name', 'warn', `Patroni has no setting ${name} here, and ignores it`));
  }
  for (const [name, old] of Object.entries(OLD_NAMES)) {
    if (!(name in judge.document && old in judge.document)) continue;
    rules.push(
      rule('old-name', 'warn', `${old} is the old name of ${name}: one of them is enough`),
    );
  }
  const postgresql = objectOf(valueAt(judge.document, 'postgresql')) ?? {};
  const methods = [postgresql.create_replica_methods, postgresql.create_replica_method].flat();
  for (const name of Object.keys(postgresql)) {
    const path = `postgresql.${name}`;
    if (LOCAL_ONLY.has(name)) {
      const says = `${path} is each member's own: here Patroni ignores it`;
      rules.push(rule('ignored', 'warn', says));
    } else if (!POSTGRESQL_SETTINGS.has(name) && !methods.includes(name)) {
      rules.push(rule('unknown-name', 'warn', `${path} is nothing that Howdah knows of Patroni`));
    }
  }
  return rules;
}

/** What turns the cluster into something else. */
function turns({ document, changed }: Judge): RuleResult[] {
  const rules: RuleResult[] = [];
  if (changed('pause')) {
    const says = 'Pause and resume are operations of their own: leave pause as it is';
    rules.push(rule('pause', 'refuse', says));
  }
  if (changed('standby_cluster')) {
    const says =
      objectOf(document.standby_cluster) === null
        ? 'It ends the standby cluster: its leader is promoted, and takes writes of its own from then on'
        : 'It makes this a standby cluster, or has it follow another: its leader takes no more writes, and what it has that the other has not is lost';
    rules.push(rule('standby-cluster', 'warn', says));
  }
  if (['synchronous_mode', 'synchronous_mode_strict', 'synchronous_node_count'].some(changed)) {
    rules.push(rule('synchronous', 'warn', 'It changes what a commit waits for'));
  }
  return rules;
}
