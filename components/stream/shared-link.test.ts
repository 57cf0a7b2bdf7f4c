import { describe, expect, it } from 'vitest';
import type { Frame } from '@/lib/stream/frames';
import { type ConnectionView, firstConnection } from './connection';
import { fleet, summary } from './example-frames';
import { FakeTiming } from './fake-timing';
import { FallbackLink } from './fallback-link';
import { FIRST_WORD_MS, SharedLink, UNANSWERED, type WorkerPort } from './shared-link';
import { ALIVE_MS, type FromTab } from './tab-messages';

function rig() {
  const time = new FakeTiming();
  const said: FromTab[] = [];
  const frames: Frame[] = [];
  const views: ConnectionView[] = [];
  const own: string[] = [];
  const port: WorkerPort = { post: (message) => said.push(message), onmessage: null, close() {} };
  let failing = (): void => {};
  const link = new FallbackLink(
    (onDead) => {
      const shared = new SharedLink(time, port, {
        onFrames: (more) => frames.push(...more),
        onView: (view) => views.push(view),
        onDead,
      });
      failing = () => shared.fail();
      return shared;
    },
    () => ({
      follow: (topics) => own.push(`follow ${topics.join()}`),
      pause: () => own.push('pause'),
      resume: () => own.push('resume'),
      retry: () => own.push('retry'),
    }),
  );
  const answer = (part: { frames?: Frame[]; dropped?: boolean } = {}) =>
    port.onmessage?.({
      view: { ...firstConnection, phase: 'live', lastFrameAt: time.now() },
      frames: (part.frames ?? []).map((frame) => JSON.stringify(frame)),
      dropped: part.dropped ?? false,
    });
  return {
    link,
    said,
    frames,
    own,
    answer,
    pass: time.pass,
    fail: () => failing(),
    phase: () => views.at(-1)?.phase,
  };
}

describe('a tab on the shared stream', () => {
  it('says what it follows and takes frames and phase as they come', () => {
    const r = rig();
    r.link.follow(['fleet']);
    expect(r.said).toEqual([{ is: 'follow', topics: ['fleet'] }]);
    r.answer({ frames: [fleet([summary('a')], true)] });
    expect(r.frames).toEqual([fleet([summary('a')], true)]);
    expect(r.phase()).toBe('live');
  });

  it('says that it lives while it is looked at, and nothing while it rests', () => {
    const r = rig();
    r.link.follow(['fleet']);
    r.answer();
    r.pass(ALIVE_MS);
    expect(r.said.at(-1)).toEqual({ is: 'alive' });
    r.link.pause();
    expect(r.said.at(-1)).toEqual({ is: 'leave' });
    expect(r.phase()).toBe('paused');
    const before = r.said.length;
    r.pass(ALIVE_MS * 20);
    expect(r.said.length).toBe(before);
    r.link.resume();
    expect(r.said.at(-1)).toEqual({ is: 'follow', topics: ['fleet'] });
    expect(r.phase()).toBe('mending');
    r.answer();
    expect(r.phase()).toBe('live');
  });

  it('follows again when it was taken for dead', () => {
    const r = rig();
    r.link.follow(['fleet']);
    r.answer();
    r.answer({ dropped: true });
    expect(r.said.at(-1)).toEqual({ is: 'follow', topics: ['fleet'] });
  });

  it('has a stream of its own when the worker can not be loaded', () => {
    const r = rig();
    r.link.follow(['fleet']);
    r.fail();
    expect(r.own).toEqual(['follow fleet']);
    r.answer();
    expect(r.frames).toEqual([]);
    r.link.retry();
    expect(r.own).toEqual(['follow fleet', 'retry']);
  });

  it('has one of its own when the worker never says a word', () => {
    const r = rig();
    r.link.follow(['fleet']);
    r.pass(FIRST_WORD_MS - 1);
    expect(r.own).toEqual([]);
    r.pass(1);
    expect(r.own).toEqual(['follow fleet']);
  });

  it('has one of its own when the worker falls silent', () => {
    const r = rig();
    r.link.follow(['fleet']);
    r.answer();
    r.pass(ALIVE_MS * UNANSWERED);
    expect(r.own).toEqual([]);
    r.pass(ALIVE_MS);
    expect(r.own).toEqual(['follow fleet']);
  });

  it('does not take a computer that slept for a worker that died', () => {
    const r = rig();
    r.link.follow(['fleet']);
    r.answer();
    // However long it slept, one timer has run out when it wakes.
    for (let n = 0; n < 10; n += 1) {
      r.pass(ALIVE_MS);
      r.answer();
    }
    expect(r.own).toEqual([]);
  });
});
