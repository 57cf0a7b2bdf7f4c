import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Sandbox, type Synthetic, startSandbox, startSynthetic, waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { Aggregator, defaultAggregatorLimits } from '@/server/monitor/aggregator';
import type { ScopeSnapshot } from '@/server/ports';
import { Ensemble } from './ensemble';
import { measureMaxTimeout } from './max-timeout';
import { resolveConnect } from './resolve';

/** An ensemble watched for real: one Howdah's mirror against what a fresh one reads. */

let sandbox: Sandbox;
const watching: Watch[] = [];
let fleet: Synthetic | null = null;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-ensemble',
    profile: 'fast',
    ephemeral: true,
    clusters: [],
  });
});
afterAll(() => sandbox?.down());
afterEach(async () => {
  for (const watch of watching.splice(0)) watch.ensemble.close();
  await fleet?.stop();
  fleet = null;
});

const NAMES = [
  'leader',
  'failover',
  'config',
  'sync',
  'history',
  'status',
  'initialize',
  'failsafe',
];

class Watch {
  readonly ensemble: Ensemble;
  readonly known = new Set<string>();
  readonly states: string[] = [];

  constructor(options: { connect?: string; namespaces?: readonly string[] } = {}) {
    this.ensemble = new Ensemble(
      {
        name: 'main',
        connect: options.connect ?? sandbox.connectString,
        namespaces: options.namespaces ?? ['/service'],
        sessionTimeoutMs: 4000,
        digest: null,
        pollMs: 1000,
      },
      {
        clock: systemClock,
        scheduler: (read) => new Aggregator(defaultAggregatorLimits, systemClock, read),
        onBatch: ({ changed, removed }) => {
          for (const id of changed) this.known.add(id);
          for (const id of removed) this.known.delete(id);
        },
        onError: (error) => {
          throw error;
        },
        onState: () => {
          const { state } = this.ensemble.view();
          if (this.states.at(-1) !== state) this.states.push(state);
        },
      },
    );
    this.ensemble.start();
    watching.push(this);
  }

  async synced(clusters: number, timeoutMs = 20_000): Promise<this> {
    await waitFor(() => this.ensemble.synced && this.known.size === clusters, {
      timeoutMs,
      everyMs: 20,
      what: () =>
        `${clusters} clusters; there are ${this.known.size}, ${JSON.stringify(this.ensemble.view())}`,
    });
    return this;
  }

  /** One line for each cluster: everything it holds. */
  digest(): string[] {
    return [...this.known].toSorted().map((id) => {
      const scope = this.ensemble.scope(id);
      return `${id} ${scope ? hashOf(scope) : 'nothing'}`;
    });
  }
}

function hashOf(scope: ScopeSnapshot): string {
  const hash = createHash('sha1');
  const add = (name: string, value: ReturnType<ScopeSnapshot['znode']> | undefined) =>
    hash.update(
      `${name}=${value ? ('failed' in value ? value.failed : `${value.stat.mzxid} ${value.data}`) : ''};`,
    );
  for (const name of NAMES) add(name, scope.znode(name));
  for (const name of [...scope.members.keys()].toSorted()) add(name, scope.members.get(name));
  return hash.digest('hex');
}

async function write(clusters: number, churnPerSecond = 0): Promise<Synthetic> {
  fleet = await startSynthetic({ connectString: sandbox.connectString, clusters, churnPerSecond });
  return fleet;
}

/** Waits until the mirror holds what somebody reads who starts now. */
async function converged(watch: Watch, clusters: number): Promise<void> {
  const fresh = await new Watch().synced(clusters);
  let [kept, read] = [watch.digest(), fresh.digest()];
  await waitFor(
    () => {
      [kept, read] = [watch.digest(), fresh.digest()];
      return JSON.stringify(kept) === JSON.stringify(read);
    },
    { timeoutMs: 10_000, what: 'both to hold the same' },
  ).catch(() => {});
  expect(kept).toEqual(read);
  fresh.ensemble.close();
}

test('clusters are discovered, followed through a burst of writes, and gone when they go', async () => {
  const synthetic = await write(100);
  const watch = await new Watch().synced(100);
  synthetic.setChurn(1500);
  const [scope = ''] = synthetic.scopes;
  for (let i = 0; i < 5; i += 1) await synthetic.switchLeader(scope);
  await waitFor(() => synthetic.stats().writes > 3000, { timeoutMs: 20_000, what: 'the burst' });
  synthetic.setChurn(0);
  const { events, lanes } = watch.ensemble.view().aggregator;
  expect(events).toBeGreaterThan(0);
  for (const { lane, readsPerSecond, budgetPerSecond } of lanes) {
    expect(readsPerSecond, lane).toBeLessThanOrEqual(budgetPerSecond ?? Number.POSITIVE_INFINITY);
  }
  await converged(watch, 100);
  await synthetic.stop();
  fleet = null;
  await watch.synced(0);
});

test('a namespace that is not there yet is waited for', async () => {
  const watch = new Watch();
  await waitFor(() => watch.ensemble.synced, { timeoutMs: 10_000, what: 'the first look' });
  expect(watch.ensemble.view().namespaces).toEqual([{ path: '/service', exists: false }]);
  await write(3);
  await watch.synced(3);
  expect(watch.ensemble.view().namespaces).toEqual([{ path: '/service', exists: true }]);
});

test('after the end of its sessions it reads everything again, and catches what it missed', async () => {
  const synthetic = await write(50);
  const watch = await new Watch().synced(50);
  // Leadership, and two for the rest; the one that measured the longest timeout goes by itself.
  const own = await waitFor(
    async () => {
      const mine = await sandbox.sessionsOf(process.pid);
      const found = mine.filter(({ ephemerals }) => ephemerals.length === 0);
      return found.length === 3 && found;
    },
    { timeoutMs: 20_000, what: 'three sessions' },
  );
  for (const { id } of own) {
    // Its connection may be cut before the answer: what counts is that it ends.
    await sandbox.expireSession(id).catch(() => {});
    const [scope = ''] = synthetic.scopes;
    await synthetic.switchLeader(scope);
  }
  await waitFor(() => watch.states.includes('disconnected'), {
    timeoutMs: 10_000,
    what: 'the loss',
  });
  const ids = new Set(own.map(({ id }) => id));
  await waitFor(
    async () => !(await sandbox.sessionsOf(process.pid)).some(({ id }) => ids.has(id)),
    { timeoutMs: 10_000, what: 'the sessions to end' },
  );
  await watch.synced(50);
  await converged(watch, 50);
});

test('when all servers die it says since when, and is synced again once they are back', async () => {
  await write(20);
  const watch = await new Watch().synced(20);
  await Promise.all(sandbox.zookeeper.map((server) => server.kill()));
  const diedAt = Date.now();
  await waitFor(() => watch.ensemble.view().state === 'disconnected', {
    timeoutMs: 10_000,
    what: 'the loss to be noticed',
  });
  const view = watch.ensemble.view();
  expect(view.synced).toBe(false);
  expect(view.says).not.toBeNull();
  expect(Math.abs(view.since - diedAt)).toBeLessThan(5000);
  expect(watch.known.size).toBe(20);
  await waitFor(() => watch.ensemble.view().servers.every(({ mode }) => mode === 'down'), {
    timeoutMs: 10_000,
    what: 'the servers to be said to be down',
  });
  await Promise.all(sandbox.zookeeper.map((server) => server.start()));
  await waitFor(() => watch.ensemble.synced, { timeoutMs: 30_000, what: 'it to be synced again' });
  // The writers' sessions may have expired with their ephemerals: what is there now counts.
  await waitFor(() => watch.known.size === 20, { timeoutMs: 10_000, what: 'all clusters' });
  await converged(watch, 20);
}, 90_000);

test('an ensemble that is not there is said to be unreachable', async () => {
  const watch = new Watch({ connect: '127.0.0.1:1' });
  await waitFor(() => watch.ensemble.view().state === 'unreachable', {
    timeoutMs: 10_000,
    what: 'it to give up waiting',
  });
  expect(watch.ensemble.view()).toMatchObject({
    synced: false,
    says: 'None of its servers answers.',
  });
  const nowhere = new Watch({ connect: 'no-such-host.invalid:2181' });
  await waitFor(() => nowhere.ensemble.view().state === 'unreachable', {
    timeoutMs: 10_000,
    what: 'a name without an address to be given up',
  });
  expect(nowhere.ensemble.view().says).not.toBeNull();
});

test('more than one session can watch are spread over several, and all come back', async () => {
  // Paths of this length: 700 clusters of them are more than 500 kB of watches.
  const namespace = `/${'a-namespace-with-a-long-name'.repeat(3)}`;
  const many = 700;
  fleet = await startSynthetic({ connectString: sandbox.connectString, namespace, clusters: many });
  const watch = await new Watch({ namespaces: [namespace] }).synced(many, 60_000);
  const own = async () =>
    (await sandbox.sessionsOf(process.pid)).filter(({ ephemerals }) => ephemerals.length === 0);
  // One for leadership, two or more for the rest.
  expect((await own()).length).toBeGreaterThan(2);
  // Each in turn, so that every session has to look for another server at least once.
  const { connections } = watch.ensemble;
  for (const server of sandbox.zookeeper) {
    await server.kill();
    await server.start();
    await waitFor(async () => (await server.mode()) !== null, {
      timeoutMs: 15_000,
      what: 'it to join',
    });
  }
  await waitFor(() => watch.ensemble.connections >= connections + 3, {
    timeoutMs: 20_000,
    what: () => `each session to connect again: ${watch.ensemble.connections} connections`,
  });
  await watch.synced(many, 60_000);
  const [scope = ''] = fleet.scopes;
  await fleet.switchLeader(scope);
  const before = watch.digest();
  await waitFor(() => JSON.stringify(watch.digest()) !== JSON.stringify(before), {
    timeoutMs: 10_000,
    what: 'a change after it',
  });
}, 120_000);

test('an ensemble is asked for the longest session it grants anybody', async () => {
  // 20 ticks of 500 ms.
  expect(await measureMaxTimeout(sandbox.connectString)).toBe(10_000);
});

test('a host name that does not resolve is said, and the others are used', async () => {
  await expect(resolveConnect('no-such-host.invalid:2181')).rejects.toThrow('no-such-host.invalid');
  expect(await resolveConnect('no-such-host.invalid:1,127.0.0.1:2181/chroot')).toEqual({
    servers: [{ host: '127.0.0.1', port: 2181 }],
    chroot: '/chroot',
  });
});
