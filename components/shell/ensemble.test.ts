import { describe, expect, it } from 'vitest';
import { ensemble as anEnsemble } from '@/components/stream/example-frames';
import type { EnsembleView, ServerView } from '@/lib/stream/frames';
import { judge } from './ensemble';

function ensemble(
  state: EnsembleView['state'],
  modes: readonly ServerView['mode'][],
): EnsembleView {
  return anEnsemble({
    state,
    servers: modes.map((mode, n) => ({ address: `zk${n}:2181`, mode })),
  });
}

describe('the verdict on an ensemble', () => {
  it('is good when all serve', () => {
    expect(judge(ensemble('connected', ['leader', 'follower', 'follower']))).toMatchObject({
      state: 'good',
      says: '3 of 3 servers serving, quorum held',
    });
  });
  it('asks for attention when a server is down and the quorum holds', () => {
    expect(judge(ensemble('connected', ['leader', 'follower', 'down']))).toMatchObject({
      state: 'attention',
      serving: 2,
    });
  });
  it('is critical without a leader among the servers, whatever the session says', () => {
    expect(judge(ensemble('connected', ['not-serving', 'down', 'down'])).state).toBe('critical');
  });
  it('is critical when it can not be reached', () => {
    expect(judge(ensemble('unreachable', ['down', 'down', 'down'])).says).toBe("can't be reached");
  });
  it('counts a standalone server as a quorum of its own', () => {
    expect(judge(ensemble('connected', ['standalone']))).toMatchObject({
      state: 'good',
      says: '1 of 1 server serving',
    });
  });
});
