import { z } from 'zod';
import { Failure } from '../errors';
import type { ClusterView, MemberView } from '../topology/view';
import { formatDuration } from '../units';
import { capacityOf, drainOf, policyShape, type RoutingPolicy } from './policy';

/** What was seen of a policy's znode: a change is refused where it is another now. */
export interface SeenPolicy {
  readonly version: number;
  /** Of the last write: a znode that was deleted and made anew has an old version, and a new one of these. */
  readonly mzxid: string;
}

const member = z.string().min(1).max(256);

export const changeShape = z.discriminatedUnion('kind', [
  /** Drains stay as they are. */
  z.strictObject({ kind: z.literal('policy'), policy: policyShape.omit({ drains: true }) }),
  z.strictObject({
    kind: z.literal('drain'),
    member,
    reason: z.string().max(500),
    /** When it ends by itself, milliseconds since the epoch; null: when somebody ends it. */
    until: z.number().int().positive().nullable(),
  }),
  z.strictObject({ kind: z.literal('drain-ended'), member }),
  z.strictObject({ kind: z.literal('removed') }),
]);

export type PolicyChange = z.output<typeof changeShape>;

interface Circumstances {
  readonly view: ClusterView;
  readonly by: string | null;
  readonly now: number;
  /** How often members are asked at the most, milliseconds. */
  readonly askedEveryMs: number;
}

/**
 * The policy after a change; null: there is none any more. Throws `bad-input` and `refused` with what
 * speaks against it.
 */
export function changed(
  before: RoutingPolicy | null,
  change: PolicyChange,
  at: Circumstances,
): RoutingPolicy | null {
  if (change.kind === 'removed') return null;
  if (change.kind === 'policy') {
    const policy = { ...change.policy, drains: before?.drains ?? {} };
    checkNames(Object.keys(policy.weights), Object.keys(before?.weights ?? {}), at.view);
    checkLimit(policy, at.askedEveryMs);
    checkDrains(policy, before, at);
    return policy;
  }
  if (before === null) {
    throw new Failure('refused', `${at.view.name} has no routing policy yet: save one first.`);
  }
  if (change.kind === 'drain-ended') return withoutDrain(before, change.member);
  const { member: name, reason, until } = change;
  checkNames([name], [], at.view);
  if (until !== null && until <= at.now) {
    throw new Failure(
      'bad-input',
      'The drain would have ended before it begins: give a later end.',
    );
  }
  const drain = { by: at.by, reason: reason.trim(), since: at.now, until };
  const policy = { ...before, drains: { ...before.drains, [name]: drain } };
  checkDrains(policy, before, at);
  return policy;
}

function withoutDrain(before: RoutingPolicy, name: string): RoutingPolicy {
  if (!Object.hasOwn(before.drains, name)) {
    throw new Failure('refused', `${name} is not drained.`);
  }
  const { [name]: _, ...drains } = before.drains;
  return { ...before, drains };
}

function checkNames(
  names: readonly string[],
  before: readonly string[],
  { name: cluster, members }: ClusterView,
): void {
  const strange = names.find(
    (name) => !before.includes(name) && !members.some((one) => one.name === name),
  );
  if (strange === undefined) return;
  const known = members.map(({ name }) => name).join(', ');
  throw new Failure('bad-input', `${cluster} has no member "${strange}": it has ${known}.`);
}

/** Who is asked less often than that would leave for the age of their samples alone. */
function checkLimit({ limit }: RoutingPolicy, askedEveryMs: number): void {
  const least = 2 * askedEveryMs;
  if (limit.ms === null || limit.ms >= least) return;
  const every = formatDuration(askedEveryMs);
  throw new Failure(
    'bad-input',
    `Members are asked every ${every}, so a limit in time is ${formatDuration(least)} at least.`,
  );
}

/** A drain that leaves fewer standbys than the policy wants; one that already does may stay. */
function checkDrains(
  policy: RoutingPolicy,
  before: RoutingPolicy | null,
  { view, now }: Circumstances,
): void {
  const left = (of: RoutingPolicy) =>
    view.members.filter(
      (one) =>
        isReadStandby(one) && capacityOf(of, one.name) > 0 && drainOf(of, one.name, now) === null,
    ).length;
  const [after, was] = [left(policy), before === null ? Infinity : left(before)];
  const isWorse = after < was || policy.leastStandbys > (before?.leastStandbys ?? 0);
  const drained = Object.keys(policy.drains).some((name) => drainOf(policy, name, now) !== null);
  if (after >= policy.leastStandbys || !isWorse || !drained) return;
  const standbys = after === 1 ? '1 standby' : `${after} standbys`;
  throw new Failure(
    'refused',
    `That would leave ${standbys} for reads, and the policy wants ${policy.leastStandbys} at least.`,
  );
}

const isReadStandby = ({ isLeader, presence, tags }: MemberView): boolean =>
  !isLeader && presence.is === 'present' && !tags.noloadbalance;
