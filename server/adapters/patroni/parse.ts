import type { z } from 'zod';
import { withoutSecrets } from '@/lib/secrets';
import type {
  ConfigFacts,
  FailoverFacts,
  HistoryEntry,
  LeaderFacts,
  MemberFacts,
  MemberTags,
  Role,
  StatusFacts,
  SyncFacts,
} from '@/lib/topology/facts';
import { parseJson, Unreadable } from './decode';
import {
  configShape,
  failoverShape,
  failsafeShape,
  historyShape,
  memberShape,
  statusShape,
  syncShape,
} from './schema';

/** Readers of a znode's text, one for each kind. Each throws `Unreadable` with the reason. */

const LEGACY_MEMBER = /^postgres(?:ql)?:\/\//;

export function readMember(name: string, text: string): MemberFacts {
  const raw = LEGACY_MEMBER.test(text) ? legacyMember(text) : shaped(memberShape, parseJson(text));
  return {
    name,
    role: roleOf(raw.role),
    state: raw.state ?? 'unknown',
    connUrl: raw.conn_url ?? null,
    apiUrl: raw.api_url ?? null,
    version: raw.version ?? null,
    timeline: raw.timeline ?? null,
    xlogLocation: raw.xlog_location ?? null,
    replicationState: raw.replication_state ?? null,
    pendingRestart: raw.pending_restart ?? false,
    pendingRestartReason: Object.keys(raw.pending_restart_reason ?? {}),
    scheduledRestart: raw.scheduled_restart?.schedule ?? null,
    paused: raw.pause ?? false,
    tags: tagsOf(raw.tags ?? {}),
  };
}

/** The URL form of very old versions: the REST address hides in `application_name`. */
function legacyMember(text: string): z.output<typeof memberShape> {
  const url = tryUrl(text);
  if (!url) throw new Unreadable('it is a connection URL that does not parse');
  const apiUrl = url.searchParams.get('application_name');
  url.search = '';
  // Encoded once more in there, what it holds was not seen before.
  return { conn_url: url.toString(), ...(apiUrl ? { api_url: withoutSecrets(apiUrl) } : {}) };
}

function tryUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['master', 'primary'],
  ['primary', 'primary'],
  ['replica', 'replica'],
  ['standby_leader', 'standby_leader'],
  ['promoted', 'promoted'],
  ['demoted', 'demoted'],
  ['uninitialized', 'uninitialized'],
]);

function roleOf(word: string | undefined): Role {
  return ROLES.get(word ?? 'uninitialized') ?? 'other';
}

function tagsOf(tags: Readonly<Record<string, unknown>>): MemberTags {
  const {
    nofailover,
    noloadbalance,
    nosync,
    nostream,
    replicatefrom,
    failover_priority,
    ...other
  } = tags;
  const priority = failover_priority === undefined ? null : Number(failover_priority);
  return {
    // The boolean wins over the priority where both are set; alone, a priority of 0 forbids.
    nofailover: nofailover === undefined ? priority !== null && priority <= 0 : truthy(nofailover),
    noloadbalance: truthy(noloadbalance),
    nosync: truthy(nosync),
    nostream: truthy(nostream),
    replicatefrom: typeof replicatefrom === 'string' ? replicatefrom : null,
    failoverPriority: priority !== null && Number.isFinite(priority) ? priority : null,
    other: Object.fromEntries(
      Object.entries(other).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  };
}

function truthy(tag: unknown): boolean {
  return tag === true || tag === 'true' || tag === 1;
}

export function readLeader(text: string): LeaderFacts {
  if (text === '') throw new Unreadable('it is empty, so it names no leader');
  return { name: text };
}

export function readConfig(text: string): ConfigFacts {
  const raw = shaped(configShape, parseJson(text));
  return {
    ttl: raw.ttl,
    loopWait: raw.loop_wait,
    retryTimeout: raw.retry_timeout,
    maximumLagOnFailover: raw.maximum_lag_on_failover,
    synchronousMode: raw.synchronous_mode,
    synchronousModeStrict: raw.synchronous_mode_strict ?? false,
    paused: raw.pause ?? false,
    standbyCluster: typeof raw.standby_cluster === 'object' && raw.standby_cluster !== null,
    failsafeMode: raw.failsafe_mode ?? false,
    checkTimeline: raw.check_timeline ?? false,
  };
}

/** Null: synchronous mode has been switched off again. */
export function readSync(text: string): SyncFacts | null {
  if (text === '') return null;
  const raw = shaped(syncShape, parseJson(text));
  if (!raw.leader && !raw.sync_standby && raw.quorum == null) return null;
  return {
    leader: raw.leader ?? null,
    standbys: (raw.sync_standby ?? '').split(',').filter((name) => name !== ''),
    quorum: raw.quorum ?? null,
  };
}

/** Null: no request pending. */
export function readFailover(text: string): FailoverFacts | null {
  if (text === '') return null;
  if (!text.trimStart().startsWith('{')) return legacyFailover(text);
  const raw = shaped(failoverShape, parseJson(text));
  if (!raw.leader && !raw.member) return null;
  return {
    leader: raw.leader ?? null,
    candidate: raw.member ?? null,
    scheduledAt: raw.scheduled_at ?? null,
  };
}

/** The form "leader:candidate"; a name has no colon. */
function legacyFailover(text: string): FailoverFacts {
  const [leader, candidate, ...more] = text.split(':');
  if (candidate === undefined || more.length > 0) {
    throw new Unreadable('it is neither an object nor "leader:candidate"');
  }
  return { leader: leader || null, candidate: candidate || null, scheduledAt: null };
}

export function readStatus(text: string): StatusFacts {
  if (/^\d+$/.test(text)) return { optime: text, slots: {} };
  const raw = shaped(statusShape, parseJson(text));
  return { optime: raw.optime ?? null, slots: raw.slots ?? {} };
}

export function readHistory(text: string): readonly HistoryEntry[] {
  return shaped(historyShape, parseJson(text)).map(([timeline, lsn, reason, at, leader]) => ({
    timeline,
    lsn,
    reason,
    at: at ?? null,
    leader: leader ?? null,
  }));
}

export function readFailsafe(text: string): Readonly<Record<string, string>> {
  return text === '' ? {} : shaped(failsafeShape, parseJson(text));
}

/** Checks a shape; the reason names the first field that is wrong. */
function shaped<S extends z.ZodType>(shape: S, value: unknown): z.output<S> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.length ? `"${issue.path.join('.')}" in it` : 'it';
  throw new Unreadable(`${where} has another shape than expected (${issue?.message ?? 'unknown'})`);
}
