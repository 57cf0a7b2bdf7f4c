import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seesAll, sightOf } from '@/lib/access/sight';
import { formatCursor, newCursor, parseCursor } from '@/lib/stream/cursor';
import type { Frame } from '@/lib/stream/frames';
import { emptyStream, reduce, type StreamState } from '@/lib/stream/reducer';
import type { LagSample } from '@/lib/topology/event';
import type { StreamSource, Tail } from '../ports';
import { catchUp, toEvents } from './subscriber';

/** A source that tests change as they like; views and summaries are bare names here. */
class Source implements StreamSource {
  rev = 1;
  seq = 0;
  settled = true;
  /** Cursors below this get everything. */
  oldest = 0;
  readonly shown = new Map<string, { rev: number; text: string }>();
  readonly gone = new Map<string, number>();
  readonly log: LagSample[] = [];
  readonly most = 5;
  ensemblesRev = 1;

  put(id: string, text: string): void {
    this.gone.delete(id);
    this.shown.set(id, { rev: ++this.rev, text });
  }

  remove(id: string): void {
    if (this.shown.delete(id)) this.gone.set(id, ++this.rev);
  }

  sample(): void {
    this.log.push({ seq: ++this.seq, at: this.seq, members: {} });
  }

  summaries(since: number) {
    const full = since === 0 || since < this.oldest;
    const all = [...this.shown].filter(([, { rev }]) => full || rev > since);
    return {
      full,
      changed: all.map(([id, { text }]) => ({ id, json: JSON.stringify({ id, text }) })),
      gone: full ? [] : [...this.gone].filter(([, rev]) => rev > since).map(([id]) => id),
    };
  }

  view(id: string) {
    const found = this.shown.get(id);
    return found ? { rev: found.rev, json: JSON.stringify({ id, text: found.text }) } : null;
  }

  samples(_id: string, since: number): Tail<LagSample> {
    const kept = this.log.slice(-this.most);
    const dropped = this.log.at(-this.most - 1)?.seq ?? 0;
    const reset = since === 0 || since < dropped;
    return { reset, entries: reset ? kept : kept.filter(({ seq }) => seq > since) };
  }

  events(): Tail<never> {
    return { reset: false, entries: [] };
  }

  routing() {
    return null;
  }
  operation() {
    return null;
  }

  ensembles() {
    return { rev: this.ensemblesRev, json: '[]' };
  }

  probing() {
    return { rev: 0, json: 'null' };
  }

  history() {
    return { rev: 0, json: 'null' };
  }
}

const all = { fleet: true, clusters: ['a'], sight: seesAll, key: 'all' };
const parsed = (frames: readonly string[]) => frames.map((frame) => JSON.parse(frame) as Frame);
const fold = (state: StreamState, frames: readonly string[]) =>
  parsed(frames).reduce(reduce, state);

describe('whoever is new', () => {
  test('is told everything once, and nothing again', () => {
    const source = new Source();
    source.put('a', 'one');
    const first = catchUp(source, all, newCursor('e'));
    expect(parsed(first.frames).map(({ type }) => type)).toEqual(['ensembles', 'fleet', 'cluster']);
    expect(catchUp(source, all, first.cursor).frames).toEqual([]);
  });

  test('of an empty fleet, that it is empty; of no such cluster, that there is none', () => {
    const { frames } = catchUp(new Source(), all, newCursor('e'));
    expect(parsed(frames)).toContainEqual({ type: 'fleet', full: true, changed: [], gone: [] });
    expect(parsed(frames)).toContainEqual({ type: 'cluster', id: 'a', view: null });
  });

  test('is not told that there is nothing before that is known', () => {
    const source = new Source();
    source.settled = false;
    const early = catchUp(source, all, newCursor('e'));
    expect(parsed(early.frames).map(({ type }) => type)).toEqual(['ensembles']);
    source.settled = true;
    source.put('a', 'one');
    expect(parsed(catchUp(source, all, early.cursor).frames).map(({ type }) => type)).toEqual([
      'fleet',
      'cluster',
    ]);
  });
});

describe('whoever may see some clusters alone', () => {
  const a = 'main~.2Fservice~a';
  const b = 'main~.2Fservice~b';
  const sight = sightOf([{ role: 'viewer', scope: { of: 'cluster', cluster: a } }]);
  const some = { fleet: true, clusters: [a, b], sight, key: 'some' };

  test('is told of those alone, and of others as of what there is not', () => {
    const source = new Source();
    source.put(a, 'mine');
    source.put(b, 'not mine');
    source.sample();
    const { frames, cursor } = catchUp(source, some, newCursor('e'));
    expect(parsed(frames)).toContainEqual({ type: 'cluster', id: b, view: null });
    expect(parsed(frames).filter((frame) => frame.type === 'samples')).toMatchObject([{ id: a }]);
    expect(frames.join()).not.toContain('not mine');
    source.put(b, 'still not mine');
    source.remove(b);
    expect(catchUp(source, some, cursor).frames).toEqual([]);
  });

  test('are told of history as it is for them, and nothing of the probing of all', () => {
    const source = new Source();
    const told = (following: typeof some) =>
      parsed(catchUp(source, following, newCursor('e')).frames).map(({ type }) => type);
    Object.assign(source, {
      probing: () => ({ rev: 1, json: '{"members":7}' }),
      history: (whole: boolean) => ({ rev: 1, json: whole ? '{"newest":7}' : '{"newest":null}' }),
    });
    expect(told(some)).not.toContain('probing');
    expect(catchUp(source, some, newCursor('e')).frames.join()).toContain('{"newest":null}');
    expect(told({ ...some, sight: seesAll })).toContain('probing');
    expect(catchUp(source, all, newCursor('e')).frames.join()).toContain('{"newest":7}');
  });
});

describe('whoever is slow', () => {
  test('skips what has been replaced meanwhile', () => {
    const source = new Source();
    source.put('a', 'one');
    const { cursor } = catchUp(source, all, newCursor('e'));
    for (let i = 0; i < 100; i += 1) source.put('a', `${i}`);
    const { frames } = catchUp(source, all, cursor);
    expect(frames).toHaveLength(2);
    expect(frames.every((frame) => frame.includes('"99"'))).toBe(true);
  });

  test('is told that samples were lost, and gets those that are left', () => {
    const source = new Source();
    source.sample();
    const { cursor } = catchUp(source, all, newCursor('e'));
    for (let i = 0; i < 20; i += 1) source.sample();
    const [frame] = parsed(catchUp(source, all, cursor).frames);
    expect(frame).toMatchObject({ type: 'samples', reset: true });
    expect(frame?.type === 'samples' && frame.samples.map(({ seq }) => seq)).toEqual([
      17, 18, 19, 20, 21,
    ]);
  });

  test('beyond the tombstones that are kept gets all of it', () => {
    const source = new Source();
    source.put('a', 'one');
    source.put('b', 'two');
    const { cursor } = catchUp(source, all, newCursor('e'));
    source.remove('b');
    source.gone.clear();
    source.oldest = source.rev;
    expect(parsed(catchUp(source, all, cursor).frames)).toContainEqual({
      type: 'fleet',
      full: true,
      changed: [{ id: 'a', text: 'one' }],
      gone: [],
    });
  });
});

test('whoever comes back with the cursor of another process is told everything', () => {
  const source = new Source();
  source.put('a', 'one');
  const { cursor } = catchUp(source, all, newCursor('old'));
  const back = parseCursor(formatCursor(cursor), 'new');
  expect(back).toEqual(newCursor('new'));
  expect(catchUp(source, all, back).frames).toHaveLength(3);
});

test('the last event of a batch bears the cursor, so that half a batch is told again', () => {
  const source = new Source();
  source.put('a', 'one');
  const news = catchUp(source, all, newCursor('e'));
  const events = toEvents(news).split('\n\n').filter(Boolean);
  expect(events.map((event) => event.startsWith('id: '))).toEqual([false, false, true]);
  const id = /^id: (.*)$/m.exec(events.at(-1) ?? '')?.[1] ?? '';
  expect(parseCursor(id, 'e')).toEqual(news.cursor);
});

test('whatever changes and whenever it is told, all end up knowing the same', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('put' as const), id: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ do: fc.constant('remove' as const), id: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ do: fc.constant('sample' as const), id: fc.constant('a') }),
    fc.record({
      do: fc.constantFrom('tell' as const, 'reconnect' as const, 'restart' as const),
      id: fc.constant(''),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const source = new Source();
      let epoch = 0;
      let cursor = newCursor('0');
      let state = emptyStream;
      const tell = () => {
        const news = catchUp(source, all, cursor);
        cursor = news.cursor;
        state = fold(state, news.frames);
      };
      steps.forEach((one, i) => {
        if (one.do === 'put') source.put(one.id, `${i}`);
        if (one.do === 'remove') source.remove(one.id);
        if (one.do === 'sample') source.sample();
        if (one.do === 'restart') epoch += 1;
        if (one.do === 'reconnect' || one.do === 'restart') {
          cursor = parseCursor(formatCursor(cursor), `${epoch}`);
        }
        if (one.do === 'tell') tell();
      });
      tell();
      const { state: fresh } = {
        state: fold(emptyStream, catchUp(source, all, newCursor('x')).frames),
      };
      expect(new Map(state.fleet)).toEqual(new Map(fresh.fleet));
      expect(state.clusters.get('a')?.view).toEqual(fresh.clusters.get('a')?.view);
      const samples = state.clusters.get('a')?.samples ?? [];
      expect(samples.slice(-source.most)).toEqual(fresh.clusters.get('a')?.samples ?? []);
      expect(catchUp(source, all, cursor).frames).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
