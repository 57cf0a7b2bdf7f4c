import { describe, expect, it } from 'vitest';
import type { Frame, Topic } from '@/lib/stream/frames';
import { MOST_CLUSTERS } from '@/lib/stream/frames';
import { emptyStream, reduce } from '@/lib/stream/reducer';
import { GRACE_MS, type Phase, type Source } from './connection';
import { fleet, hello, summary } from './example-frames';
import { FakeTiming } from './fake-timing';
import { DEAD_MS, SharedStream } from './shared-stream';
import { ALIVE_MS, type ToTab } from './tab-messages';

function rig() {
  const time = new FakeTiming(1_000);
  const opened: { topics: string; since: string | null; source: Source; closed: boolean }[] = [];
  const stream = new SharedStream({
    build: 'b1',
    now: time.now,
    after: time.after,
    random: () => 0.5,
    open: (url) => {
      const query = new URL(url, 'http://howdah').searchParams;
      const close = () => {
        entry.closed = true;
      };
      const entry = {
        topics: query.get('topics') ?? '',
        since: query.get('since'),
        source: { onmessage: null, onerror: null, close } as Source,
        closed: false,
      };
      opened.push(entry);
      return entry.source;
    },
  });
  const say = (frame: Frame, lastEventId = '') => {
    const { source, closed } = opened.at(-1) ?? {};
    if (closed) throw new Error('nobody listens');
    source?.onmessage?.(new MessageEvent('message', { data: JSON.stringify(frame), lastEventId }));
  };
  const tab = (...topics: Topic[]) => {
    const seen = {
      state: emptyStream,
      phase: 'connecting' as Phase,
      outdated: null as string | null,
      frames: 0,
      dropped: false,
    };
    const port = {
      post: ({ view, frames, dropped }: ToTab) => {
        seen.phase = view.phase;
        seen.outdated = view.outdated;
        seen.dropped = dropped;
        seen.frames += frames.length;
        for (const text of frames) seen.state = reduce(seen.state, JSON.parse(text) as Frame);
      },
    };
    const tell = {
      seen,
      follow: (...now: Topic[]) => stream.hear(port, { is: 'follow', topics: now }),
      leave: () => stream.hear(port, { is: 'leave' }),
      alive: () => stream.hear(port, { is: 'alive' }),
      retry: () => stream.hear(port, { is: 'retry' }),
    };
    tell.follow(...topics);
    return tell;
  };
  const last = () => opened.at(-1);
  const open = () => opened.filter(({ closed }) => !closed).length;
  return { opened, last, open, say, tab, pass: time.pass };
}

const both = [summary('a'), summary('b')];

describe('the connection that all tabs share', () => {
  it('is one, for whatever any of them shows', () => {
    const r = rig();
    r.tab('fleet');
    r.tab('fleet');
    r.tab('cluster:a');
    expect(r.open()).toBe(1);
    expect(r.last()?.topics).toBe('cluster:a,fleet');
  });

  it('tells each tab what it follows and nothing else', () => {
    const r = rig();
    const one = r.tab('fleet');
    const other = r.tab('cluster:a');
    r.say(hello());
    r.say(fleet(both, true));
    expect(one.seen.state.fleet.size).toBe(2);
    expect(other.seen.state.fleetKnown).toBe(false);
    expect([one.seen.phase, other.seen.phase]).toEqual(['live', 'live']);
  });

  it('tells a tab that comes late everything at once, without asking the server', () => {
    const r = rig();
    r.tab('fleet');
    r.say(hello());
    r.say(fleet(both, true));
    r.say(fleet([summary('b', { leader: 'b-2' })]));
    const late = r.tab('fleet');
    expect(r.opened.length).toBe(1);
    expect(late.seen.phase).toBe('live');
    expect(late.seen.state.fleet.get('b')?.leader).toBe('b-2');
    expect(late.seen.state.hello?.build).toBe('b1');
  });

  it('never shows a part of the fleet as if it were all', () => {
    const r = rig();
    const first = r.tab('fleet');
    r.say(hello(), '1');
    r.say(fleet(both, true), '2');
    first.follow('cluster:a');
    r.say(hello());
    const late = r.tab('fleet');
    expect(late.seen.state.fleetKnown).toBe(false);
    r.say(hello());
    r.say(fleet([summary('b', { leader: 'b-2' })]));
    expect([...late.seen.state.fleet.keys()]).toEqual(['a', 'b']);
    expect(late.seen.state.fleet.get('b')?.leader).toBe('b-2');
  });

  it('goes on when the tab that came first is closed', () => {
    const r = rig();
    const first = r.tab('fleet');
    const second = r.tab('fleet');
    r.say(hello());
    r.say(fleet(both, true));
    first.leave();
    r.say(fleet([summary('a', { leader: 'a-2' })]));
    expect(r.opened.length).toBe(1);
    expect(second.seen.state.fleet.get('a')?.leader).toBe('a-2');
  });

  it('closes when nobody looks, and resumes from where it was for who comes back', () => {
    const r = rig();
    const tab = r.tab('fleet');
    r.say(hello(), '1');
    r.say(fleet(both, true), '2');
    tab.leave();
    expect(r.open()).toBe(0);
    r.pass(600_000);
    expect(r.opened.length).toBe(1);
    tab.follow('fleet');
    expect(r.last()?.since).toBe('2');
    r.say(hello());
    r.say(fleet([summary('a', { health: 'critical' })]), '3');
    expect(tab.seen.phase).toBe('live');
    expect(tab.seen.state.fleet.get('a')?.health).toBe('critical');
  });

  it('gives a tab that was away what it missed while others looked', () => {
    const r = rig();
    r.tab('fleet');
    const away = r.tab('fleet');
    r.say(hello());
    r.say(fleet(both, true));
    away.leave();
    const frames = away.seen.frames;
    r.say({ type: 'fleet', full: false, changed: [], gone: ['a'] });
    expect(away.seen.frames).toBe(frames);
    away.follow('fleet');
    expect([...away.seen.state.fleet.keys()]).toEqual(['b']);
    expect(r.opened.length).toBe(1);
  });

  it('drops a tab that died without a goodbye, and takes it back if it only slept', () => {
    const r = rig();
    const quiet = r.tab('fleet');
    const lively = r.tab('cluster:a');
    r.say(hello());
    for (let ms = 0; ms <= DEAD_MS + ALIVE_MS; ms += ALIVE_MS) {
      r.pass(ALIVE_MS);
      lively.alive();
      r.say({ type: 'beat', now: ms });
    }
    expect(r.last()?.topics).toBe('cluster:a');
    expect(lively.seen.dropped).toBe(false);
    quiet.alive();
    expect(quiet.seen.dropped).toBe(true);
    quiet.follow('fleet');
    expect(r.last()?.topics).toBe('cluster:a,fleet');
  });

  it('says to every tab that it is lost, and that it is back', () => {
    const r = rig();
    const tabs = [r.tab('fleet'), r.tab('fleet')];
    r.say(hello(), '5');
    r.last()?.source.onerror?.(null);
    const phases = () => tabs.map((tab) => tab.seen.phase);
    expect(phases()).toEqual(['mending', 'mending']);
    r.pass(GRACE_MS);
    expect(phases()).toEqual(['lost', 'lost']);
    const before = r.opened.length;
    tabs[1]?.retry();
    expect(r.opened.length).toBe(before + 1);
    r.say(hello({ epoch: 'e2' }));
    expect(phases()).toEqual(['live', 'live']);
  });

  it('tells a tab that comes while it is lost when it is back', () => {
    const r = rig();
    r.tab('fleet');
    r.say(hello(), '1');
    r.say(fleet(both, true), '2');
    r.last()?.source.onerror?.(null);
    r.pass(GRACE_MS);
    const late = r.tab('fleet');
    expect([late.seen.phase, late.seen.state.fleetKnown]).toEqual(['lost', false]);
    r.pass(10_000);
    r.say(hello());
    expect([late.seen.phase, late.seen.state.fleet.size]).toEqual(['live', 2]);
  });

  it('says to every tab that another build answers', () => {
    const r = rig();
    const tab = r.tab('fleet');
    r.say(hello({ build: 'b2' }));
    expect(tab.seen.outdated).toBe('build');
  });

  it('serves the tabs looked at last where the server sets a limit, and calls the others paused', () => {
    const r = rig();
    const first = r.tab('cluster:0');
    for (let n = 1; n <= MOST_CLUSTERS; n += 1) r.tab(`cluster:${n}`);
    r.say(hello());
    expect(r.last()?.topics.split(',').length).toBe(MOST_CLUSTERS);
    expect(first.seen.phase).toBe('paused');
    first.follow('cluster:0');
    r.say(hello());
    expect(first.seen.phase).toBe('live');
  });
});
