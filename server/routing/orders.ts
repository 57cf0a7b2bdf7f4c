import { LEASE_MS, type Lease, type LeasedOrder } from '@/lib/routing/lease';
import { drainOf, type RoutingPolicy } from '@/lib/routing/policy';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Weighed } from './scales';

type Orders = Lease['orders'];

/**
 * What agents are to say of the clusters that are weighed. Of an ensemble that is away while others
 * are there, what was weighed last goes on for as long as a lease.
 */
export function ordersOf(weighed: ReadonlyMap<ClusterId, Weighed>, now: number): Orders {
  const standing = [...weighed].filter(([, { at }]) => now - at < LEASE_MS);
  return Object.fromEntries(standing.map(([id, one]) => [id, ordersIn(one, now)]));
}

function ordersIn({ policy, weighing }: Weighed, now: number): Orders[string] {
  // Who is drained and not there just now is drained when it comes.
  const drained = Object.keys(policy.drains)
    .filter((member) => drainOf(policy, member, now) !== null)
    .map((member) => [member, drainOrder(policy, member, now)] as const);
  const orders = weighing.verdicts.map(({ member, order }): [string, LeasedOrder] => [
    member,
    order.is === 'drain' ? drainOrder(policy, member, now) : order,
  ]);
  return Object.fromEntries([...drained, ...orders]);
}

function drainOrder(policy: RoutingPolicy, member: string, now: number): LeasedOrder {
  const until = drainOf(policy, member, now)?.until ?? null;
  return { is: 'drain', forMs: until === null ? null : Math.max(0, until - now) };
}

/** What of it is done otherwise is told at once: by these words, without figures that always change. */
export const gist = (weighed: ReadonlyMap<ClusterId, Weighed>): string =>
  JSON.stringify(
    [...weighed].map(([id, { weighing }]) => [
      id,
      weighing.verdicts.map(({ member, order, percent }) => [member, order.is, percent]),
    ]),
  );
