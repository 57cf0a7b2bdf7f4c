import type { RuleResult } from '../operations/types';
import { type Document, patroniInt, valueAt } from './document';
import { type Judge, rule } from './judge';
import { olderThan } from './version';

const DEFAULTS = { ttl: 30, loop_wait: 10, retry_timeout: 10 } as const;
const MINIMA = { ttl: 20, loop_wait: 1, retry_timeout: 3 } as const;
type Name = keyof typeof DEFAULTS;
const NAMES = ['ttl', 'loop_wait', 'retry_timeout'] as const;

/** The three that the leader's lease is made of. What is no number is judged elsewhere. */
export function checkTiming(judge: Judge): RuleResult[] {
  return [...NAMES.flatMap((name) => minimum(judge, name)), ...sum(judge), ...lease(judge)];
}

function minimum(judge: Judge, name: Name): RuleResult[] {
  const read = patroniInt(valueAt(judge.document, name));
  if (read === null || read >= MINIMA[name]) return [];
  if (read < 1) {
    return [rule('minimum', judge.worst(name), `${name} is ${read} s: it must be at least 1 s`)];
  }
  const old = olderThan(judge.patroniVersions, '3.2.0');
  const is = `${name} is ${read} s, below the least of ${MINIMA[name]} s`;
  const says =
    old.length === 0
      ? `${is}: Patroni takes ${MINIMA[name]} s instead`
      : `${is}: Patroni ${old.join(', ')} takes it all the same, and from 3.2.0 on takes ${MINIMA[name]} s instead`;
  return [rule('minimum', 'warn', says)];
}

const of = (document: Document | null, name: Name): number =>
  patroniInt(valueAt(document, name)) ?? DEFAULTS[name];

/** By how much two retries in a loop outlast the lease. */
const excess = (document: Document | null): number =>
  of(document, 'loop_wait') + 2 * of(document, 'retry_timeout') - of(document, 'ttl');

function sum({ document, current }: Judge): RuleResult[] {
  const now = excess(document);
  if (now <= 0) return [];
  const worse = current === null || now > Math.max(0, excess(current));
  const [ttl, wait, retry] = NAMES.map((name) => of(document, name));
  const says = `ttl ${ttl} s is less than loop_wait ${wait} s + 2 × retry_timeout ${retry} s: the leader may lose its key while all it does is try again`;
  return [rule('timing', worse ? 'refuse' : 'warn', says)];
}

function lease({ document, maxSessionTimeoutMs, worst, current }: Judge): RuleResult[] {
  const ttl = of(document, 'ttl');
  if (maxSessionTimeoutMs === null) {
    if (current !== null && of(current, 'ttl') === ttl) return [];
    return [rule('lease', 'unknown', 'How long a session ZooKeeper grants is not known')];
  }
  if (ttl * 1000 <= maxSessionTimeoutMs) return [];
  const says = `ttl is ${ttl} s, and ZooKeeper grants sessions of at most ${maxSessionTimeoutMs / 1000} s: a leader that is cut off would hold itself for one after its key has gone`;
  return [rule('lease', worst('ttl'), says)];
}
