import { describe, expect, it } from 'vitest';
import type { Frame } from '@/lib/stream/frames';
import { emptyStream, reduce } from '@/lib/stream/reducer';
import { ensemble, fleet, summary } from './example-frames';
import { FakeTiming } from './fake-timing';
import { CALM_MS, Gatherer } from './gatherer';

function rig() {
  const time = new FakeTiming(10_000);
  let state = emptyStream;
  const released: Frame[][] = [];
  const gatherer = new Gatherer({
    now: time.now,
    after: time.after,
    state: () => state,
    release: (frames) => {
      released.push([...frames]);
      state = frames.reduce(reduce, state);
    },
  });
  const row = (name: string) => state.fleet.get(name);
  return { gatherer, released, row, pass: time.pass, state: () => state };
}

const lag = (bytes: number) => ({ lag: { bytes, ms: 0, member: 'x' } });

function storming() {
  const r = rig();
  r.gatherer.take(fleet([summary('a'), summary('b')], true));
  r.gatherer.take(fleet([summary('a', lag(1))]));
  r.pass(0);
  r.released.length = 0;
  return r;
}

describe('what the page is shown', () => {
  it('at once: all of it when it knows nothing', () => {
    const r = rig();
    r.gatherer.take(fleet([summary('a')], true));
    expect(r.row('a')?.leader).toBe('a-1');
  });

  it('without waiting: figures that come after a quiet second', () => {
    const r = rig();
    r.gatherer.take(fleet([summary('a')], true));
    r.gatherer.take(fleet([summary('a', lag(7))]));
    r.pass(0);
    expect(r.row('a')?.lag?.bytes).toBe(7);
  });

  it('once a second and only the newest: figures in a storm', () => {
    const r = storming();
    for (let n = 2; n < 30; n += 1) {
      r.gatherer.take(fleet([summary('a', lag(n)), summary('b', lag(n))]));
      r.pass(30);
    }
    expect(r.released).toEqual([]);
    r.pass(CALM_MS);
    expect(r.released.length).toBe(1);
    expect([r.row('a')?.lag?.bytes, r.row('b')?.lag?.bytes]).toEqual([29, 29]);
  });

  it('at once and by itself: the row whose leader changed, while figures wait', () => {
    const r = storming();
    r.gatherer.take(fleet([summary('a', lag(5)), summary('b', { leader: 'b-2' })]));
    expect(r.released).toEqual([[fleet([summary('b', { leader: 'b-2' })])]]);
    expect(r.row('a')?.lag?.bytes).toBe(1);
  });

  it('twice a second: what breaks, when much breaks at once; a new leader at once all the same', () => {
    const r = storming();
    const broken = (name: string) => summary(name, { health: 'critical' });
    r.gatherer.take(fleet([broken('a')]));
    expect(r.row('a')?.health).toBe('critical');
    r.pass(100);
    r.gatherer.take(fleet([broken('b'), summary('a', { health: 'critical', leader: 'a-2' })]));
    expect(r.row('a')?.leader).toBe('a-2');
    expect(r.row('b')?.health).toBe('good');
    r.pass(CALM_MS);
    expect(r.row('b')?.health).toBe('critical');
    r.gatherer.take(fleet([summary('b')]));
    expect(r.row('b')?.health).toBe('good');
  });

  it('never an older figure after a newer leader', () => {
    const r = storming();
    r.gatherer.take(fleet([summary('a', lag(5))]));
    r.gatherer.take(fleet([summary('a', { leader: null })]));
    r.pass(CALM_MS);
    expect(r.row('a')?.leader).toBeNull();
  });

  it('never a cluster again that is gone', () => {
    const r = storming();
    r.gatherer.take(fleet([summary('a', lag(5))]));
    r.gatherer.take({ type: 'fleet', full: false, changed: [], gone: ['a'] });
    r.pass(CALM_MS);
    expect(r.row('a')).toBeUndefined();
  });

  it('at once: an ensemble that is lost; in its time: its counters', () => {
    const r = storming();
    r.gatherer.take({ type: 'ensembles', ensembles: [ensemble()] });
    const { aggregator } = ensemble();
    const busy = ensemble({ aggregator: { ...aggregator, events: 9 } });
    r.gatherer.take({ type: 'ensembles', ensembles: [busy] });
    expect(r.state().ensembles[0]?.aggregator.events).toBe(0);
    r.gatherer.take({ type: 'ensembles', ensembles: [ensemble({ state: 'disconnected' })] });
    expect(r.state().ensembles[0]?.state).toBe('disconnected');
    r.pass(CALM_MS);
    expect(r.state().ensembles[0]?.state).toBe('disconnected');
  });

  it('every sample, however they are gathered', () => {
    const r = storming();
    for (let seq = 1; seq < 5; seq += 1) {
      const samples = [{ seq, at: seq, members: {} }];
      r.gatherer.take({ type: 'samples', id: 'a', reset: seq === 1, samples });
    }
    r.pass(CALM_MS);
    expect(
      r
        .state()
        .clusters.get('a')
        ?.samples.map(({ seq }) => seq),
    ).toEqual([1, 2, 3, 4]);
  });
});
