import { grantInWords } from '@/components/account/roles-in-words';
import type { Actor, AuditAction, Cost, Json } from '@/lib/audit/entry';
import type { AuditAct, AuditItem } from '@/lib/audit/page';
import type { AuditTrouble } from '@/lib/audit/view';
import { formatBytes, formatDuration } from '@/lib/units';
import { grantsIn } from './json';
import type { Result } from './query';

/** By which an item is known, on the page and in its address. */
export const keyOf = (item: AuditItem): string => `${item.is} ${item.seq}`;

export const resultWords: Readonly<Record<Result, string>> = {
  done: 'Done',
  refused: 'Refused',
  failed: 'Failed',
  unknown: 'Unknown how it ended',
  open: 'No outcome',
};

/** What kind of somebody it was, where their name doesn't say so. */
export function kindInWords({ kind }: Actor): string | null {
  switch (kind) {
    case 'user':
    case 'token':
    case 'nobody':
      return null;
    case 'emergency':
      return 'known only by holding it';
    case 'command':
      return 'on the command line';
    case 'howdah':
      return 'by itself';
  }
}

interface Figure {
  readonly figure: string;
  readonly words: string;
}

/** What an act cost, as far as it was measured, what matters first. */
export function costInWords(cost: Cost | null): readonly Figure[] {
  const { outageMs, leaderlessMs, lostBytes, tookMs } = cost ?? {};
  const figures: Figure[] = [];
  const add = (figure: string, words: string) => figures.push({ figure, words });
  if (outageMs != null) {
    add(formatDuration(outageMs), `no writes for at most ${formatDuration(outageMs)}`);
  }
  if (leaderlessMs != null) {
    add(formatDuration(leaderlessMs), `no leader for ${formatDuration(leaderlessMs)}`);
  }
  if (lostBytes != null) add(formatBytes(lostBytes), `${formatBytes(lostBytes)} lost`);
  if (tookMs != null) add(formatDuration(tookMs), `took ${formatDuration(tookMs)}`);
  return figures;
}

/** What is done again and again without anybody being the worse for it is told more quietly. */
const quiet: ReadonlySet<AuditAction> = new Set(['sign-in', 'sign-out', 'exported', 'retention']);
export const isQuiet = (action: AuditAction): boolean => quiet.has(action);

/** What became of an act, in a sentence; null: its name and "done" say it all. */
export function saysOf({ intent, outcome }: AuditAct): string | null {
  if (outcome === null) return 'Howdah stopped, or it is still under way.';
  const plain = outcome.says === 'Done.' || isQuiet(intent.action);
  return outcome.result === 'done' && plain ? null : outcome.says;
}

const names: Readonly<Record<string, string>> = {
  leader: 'Leader',
  leaderCzxid: 'Its leadership (czxid)',
  configVersion: 'Version of the configuration',
  seenVersion: 'Version of the configuration',
  candidate: 'New leader',
  version: 'Version restored (its number in the history)',
  account: 'Account',
  email: 'E-mail address',
  name: 'Name',
  grants: 'Roles',
  before: 'Roles before',
  after: 'Roles after',
  disabled: 'Disabled',
  session: 'Session',
  token: 'Token',
  days: 'Days it is good for',
  asked: 'Asked for',
  how: 'By',
  format: 'Format',
  filter: 'Filter',
  zxid: 'Write to ZooKeeper (zxid)',
};

/** What JSON says, as lines of a name and words; what is nested stays JSON. */
export function linesOf(json: Json): readonly (readonly [name: string, words: string])[] {
  if (json === null) return [];
  if (typeof json !== 'object' || Array.isArray(json)) return [['', wordsOf(json)]];
  return Object.entries(json as { readonly [name: string]: Json | undefined })
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .map(([name, value]) => [
      Object.hasOwn(names, name) ? (names[name] ?? name) : name,
      wordsOf(value),
    ]);
}

function wordsOf(value: Json): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const grants = grantsIn(value);
  if (grants) return grants.length === 0 ? 'none' : grants.map(grantInWords).join(', ');
  return JSON.stringify(value);
}

/** Somebody has been at the audit, or nothing can be recorded: not to be overlooked. */
export const isLoud = ({ severity }: AuditTrouble): boolean => severity === 'alarm';
