import { describe, expect, it } from 'vitest';
import { HeldLink } from './held-link';

function rig() {
  const said: string[] = [];
  const link = new HeldLink({
    follow: (topics) => said.push(`follow ${topics.join()}`),
    pause: () => said.push('pause'),
    resume: () => said.push('resume'),
    retry: () => said.push('retry'),
  });
  return { said, link };
}

describe('a link that is held', () => {
  it('rests, and asks for nothing when the page is looked at again or the network is back', () => {
    const { said, link } = rig();
    link.hold(true);
    link.pause();
    link.resume();
    link.retry();
    link.hold(true);
    expect(said).toEqual(['pause', 'pause']);
  });

  it('goes on when it is let go', () => {
    const { said, link } = rig();
    link.hold(true);
    link.follow(['fleet']);
    link.hold(false);
    link.retry();
    expect(said).toEqual(['pause', 'follow fleet', 'resume', 'retry']);
  });

  it('does not, while the page is hidden: then once it is looked at', () => {
    const { said, link } = rig();
    link.hold(true);
    link.pause();
    link.hold(false);
    expect(said).toEqual(['pause', 'pause']);
    link.resume();
    expect(said.at(-1)).toBe('resume');
  });
});
