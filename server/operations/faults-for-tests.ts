import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { OperationView } from '@/lib/operations/types';
import { type PatroniCluster, type PatroniMember, type Sandbox, waitFor } from '@/sandbox';
import type { Runtime } from '../runtime';
import { type Meddling, type OnSandbox, switchover } from './on-sandbox';
import { assertTrue } from './races-for-tests';

/**
 * What may fail while an operation is on: whatever does, one request at most is sent, and what is
 * shown as its end is what is the case. Each says how it ended, and leaves the cluster well.
 */
export type Fault = (on: OnSandbox, sandbox: Sandbox) => Promise<string>;

interface Scene {
  readonly runtime: Runtime;
  readonly posts: () => number;
  readonly leader: PatroniMember;
  readonly candidate: PatroniMember;
  readonly start: () => Promise<OperationView>;
}

async function sceneOf(on: OnSandbox, meddling: Meddling = {}): Promise<Scene> {
  const { rewrite, posts } = await on.throughProxies(meddling);
  const runtime = on.howdah({ rewrite });
  const wanted = await on.request(runtime, switchover());
  const { wish, seen } = wanted;
  const candidate = on.cluster.member((wish.kind === 'switchover' && wish.candidate) || '');
  const leader = on.cluster.member(seen.leader ?? '');
  const start = () => runtime.operations.start(wanted, null);
  return { runtime, posts, leader, candidate, start };
}

/** Follows it to its end, which is to be true; then all is to be well again. */
async function ended(on: OnSandbox, { runtime, posts }: Scene, id: string): Promise<string> {
  const view = await on.outcome(runtime, id, 120_000);
  expect(posts()).toBeLessThanOrEqual(1);
  await assertTrue(on.cluster, view);
  return view.outcome?.code ?? '';
}

async function well(cluster: PatroniCluster): Promise<void> {
  await cluster.waitHealthy(120_000);
}

/** Once it has been passed on to Patroni. */
function once(): { readonly happened: Promise<void>; readonly happens: () => void } {
  let happens = () => {};
  const happened = new Promise<void>((done) => {
    happens = () => done();
  });
  return { happened, happens: () => happens() };
}

async function run(
  on: OnSandbox,
  fault: (scene: Scene) => Promise<() => Promise<void> | void>,
  after: (scene: Scene) => Promise<unknown>,
): Promise<string> {
  const sent = once();
  const scene = await sceneOf(on, { posted: sent.happens });
  const { id } = await scene.start();
  await sent.happened;
  const mend = await fault(scene);
  const verdict = ended(on, scene, id);
  await after(scene);
  await mend();
  const code = await verdict;
  await well(on.cluster);
  return code;
}

const patroniKilled: Fault = (on) =>
  run(
    on,
    async ({ leader }) => {
      await leader.killPatroni();
      return () => leader.startPatroni();
    },
    () => sleep(8000),
  );

/** Shorter than its session lasts, and longer. */
const patroniFrozen =
  (ms: number): Fault =>
  async (on) => {
    const scene = await sceneOf(on);
    await scene.leader.freezePatroni();
    const { id } = await scene.start();
    const verdict = ended(on, scene, id);
    await sleep(ms);
    await scene.leader.thawPatroni();
    const code = await verdict;
    await well(on.cluster);
    return code;
  };

/** Patroni may say that it could not write the request when it has. */
const answers503: Fault = async (on) => {
  const answer = () => 'HTTP/1.0 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy';
  const scene = await sceneOf(on, { answer });
  const { id } = await scene.start();
  const code = await ended(on, scene, id);
  await well(on.cluster);
  return code;
};

const zookeeperLeaderKilled: Fault = (on, sandbox) =>
  run(
    on,
    async () => {
      const server = await sandbox.zookeeperLeader();
      if (!server) throw new Error('ZooKeeper has no leader');
      await server.kill();
      return () => server.start();
    },
    () => sleep(1000),
  );

const candidateKilled: Fault = (on) =>
  run(
    on,
    async ({ candidate, leader }) => {
      // As soon as the old leader has let go.
      await waitFor(async () => (await on.cluster.leader())?.name !== leader.name, {
        ...{ timeoutMs: 20_000, everyMs: 5, what: 'the old leader to let go' },
      });
      await candidate.kill();
      return () => candidate.start();
    },
    () => sleep(8000),
  );

async function freezeHost(member: PatroniMember): Promise<() => Promise<void>> {
  await member.freezePatroni();
  await member.freezePostmaster();
  return async () => {
    await member.thawPostmaster();
    await member.thawPatroni();
  };
}

const oldLeaderFrozen: Fault = (on) =>
  run(
    on,
    ({ leader }) => freezeHost(leader),
    () => sleep(8000),
  );

/** A leader that hangs is failed over from by force. */
const leaderHangs: Fault = async (on) => {
  const { rewrite, posts } = await on.throughProxies();
  const runtime = on.howdah({ rewrite });
  const { seen: before } = await on.request(runtime, switchover());
  const old = on.cluster.member(before.leader ?? '');
  const thaw = await freezeHost(old);
  const judged = await on.judged(runtime, { kind: 'failover', candidate: null }, (one) => {
    const refused = one.rules.some(({ verdict }) => verdict === 'refuse');
    return one.suggested !== null && !refused && one.seen.leader === old.name;
  });
  const candidate = judged.suggested ?? '';
  const { id } = await runtime.operations.start(
    {
      ...{ cluster: on.id, wish: { kind: 'failover', candidate }, seen: judged.seen },
      ...{ confirm: judged.phrase ?? '', reason: 'it hangs' },
    },
    null,
  );
  const view = await on.outcome(runtime, id, 60_000);
  expect([view.outcome?.code, posts()]).toEqual(['done', 1]);
  await assertTrue(on.cluster, view);
  await thaw();
  await well(on.cluster);
  return 'done';
};

export const faults: Readonly<Record<string, Fault>> = {
  'Patroni is killed once it was asked': patroniKilled,
  'Patroni is frozen for two seconds': patroniFrozen(2000),
  'Patroni is frozen for longer than its session': patroniFrozen(9000),
  'Patroni answers 503 and has written it': answers503,
  'ZooKeeper’s leader is killed': zookeeperLeaderKilled,
  'the candidate is killed while it takes over': candidateKilled,
  'the old leader’s host is frozen': oldLeaderFrozen,
  'a leader whose host hangs is failed over from by force': leaderHangs,
};

/**
 * A Howdah that dies at the n-th thing it sends about an operation, before or right after, and one
 * that starts then. `beyond`: it had sent all by then.
 */
export async function killedAt(on: OnSandbox, at: string): Promise<string> {
  const { cluster } = on;
  const { rewrite, posts } = await on.throughProxies();
  const child = on.child(on.configure({ rewrite }), at);
  const wanted = await on.request(child, switchover());
  const startedAfter = Date.now();
  const begun = await child.operations.start(wanted).catch(() => null);
  const lived = begun
    ? await waitFor(
        async () => {
          if (child.dead) return 'died';
          const [view] = await child.operations.list(on.id).catch(() => []);
          return view?.state === 'ended' && view.steps.at(-1)?.at !== null ? 'lived' : null;
        },
        { timeoutMs: 60_000, what: 'the run to end, or the process' },
      )
    : 'died';
  await child.kill();
  const heir = on.howdah({ rewrite });
  let verdict = 'beyond';
  if (lived === 'died' && !(await isRecorded(on, startedAfter))) {
    // Nothing was recorded, so nothing was done.
    expect([posts(), (await cluster.leader())?.name]).toEqual([0, wanted.seen.leader]);
    verdict = 'nothing recorded';
  } else if (lived === 'died') {
    // Its session has to be over before it is taken up.
    const view = await waitFor(
      () =>
        heir.operations
          .list(on.id)
          .find((one) => one.cause === 'howdah' && one.outcome && one.startedAt >= startedAfter),
      { timeoutMs: 60_000, what: 'the run to be taken up' },
    );
    await assertTrue(cluster, view);
    verdict = view.outcome?.code ?? '';
  }
  expect(posts()).toBeLessThanOrEqual(1);
  await well(cluster);
  return verdict;
}

/** Whether a run that began since then is on record. */
async function isRecorded(on: OnSandbox, since: number): Promise<boolean> {
  const session = await on.zookeeper();
  const path = `/howdah/operations/${on.id}`;
  await session.sync(path);
  const found = await session.data(path, false);
  const record = JSON.parse(found?.data.toString('utf8') ?? '{}');
  return record.view?.startedAt >= since;
}
