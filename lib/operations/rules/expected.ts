import type { ClusterView } from '../../topology/view';

/**
 * Time without a leader in a switchover, milliseconds [low, high]: Patroni's fixed second before the
 * key is released, the shutdown, the race and the promotion. Measured at 1.6 to 2.6 s on idle
 * clusters; a backlog of replay adds to it.
 */
export function expectedOutage(view: ClusterView): [number, number] {
  const backlog = Math.max(0, ...view.members.map((member) => member.lag?.replayMs ?? 0));
  return [1500, 5000 + Math.min(Math.ceil(backlog / 1000) * 1000, 120_000)];
}

/** Of a restart in place: a shutdown's checkpoint and a start without recovery. */
export const expectedRestart = (): [number, number] => [500, 10_000];
