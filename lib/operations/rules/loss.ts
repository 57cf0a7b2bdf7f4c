import { bytesBetween, parseLsn } from '../../topology/lsn';
import type { MemberView } from '../../topology/view';
import { formatBytes } from '../../units';
import type { RuleResult } from '../types';
import { type PreflightInput, rule } from './rule';

/**
 * How far the furthest position that is known of the cluster is beyond what a member has received,
 * bytes: at least so much is lost if it leads. By what each member's Patroni says now, by what stands
 * in ZooKeeper, and by what was probed last, whichever is furthest. Null: not known, as for one that
 * is on another timeline, whose bytes count from another past.
 */
export function lossOf(member: MemberView, input: PreflightInput): number | null {
  const { view } = input;
  const timeline = timelineOf(member, input);
  if (timeline === null || timeline !== (view.timeline ?? newestOf(input))) return null;
  const own = positionOf(member, input);
  const head = headOf(input);
  return own === null || head === null ? null : bytesBetween(own, head);
}

/** Without a leader, and before a first failover has left a history, only the members tell it. */
function newestOf(input: PreflightInput): number | null {
  const known = input.view.members.flatMap((member) => timelineOf(member, input) ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

/** The furthest position of any member that is or was there, on any evidence. */
function headOf(input: PreflightInput): bigint | null {
  const { view, positions } = input;
  const known = [positions.head, ...view.members.map((member) => positionOf(member, input))];
  return known.reduce<bigint | null>(
    (most, at) => (at !== null && (most === null || at > most) ? at : most),
    null,
  );
}

/** What a member has received: its Patroni's own word goes as far as it is now. */
function positionOf({ name, lsn }: MemberView, input: PreflightInput): bigint | null {
  const answer = input.reached.get(name);
  const now = answer?.is === 'ok' ? answer.position : null;
  const known = [now, input.positions.members.get(name) ?? null, parseLsn(lsn)];
  return known.reduce<bigint | null>(
    (most, at) => (at !== null && (most === null || at > most) ? at : most),
    null,
  );
}

/**
 * The newest that is told: a standby never goes back to an earlier one, but its Patroni's REST goes on
 * telling that after a quick promotion, until some member comes or goes (Patroni 3.0).
 */
function timelineOf({ name, timeline }: MemberView, { reached }: PreflightInput): number | null {
  const answer = reached.get(name);
  const told = answer?.is === 'ok' ? answer.timeline : null;
  return told !== null && timeline !== null ? Math.max(told, timeline) : (told ?? timeline);
}

/** What would be lost, as a rule; `ok` only where all that is known is there, and known by now. */
export function loss(
  { name }: MemberView,
  bytes: number | null,
  input: PreflightInput,
): RuleResult {
  if (bytes === null) {
    const says = `How much would be lost if ${name} led is not known`;
    return rule('loss', 'warn', says, { limit: '0 bytes' });
  }
  const figures = { measured: formatBytes(bytes), limit: '0 bytes' };
  if (bytes > 0) {
    const says = `${name} lacks ${figures.measured} of WAL: at least that much would be lost`;
    return rule('loss', 'warn', says, figures);
  }
  const leads = input.view.leader?.name;
  const answer = leads === undefined ? undefined : input.reached.get(leads);
  return leads !== undefined && answer?.is !== 'ok'
    ? rule(
        'loss',
        'warn',
        `${name} has all WAL that is known of; ${leads} may have written more`,
        figures,
      )
    : rule('loss', 'ok', `${name} has all WAL that is known of`, figures);
}

/** In the phrase that is typed: nobody knows of more than what was seen. */
export const lossWords = (bytes: number | null): string =>
  bytes === null ? 'an unknown amount' : `at least ${formatBytes(bytes)}`;
