import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summary } from '@/components/stream/example-frames';
import type { ClusterSummary } from '@/lib/topology/view';
import { FleetOrder } from './order';
import { type FleetQuery, parseFleetQuery, sortKeys } from './query';
import { select } from './rows';

const by = (text: string): FleetQuery => parseFleetQuery(new URLSearchParams(text));
const fleetOf = (...rows: ClusterSummary[]) => new Map(rows.map((row) => [row.id, row]));
const lag = (bytes: number) => ({ lag: { bytes, ms: 0, member: 'x' } });

const row = fc
  .record({
    name: fc.constantFrom('a1', 'a2', 'a10', 'b', 'c', 'd'),
    health: fc.constantFrom('good' as const, 'critical' as const),
    bytes: fc.nat(3),
    leader: fc.constantFrom('x', 'y', null),
  })
  .map(({ name, bytes, ...part }) => summary(name, { ...part, ...lag(bytes) }));

describe('the order of the fleet', () => {
  it('is that of a sort from scratch, whatever has changed since', () => {
    const query = fc
      .record({
        sort: fc.constantFrom(...sortKeys),
        dir: fc.constantFrom('asc', 'desc'),
        q: fc.constantFrom('', 'a', 'x'),
        state: fc.constantFrom('', 'good'),
      })
      .map((params) => by(new URLSearchParams(params).toString()));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(row), query), { maxLength: 8 }), (steps) => {
        const order = new FleetOrder();
        for (const [rows, asked] of steps) {
          const fleet = fleetOf(...rows);
          expect(order.of(fleet, asked)).toEqual(select(fleet.values(), asked).map((r) => r.id));
        }
      }),
    );
  });

  it('is the same array while no row moves, so that nobody renders for it', () => {
    const order = new FleetOrder();
    const query = by('');
    const before = order.of(fleetOf(summary('a'), summary('b')), query);
    expect(order.of(fleetOf(summary('a'), summary('b', { leader: 'b-2' })), query)).toBe(before);
    const moved = order.of(fleetOf(summary('a'), summary('b', { health: 'critical' })), query);
    expect(moved).toEqual(['b', 'a']);
  });
});
