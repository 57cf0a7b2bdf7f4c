import { describe, expect, it } from 'vitest';
import type { EnsembleView, ServerView } from '@/lib/stream/frames';
import { judge } from './ensemble';

const idle: EnsembleView['aggregator'] = {
  events: 0,
  reads: 0,
  batches: 0,
  dirty: 0,
  eventsPerSecond: 0,
  coalescing: null,
  oldest: null,
  lanes: [],
};

function ensemble(
  state: EnsembleView['state'],
  modes: readonly ServerView['mode'][],
): EnsembleView {
  return {
    name: 'main',
    state,
    since: 0,
    says: null,
    servers: modes.map((mode, n) => ({ address: `zk${n}:2181`, mode })),
    namespaces: [],
    sessionTimeoutMs: null,
    maxSessionTimeoutMs: null,
    synced: true,
    aggregator: idle,
  };
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
