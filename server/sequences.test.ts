import { describe, expect, test } from 'vitest';
import { defaultProblemLimits } from '@/lib/diagnosis/table';
import { clusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent } from '@/lib/topology/event';
import { aPrimarySample, aSender, aStandbySample } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { readCluster } from './adapters/patroni/facts';
import {
  type FixtureScope,
  fixture,
  ordersKey,
  treeScope,
  znode,
} from './adapters/patroni/fixture';
import { FakeClock } from './fake-clock';
import { Fleet } from './monitor/fleet';
import { Sequence } from './sequence';

/** What ZooKeeper goes through, replayed in its own time: the fleet's views and events on the way. */

interface Step {
  readonly t_ms: number;
  readonly op: string;
  readonly path?: string;
  readonly data?: string;
}
const ID = clusterId(ordersKey);

class Replay {
  readonly clock = new FakeClock();
  readonly scope: FixtureScope;
  readonly sequence = new Sequence(this.clock);
  readonly fleet: Fleet;
  readonly start: number;
  connected = true;
  troubles = 0;
  readonly recorded: ClusterEvent[] = [];

  constructor(version = '4.1') {
    this.scope = treeScope([`patroni-${version}`, 'tree.json']);
    this.fleet = new Fleet({
      clock: this.clock,
      next: () => this.sequence.next(),
      limits: defaultProblemLimits,
      ensemble: (name) => ({ name, connected: this.connected, maxSessionTimeoutMs: 40_000 }),
      operationOn: () => null,
      moving: () => null,
      isOurs: () => false,
      onChange: () => {},
      onEvent: (event) => this.recorded.push(event),
      onView: () => {},
      onGone: () => {},
      onSample: () => {},
      onTrouble: () => {
        this.troubles += 1;
      },
      onError: (error) => {
        throw error;
      },
    });
    this.#tell();
    this.start = this.clock.now();
  }

  get view(): ClusterView {
    const view = this.fleet.view(ID);
    if (!view) throw new Error('no cluster');
    return view;
  }

  events(): readonly ClusterEvent[] {
    return this.fleet.events(ID, 0).entries;
  }

  member(name: string) {
    return this.view.members.find((one) => one.name === name);
  }

  /** The last event of that kind. */
  event(code: ClusterEvent['code']): ClusterEvent | undefined {
    return this.events().findLast((one) => one.code === code);
  }

  codes(): string[] {
    return this.events().map(({ code, member }) => (member ? `${code} ${member}` : code));
  }

  put(path: string, data: string | null): void {
    this.scope.put(path, data === null ? null : znode(data));
    this.#tell();
  }

  /** The same znodes once more, as when their ensemble is read again. */
  again(): void {
    this.#tell();
  }

  async until(ms: number): Promise<void> {
    await this.clock.pass(this.start + ms - this.clock.now());
  }

  /** `look` is called after each step, with its moment. */
  async run(file: string, look: (ms: number) => void = () => {}): Promise<void> {
    for (const { t_ms, op, path, data } of fixture<Step[]>('sequences', file)) {
      await this.until(t_ms);
      if (path && op === 'delete') this.put(path, null);
      else if (path && data !== undefined) this.put(path, data);
      look(t_ms);
    }
  }

  #tell(): void {
    this.fleet.setFacts(ID, readCluster(this.scope));
  }
}

describe('a switchover as Patroni 4.1 carries it out', () => {
  test('is told step by step and ends well', async () => {
    const replay = new Replay();
    const leaders: [number, string | null][] = [];
    await replay.run('switchover_rest_4.1.json', (ms) => {
      const name = replay.view.leader?.name ?? null;
      if (leaders.at(-1)?.[1] !== name) leaders.push([ms, name]);
      // The old leader's znode goes for 20 ms: that is no departure.
      expect(replay.member('pg-a')?.presence.is).toBe('present');
    });
    expect(leaders).toEqual([
      [0, 'pg-a'],
      [2310, null],
      [2360, 'pg-b'],
    ]);
    await replay.until(40_000);
    expect(replay.view).toMatchObject({ timeline: 4, request: null, leaderlessSince: null });
    expect(replay.member('pg-b')).toMatchObject({ role: 'primary', isLeader: true });
    expect(replay.member('pg-a')).toMatchObject({ role: 'replica', state: 'running' });
    const codes = replay.codes();
    const order = [
      'request-set pg-b',
      'leader-lost pg-a',
      'leader-changed pg-b',
      'request-cleared',
      'timeline-changed',
    ];
    expect(codes.filter((code) => order.includes(code))).toEqual(order);
    expect(codes).not.toContain('member-missing pg-a');
    const { leader } = replay.view;
    expect(replay.event('leader-lost')).toMatchObject({ cause: 'request', written: null });
    expect(replay.event('leader-changed')).toMatchObject({
      cause: 'request',
      // By the ensemble's clock.
      written: { at: leader?.since, zxid: leader?.czxid },
    });
    expect(replay.view.problems.map(({ code }) => code)).not.toContain('no-leader');
  });

  test('has no leader for as long as it has none, and says since when', async () => {
    const replay = new Replay();
    await replay.run('switchover_rest_4.1.json', (ms) => {
      if (ms !== 2310) return;
      expect(replay.view.leaderlessSince).toBe(replay.start + 2310);
      expect(replay.view.health).toBe('critical');
    });
  });
});

test('a failover after the loss of a host shows the lost member as missing, where it was', async () => {
  const replay = new Replay();
  await replay.run('failover_host_loss_ttl30.json');
  await replay.until(60_000);
  expect(replay.view.leader?.name).toBe('pg-c');
  expect(replay.view.members.map(({ name }) => name)).toEqual(['pg-a', 'pg-b', 'pg-c']);
  expect(replay.member('pg-a')).toMatchObject({
    presence: { is: 'missing', since: replay.start + 30_400 },
    isLeader: false,
    lag: null,
    lsn: null,
  });
  expect(replay.codes()).toEqual(
    expect.arrayContaining(['leader-lost pg-a', 'leader-changed pg-c', 'member-missing pg-a']),
  );
  expect(replay.event('leader-lost')?.cause).toBe('automatic');
  expect(replay.event('leader-changed')?.cause).toBe('automatic');
  expect(replay.view.problems.map(({ code }) => code)).toContain('member-missing');
});

describe('a member', () => {
  test('whose znode old Patronis recreate within a second did not leave', async () => {
    const replay = new Replay('3.0');
    const { rev } = replay.fleet;
    await replay.run('member_recreate_le_3.1.json', (ms) => {
      if (ms === 0) expect(replay.fleet.rev).toBe(rev);
    });
    await replay.until(5000);
    expect(replay.member('pg-b')).toMatchObject({ presence: { is: 'present' }, role: 'promoted' });
    expect(replay.codes().filter((code) => code.startsWith('member-'))).toEqual([]);
  });

  test('that is away for longer is missing from when it went, and returns', async () => {
    const replay = new Replay();
    replay.put('members/pg-c', null);
    await replay.until(999);
    expect(replay.member('pg-c')?.presence.is).toBe('present');
    await replay.until(1001);
    expect(replay.member('pg-c')?.presence).toEqual({ is: 'missing', since: replay.start });
    replay.put('members/pg-c', '{"role":"replica","state":"running"}');
    expect(replay.member('pg-c')?.presence.is).toBe('present');
    expect(replay.codes().slice(-2)).toEqual(['member-missing pg-c', 'member-returned pg-c']);
  });

  test('that is gone for good is forgotten after a day', async () => {
    const replay = new Replay();
    replay.put('members/pg-c', null);
    await replay.until(24 * 3600_000 - 1000);
    expect(replay.member('pg-c')).toBeDefined();
    await replay.until(24 * 3600_000 + 1000);
    expect(replay.member('pg-c')).toBeUndefined();
  });
});

describe('a position that goes backwards', () => {
  const at = (replay: Replay, currentLsn: string, timeline: number) => {
    replay.fleet.setProbe(
      ID,
      'pg-a',
      aPrimarySample({ at: replay.clock.now(), currentLsn, timeline }),
    );
    return replay.clock.pass(100);
  };
  const raised = (replay: Replay) =>
    replay.view.problems.some(({ code }) => code === 'lsn-backwards');

  test('on one timeline is a problem, for ten minutes', async () => {
    const replay = new Replay();
    await at(replay, '0/5000000', 3);
    await at(replay, '0/4000000', 3);
    expect(raised(replay)).toBe(true);
    expect(replay.view.problems.find(({ code }) => code === 'lsn-backwards')?.says).toContain(
      '16 MB',
    );
    await replay.clock.pass(598_000);
    expect(raised(replay)).toBe(true);
    await replay.clock.pass(3000);
    expect(raised(replay)).toBe(false);
  });

  test('on another timeline is another history', async () => {
    const replay = new Replay();
    await at(replay, '0/5000000', 3);
    await at(replay, '0/4000000', 4);
    expect(raised(replay)).toBe(false);
  });
});

describe('the fleet', () => {
  test('gives a cluster a new revision when something has changed, and only then', async () => {
    const replay = new Replay();
    const { rev } = replay.fleet;
    replay.fleet.setFacts(ID, readCluster(replay.scope));
    replay.fleet.touch(ID);
    await replay.clock.pass(10_000);
    expect(replay.fleet.rev).toBe(rev);
    replay.put('failover', '{"member":"pg-b"}');
    expect(replay.fleet.rev).toBeGreaterThan(rev);
    expect(replay.fleet.summaries(rev).changed).toHaveLength(1);
    expect(replay.fleet.summaries(replay.fleet.rev).changed).toEqual([]);
  });

  test('puts in what is merely shown when somebody looks, and bothers nobody with it before', () => {
    const replay = new Replay();
    const other = () => replay.member('pg-b')?.tags.other;
    const { rev } = replay.fleet;
    const znode = '{"role":"replica","state":"running","tags":{"rack":"7"}}';
    replay.put('members/pg-b', znode);
    replay.put('members/pg-b', znode.replace('7', '8'));
    expect(other()).toEqual({ rack: '8' });
    const seen = replay.fleet.rev;
    replay.put('members/pg-b', znode.replace('7', '9'));
    expect(replay.fleet.rev).toBe(seen);
    expect(seen).toBeGreaterThan(rev);
    expect(other()).toEqual({ rack: '9' });
  });

  test('wants a close look at a cluster whose leader does not answer, and not at one nobody may ask', async () => {
    const replay = new Replay();
    const fails = async (code: 'unreachable' | 'no-credentials') => {
      replay.fleet.setProbe(ID, 'pg-a', { at: replay.clock.now(), code, says: code });
      await replay.clock.pass(100);
    };
    await fails('no-credentials');
    expect([...replay.fleet.troubled]).toEqual([]);
    await fails('unreachable');
    expect([...replay.fleet.troubled]).toEqual([ID]);
    expect(replay.troubles).toBe(1);
  });

  test('judges a cluster anew, as it is, once more is known of its ensemble', () => {
    const replay = new Replay();
    replay.connected = false;
    replay.again();
    const codes = () => replay.fleet.judged[0]?.problems.map(({ code }) => code);
    expect(codes()).toContain('zookeeper-lost');
    replay.connected = true;
    replay.again();
    expect(codes()).not.toContain('zookeeper-lost');
  });

  test('remembers what has gone, and tells all of it where it can’t remember', () => {
    const replay = new Replay();
    const { rev } = replay.fleet;
    replay.fleet.remove(ID);
    expect(replay.fleet.summaries(rev)).toEqual({ full: false, changed: [], gone: [ID] });
    for (let i = 0; i < 5001; i += 1) {
      const key = { ...ordersKey, scope: `s${i}` };
      replay.scope.put('leader', null);
      replay.fleet.setFacts(clusterId(key), { ...readCluster(replay.scope), key });
      replay.fleet.remove(clusterId(key));
    }
    expect(replay.fleet.summaries(rev).full).toBe(true);
    expect(replay.fleet.summaries(replay.fleet.rev).full).toBe(false);
  });

  test('keeps a sample a second of what the probe says, with the worst of it as the trend', async () => {
    const replay = new Replay();
    for (let i = 0; i < 20; i += 1) {
      const now = replay.clock.now();
      const sent = aSender('pg-b', { replayLsn: '0/4FFFC00' });
      replay.fleet.setProbe(ID, 'pg-a', aPrimarySample({ at: now, senders: [sent] }));
      replay.fleet.setProbe(ID, 'pg-b', aStandbySample({ at: now, replayLsn: '0/4FFFC00' }));
      await replay.clock.pass(500);
    }
    const { entries } = replay.fleet.samples(ID, 0);
    expect(entries.length).toBeGreaterThanOrEqual(8);
    expect(entries.length).toBeLessThanOrEqual(11);
    expect(entries.at(-1)?.members['pg-b']?.replay).toBe(1024);
    const [summary] = replay.fleet.summaries(0).changed;
    expect(JSON.parse(summary?.json ?? '{}').trend.at(-1)).toBe(1024);
  });
});
