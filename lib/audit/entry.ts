import type { Role } from '../access/roles';
import type { ClusterId } from '../topology/cluster-id';

/** What JSON can say. What is undefined is left out when it is written. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** Each kind of act, and what a person calls it. A new one needs a line here and nothing else. */
export const auditActions = {
  'sign-in': 'Sign-in',
  'sign-out': 'Sign-out',
  'password-changed': 'Password changed',
  'account-added': 'Account added',
  'account-changed': 'Account changed',
  'account-removed': 'Account removed',
  'grant-changed': 'Roles changed',
  'session-revoked': 'Session ended by another',
  'token-made': 'Token made',
  'token-revoked': 'Token revoked',
  switchover: 'Switchover',
  'cancel-switchover': 'Switchover cancelled',
  failover: 'Failover forced',
  restart: 'Restart',
  'cancel-restart': 'Restart cancelled',
  reload: 'Reload',
  reinitialise: 'Reinitialised',
  pause: 'Paused',
  resume: 'Resumed',
  configuration: 'Configuration changed',
  removal: 'Cluster removed',
  'routing-policy': 'Routing policy changed',
  'routing-removed': 'Routing policy removed',
  drain: 'Member drained',
  'drain-ended': 'Drain ended',
  'configuration-restore': 'Configuration restored',
  'emergency-used': 'Emergency token used',
  limited: 'Too many attempts',
  'refused-request': 'Request refused',
  'znodes-import': 'Znodes imported',
  'store-restored': 'Store restored from a backup',
  'store-pruned': 'History pruned',
  exported: 'Audit exported',
  retention: 'Old rows removed',
  'anchor-begun': 'Anchored in ZooKeeper',
  'chain-broken': 'Audit found broken',
  'break-acknowledged': 'Break of the audit acknowledged',
} as const;
export type AuditAction = keyof typeof auditActions;

/** Who did it. `command`: on the command line; `howdah`: by itself; `nobody`: who is not known. */
export interface Actor {
  readonly kind: 'user' | 'token' | 'emergency' | 'command' | 'howdah' | 'nobody';
  /** The account's id, the token's; null where there is none. */
  readonly id: string | null;
  /** "ann@example.org", "ci (token of ann@example.org)", "emergency token". */
  readonly name: string;
}

export const byHowdah: Actor = { kind: 'howdah', id: null, name: 'Howdah' };

/** What is about to be done: written before it is. */
export interface AuditIntent {
  /** Of the act: a UUID. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: Actor;
  /** The role by which they do it; null: it takes none, or they have none. */
  readonly role: Role | null;
  /** The address it came from. */
  readonly from: string | null;
  readonly action: AuditAction;
  /** Null: it is about none. */
  readonly cluster: ClusterId | null;
  /** The state that it was decided on. */
  readonly decidedOn: Json;
  /** What the person gave as the reason. */
  readonly reason: string | null;
  /** What of it is not said above. */
  readonly detail: Json;
}

export const auditResults = ['done', 'refused', 'failed', 'unknown'] as const;
export type AuditResult = (typeof auditResults)[number];

/** What became of it. */
export interface AuditOutcome {
  /** Of the act. */
  readonly id: string;
  readonly at: number;
  readonly result: AuditResult;
  /** One sentence. */
  readonly says: string;
  /** What it cost, as far as it was measured: see `Cost`. */
  readonly cost: Cost | null;
  /** It was unknown at first, or left behind by a Howdah that stopped: it stands beside the first. */
  readonly resolves?: boolean;
}

/** Milliseconds and bytes; what is absent or null was not measured. */
export interface Cost {
  readonly [figure: string]: Json | undefined;
  readonly tookMs?: number | null;
  readonly outageMs?: number | null;
  readonly leaderlessMs?: number | null;
  readonly lostBytes?: number | null;
  /** Of the write to ZooKeeper that it came to: by it the change is known to be Howdah's. */
  readonly zxid?: string | null;
}

/** An act that has been begun: what carries it out tells its end by this. */
export interface BegunAct {
  readonly id: string;
  /** Who began it, as a person reads it. */
  readonly by: string;
}

/** A row of the chain. An act has one `intent` and at most one of each of the others. */
export type AuditEntry =
  | ({ readonly kind: 'intent' } & AuditIntent)
  | ({ readonly kind: 'outcome' | 'resolution' } & Omit<AuditOutcome, 'resolves'>);

export const intentEntry = (intent: AuditIntent): AuditEntry => ({ kind: 'intent', ...intent });

export function outcomeEntry({ resolves, ...outcome }: AuditOutcome): AuditEntry {
  return { kind: resolves ? 'resolution' : 'outcome', ...outcome };
}

/**
 * Whether that can be a row: it names an act, what of it it is, and when. What waits on disk may have
 * been altered there, and what makes no sense is refused by the store each time.
 */
export function isEntryText(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  try {
    const { id, kind, at } = Object(JSON.parse(text));
    return typeof id === 'string' && Object.hasOwn(kinds, String(kind)) && isMoment(at);
  } catch {
    return false;
  }
}

const kinds = { intent: 1, outcome: 1, resolution: 1 } satisfies Record<AuditEntry['kind'], 1>;
/** Up to the end of the year 9999. */
const isMoment = (at: unknown): boolean =>
  typeof at === 'number' && at >= 0 && at <= 253_402_300_799_999;

/**
 * The text that is kept and hashed, as it is. PostgreSQL's JSON has neither NUL nor half of a
 * surrogate pair, which a browser can send.
 */
export const textOf = (entry: AuditEntry): string =>
  JSON.stringify(entry).replace(/\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g, (found) =>
    found === '\\\\' ? found : '\u{fffd}',
  );
