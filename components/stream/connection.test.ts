import { describe, expect, it } from 'vitest';
import { type Frame, WIRE_VERSION } from '@/lib/stream/frames';
import {
  type ConnectionView,
  GRACE_MS,
  SILENCE_MS,
  type Source,
  StreamConnection,
} from './connection';
import { FakeTiming } from './fake-timing';

const hello = { type: 'hello', wire: WIRE_VERSION, build: 'b1', epoch: 'e1', now: 5_000 } as const;

const message = (data: string, lastEventId: string) =>
  new MessageEvent('message', { data, lastEventId });

function rig(random = 0.5) {
  const time = new FakeTiming(1_000);
  const opened: { url: string; source: Source; closed: boolean }[] = [];
  const frames: Frame[] = [];
  const views: ConnectionView[] = [];
  const connection = new StreamConnection(
    {
      open: (url) => {
        const entry = {
          url,
          closed: false,
          source: {
            onmessage: null,
            onerror: null,
            close: () => {
              entry.closed = true;
            },
          } as Source,
        };
        opened.push(entry);
        return entry.source;
      },
      now: time.now,
      after: time.after,
      build: null,
      random: () => random,
    },
    (frame) => frames.push(frame),
    (view) => views.push(view),
  );
  return {
    connection,
    opened,
    frames,
    phase: () => views.at(-1)?.phase,
    view: () => views.at(-1),
    last: () => opened.at(-1)?.source,
    say: (frame: unknown, id = '') =>
      opened.at(-1)?.source.onmessage?.(message(JSON.stringify(frame), id)),
    pass: time.pass,
  };
}

describe('the connection to the stream', () => {
  it('opens for the topics followed and learns the clock offset from hello', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    expect(r.opened[0]?.url).toBe('/api/stream?topics=fleet');
    r.say(hello, '7');
    expect(r.view()).toMatchObject({ phase: 'live', offset: 4_000, lastFrameAt: 1_000 });
  });

  it('resumes after the last id when the topics change, without ceasing to be live', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    r.say(hello, '7');
    r.connection.follow(['cluster:main~x', 'fleet']);
    expect(r.opened[0]?.closed).toBe(true);
    expect(r.opened[1]?.url).toBe('/api/stream?topics=cluster%3Amain%7Ex%2Cfleet&since=7');
    expect(r.phase()).toBe('live');
  });

  it('takes silence for a loss, says so after a grace, and resumes', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    r.say(hello, '9');
    r.pass(SILENCE_MS);
    expect(r.phase()).toBe('mending');
    r.pass(GRACE_MS);
    expect(r.phase()).toBe('lost');
    expect(r.opened.at(-1)?.url).toContain('since=9');
    r.say({ type: 'beat', now: 20_000 });
    expect(r.phase()).toBe('live');
  });

  it('says nothing of a break that is mended at once', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    r.say(hello);
    r.last()?.onerror?.(null);
    expect(r.phase()).toBe('mending');
    r.pass(600);
    r.say(hello);
    r.pass(GRACE_MS * 2);
    expect(r.phase()).toBe('live');
  });

  it.each([
    [0, 100],
    [1, 1000],
  ])(
    'comes back within a second of a restart, no two together: with %d after %d ms',
    (random, ms) => {
      const r = rig(random);
      r.connection.follow(['fleet']);
      r.say(hello);
      r.last()?.onerror?.(null);
      r.pass(ms - 1);
      expect(r.opened.length).toBe(1);
      r.pass(1);
      expect(r.opened.length).toBe(2);
    },
  );

  it('backs off up to ten seconds', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    for (let n = 0; n < 12; n += 1) {
      r.last()?.onerror?.(null);
      r.pass(10_000);
    }
    const before = r.opened.length;
    r.last()?.onerror?.(null);
    r.pass(7_000);
    expect(r.opened.length).toBe(before);
    r.pass(3_000);
    expect(r.opened.length).toBe(before + 1);
  });

  it('does not go on with another wire version', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    r.say({ ...hello, wire: 99 });
    expect(r.view()?.outdated).toBe('wire');
    expect(r.frames).toEqual([]);
    r.pass(60_000);
    expect(r.opened.length).toBe(1);
  });

  it('notices that a newer build answers', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    r.say(hello);
    r.say({ ...hello, build: 'b2' });
    expect(r.view()?.outdated).toBe('build');
  });

  it('drops its cursor after a frame that can not be read', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    r.say(hello, '3');
    r.last()?.onmessage?.(message('{"type":', '4'));
    r.pass(1_000);
    expect(r.opened.at(-1)?.url).toBe('/api/stream?topics=fleet');
  });

  it('rests while the page is hidden and resumes from where it was', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    r.say(hello, '3');
    r.connection.pause();
    r.pass(120_000);
    expect(r.opened.length).toBe(1);
    expect(r.phase()).toBe('paused');
    r.connection.resume();
    expect(r.opened.at(-1)?.url).toContain('since=3');
    r.say(hello);
    expect(r.phase()).toBe('live');
  });

  it('ignores what an abandoned source still says', () => {
    const r = rig();
    r.connection.follow(['fleet']);
    const old = r.last();
    r.connection.follow(['cluster:a']);
    old?.onmessage?.(message(JSON.stringify(hello), '1'));
    expect(r.frames).toEqual([]);
  });
});
