import { describe, expect, it } from 'vitest';
import { type DrawnMember, draw } from './layout';

function member(name: string, part: Partial<DrawnMember> = {}): DrawnMember {
  return {
    name,
    isLeader: false,
    leads: false,
    missing: false,
    upstream: null,
    replicateFrom: null,
    ...part,
  };
}
const leader = (name: string) => member(name, { isLeader: true, leads: true });
const under = (name: string, upstream: string) => member(name, { upstream });
const shape = (members: readonly DrawnMember[], lastLeader: string | null = null) => ({
  members,
  lastLeader,
});

describe('the drawing of a cluster', () => {
  it('has the leader on top, standbys below it, cascades below those', () => {
    const d = draw(shape([leader('a'), under('b', 'a'), under('c', 'b')]), 1000);
    const y = (name: string) => d.places.get(name)?.y ?? -1;
    expect(y('a')).toBe(0);
    expect(y('b')).toBeGreaterThan(y('a'));
    expect(y('c')).toBeGreaterThan(y('b'));
    expect(d.feeds.map((f) => `${f.from}>${f.to}`).sort()).toEqual(['a>b', 'b>c']);
  });

  it('puts nobody on top of another, at any width', () => {
    const members = [
      leader('m1'),
      ...['m2', 'm3', 'm4', 'm5'].map((n) => under(n, 'm1')),
      under('m6', 'm2'),
      under('m7', 'm2'),
    ];
    for (const width of [300, 390, 700, 1100, 1600]) {
      const { places, card } = draw(shape(members), width);
      const all = [...places.values()];
      expect(all.length).toBe(members.length);
      for (const [n, p] of all.entries()) {
        expect(p.x + card.width).toBeLessThanOrEqual(width + 1);
        for (const q of all.slice(n + 1)) {
          const apart = Math.abs(p.x - q.x) >= card.width - 1 || Math.abs(p.y - q.y) >= card.height;
          expect(apart).toBe(true);
        }
      }
    }
  });

  it('moves only who changed roles when leader and standby change places', () => {
    const before = draw(shape([leader('a'), under('b', 'a'), under('c', 'a')]), 900);
    const after = draw(shape([under('a', 'b'), leader('b'), under('c', 'b')]), 900);
    expect(after.places.get('b')).toEqual(before.places.get('a'));
    expect(after.places.get('a')).toEqual(before.places.get('b'));
    expect(after.places.get('c')).toEqual(before.places.get('c'));
  });

  it('goes below each other when it is narrow, indented by depth', () => {
    const d = draw(shape([leader('a'), under('b', 'a'), under('c', 'b')]), 340);
    expect(d.mode).toBe('tiers');
    const wide = draw(shape([leader('a'), under('b', 'a'), under('c', 'a')]), 340);
    expect(wide.mode).toBe('tree');
    expect(wide.places.get('a')?.x).toBe(0);
    expect(wide.places.get('b')?.x).toBe(wide.places.get('c')?.x);
  });

  it('keeps a missing leader in its place until another leads', () => {
    const gone = member('a', { missing: true });
    const d = draw(shape([gone, member('b'), member('c')], 'a'), 900);
    expect(d.vacancy).toBeNull();
    expect(d.places.get('a')?.y).toBe(0);
  });

  it('leaves the place empty when nobody led', () => {
    const d = draw(shape([member('b'), member('c')]), 900);
    expect(d.vacancy?.y).toBe(0);
    expect(d.places.get('b')?.y).toBeGreaterThan(0);
  });

  it('survives members that name each other, themselves or a stranger', () => {
    const d = draw(
      shape([leader('a'), under('b', 'c'), under('c', 'b'), under('d', 'd'), under('e', 'nobody')]),
      1600,
    );
    expect(d.places.size).toBe(5);
  });

  it('draws a missing cascade below the member its tag names', () => {
    const d = draw(
      shape([leader('a'), under('b', 'a'), member('c', { missing: true, replicateFrom: 'b' })]),
      900,
    );
    expect(d.feeds.find((f) => f.to === 'c')?.from).toBe('b');
  });

  it('draws an empty cluster as a vacancy', () => {
    expect(draw(shape([]), 900).vacancy).not.toBeNull();
  });
});
