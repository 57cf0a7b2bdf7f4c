import type { RuleResult } from '../operations/types';
import { checkParameters } from './check-parameters';
import { checkSettings } from './check-settings';
import { checkTiming } from './check-timing';
import { type Document, objectOf } from './document';
import { scanJson } from './json';
import { type CheckInput, judgeOf, rule } from './judge';
import { masksIn } from './masked';

export interface Checked {
  /** Null: it is none. */
  readonly document: Document | null;
  /** Empty: nothing to be said against it. */
  readonly rules: readonly RuleResult[];
}

/**
 * Judges a configuration that is to be written. What the edit leaves as it was is never a reason to
 * refuse it: it is in force already, and only warned of.
 */
export function checkConfiguration(text: string, input: CheckInput): Checked {
  const read = readObject(text);
  if ('says' in read) return { document: null, rules: [rule('document', 'refuse', read.says)] };
  const { document } = read;
  const judge = judgeOf(document, input);
  const rules: RuleResult[] = [];
  for (const path of scanJson(text).duplicates) {
    rules.push(rule('duplicate', 'refuse', `${path} is there twice: only one of them counts`));
  }
  for (const path of masksIn(text)) {
    if (!judge.changed(path)) continue;
    const says = `${path} has a “…” that stands for no secret: put in what belongs there`;
    rules.push(rule('masked', 'refuse', says));
  }
  rules.push(...checkSettings(judge), ...checkTiming(judge), ...checkParameters(judge));
  return { document, rules };
}

function readObject(text: string): { readonly document: Document } | { readonly says: string } {
  try {
    const document = objectOf(JSON.parse(text));
    return document ? { document } : { says: 'A configuration is an object of names and values' };
  } catch (error) {
    return { says: `It can't be read as JSON: ${error instanceof Error ? error.message : error}` };
  }
}
