import type { ClusterId } from '../topology/cluster-id';
import type { ClusterEvent, EventCode } from '../topology/event';
import type { AuditAction, AuditIntent, AuditOutcome, AuditResult } from './entry';

/** Which items are asked for, newest first. What is not said does not narrow. */
export interface AuditQuery {
  /** Only older ones than this: the `cursor` of the page before. */
  readonly before?: string | undefined;
  /** Milliseconds since the epoch, the first included and the last not. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  readonly cluster?: ClusterId | undefined;
  readonly actions?: readonly AuditAction[] | undefined;
  /** The id of an account or token, or a part of a name. */
  readonly actor?: string | undefined;
  /** `open`: no outcome is known. */
  readonly results?: readonly (AuditResult | 'open')[] | undefined;
  /** A part of what was done, said or given as the reason, in any case. */
  readonly search?: string | undefined;
  readonly by?: 'everyone' | 'howdah' | 'others' | undefined;
  /** 1 to 500. */
  readonly limit: number;
}

/** Something done through Howdah. Without an outcome Howdah stopped, or it is still under way. */
export interface AuditAct {
  readonly is: 'act';
  /** The number of its row in the chain. */
  readonly seq: number;
  readonly at: number;
  readonly intent: AuditIntent;
  readonly outcome: Omit<AuditOutcome, 'resolves'> | null;
}

/** A change seen in ZooKeeper that Howdah did not make; or came about while no Howdah watched. */
export interface AuditSeen {
  readonly is: 'seen';
  /** Of the event in the history. */
  readonly seq: number;
  readonly at: number;
  readonly by: 'others' | 'not known';
  readonly event: ClusterEvent;
}

export type AuditItem = AuditAct | AuditSeen;

export interface AuditPage {
  readonly items: readonly AuditItem[];
  /** What to ask for the next page with; null: there is none. */
  readonly cursor: string | null;
}

/** What somebody changes in ZooKeeper shows as these. */
export const changeCodes = [
  'leader-changed',
  'config-changed',
  'mode-changed',
  'request-set',
  'request-cleared',
] as const satisfies readonly EventCode[];

/** Where a page ended: moment, kind and number, as items are ordered. */
export interface Cursor {
  readonly at: number;
  readonly is: AuditItem['is'];
  readonly seq: number;
}

const ranks = { act: 1, seen: 0 } as const;

const encode = ({ at, is, seq }: Cursor): string => `${at}.${is}.${seq}`;

/** Null: that is no cursor of ours. */
export function cursorOf(text: string): Cursor | null {
  const [, at, is, seq] = /^(\d{1,16})\.(act|seen)\.(\d{1,16})$/.exec(text) ?? [];
  if (at === undefined || seq === undefined) return null;
  return { at: Number(at), is: is === 'act' ? 'act' : 'seen', seq: Number(seq) };
}

/** Newest first; at one moment acts before what was seen. */
export const inOrder = (a: Cursor, b: Cursor): number =>
  b.at - a.at || ranks[b.is] - ranks[a.is] || b.seq - a.seq;

/** Of those of one kind at the cursor's moment, which numbers are still to come: all below this. */
export function numbersLeft(cursor: Cursor, is: AuditItem['is']): number {
  if (cursor.is === is) return cursor.seq;
  return ranks[is] < ranks[cursor.is] ? Number.MAX_SAFE_INTEGER : 0;
}

/** One page of both kinds. Each list has the newest first, and one more than the page where it has. */
export function pageOf(
  acts: readonly AuditAct[],
  seen: readonly AuditSeen[],
  limit: number,
): AuditPage {
  const all: AuditItem[] = [...acts, ...seen].sort(inOrder);
  const items = all.slice(0, limit);
  const last = items.at(-1);
  return { items, cursor: last && all.length > limit ? encode(last) : null };
}

/** Said of an act that has no outcome. */
export const NO_OUTCOME = 'No outcome is known: Howdah stopped, or it is still under way.';
