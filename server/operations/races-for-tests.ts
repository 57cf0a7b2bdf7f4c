import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Failure } from '@/lib/errors';
import type { OperationRequest, OperationView } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import { type PatroniCluster, type PatroniMember, waitFor } from '@/sandbox';
import type { Runtime } from '../runtime';
import type { ChildHowdah } from './child-for-tests';
import { type Acting, type OnSandbox, switchover } from './on-sandbox';

/**
 * Races for a cluster, a round each, on a real one: whoever wins, nothing is sent on what has moved,
 * at most one request is sent for one decision, and what is shown as the end is what is the case.
 * Each round says how it went, in a word.
 */

export interface Stage {
  readonly on: OnSandbox;
  /** Two Howdahs in this process, over proxies that count what is sent. */
  readonly howdahs: readonly [Runtime, Runtime];
  readonly posts: () => number;
}

type Race = (stage: Stage) => Promise<string>;

export async function stageOf(on: OnSandbox): Promise<Stage> {
  const { rewrite, posts } = await on.throughProxies();
  return { on, posts, howdahs: [on.howdah({ rewrite }), on.howdah({ rewrite })] };
}

/** At the same moment, or nearly: either may be the first. */
async function soon<T>(act: () => Promise<T>): Promise<T> {
  await sleep(upTo(60));
  return act();
}

const upTo = (ms: number): number => Math.floor(Math.random() * ms);

/** Starts it: the run's view, or why not. */
const startOf = (howdah: Acting, wanted: OperationRequest): Promise<OperationView | Failure> =>
  howdah.operations.start(wanted, null).catch((error: unknown) => {
    if (error instanceof Failure) return error;
    throw error;
  });

const candidateOf = ({ wish }: OperationRequest): string =>
  wish.kind === 'switchover' ? (wish.candidate ?? '') : '';

async function leaderOf(cluster: PatroniCluster): Promise<PatroniMember> {
  return waitFor(() => cluster.leader(), { timeoutMs: 30_000, what: 'a leader' });
}

/** What a run of a switchover has ended as is what is the case. */
export async function assertTrue(cluster: PatroniCluster, view: OperationView): Promise<void> {
  const { outcome, from, to } = view;
  const leader = (await leaderOf(cluster)).name;
  const told = `${outcome?.code}: ${outcome?.says}`;
  if (outcome?.code === 'done') expect([told, leader]).toEqual([told, to]);
  else if (outcome?.code === 'done-other') expect([told, leader]).not.toEqual([told, to]);
  else if (outcome?.code === 'failed') expect([told, leader]).toEqual([told, from]);
  else expect(told).toMatch(/^refused/);
}

/** What was started ends truthfully; of what was refused nothing was sent. */
async function verdictOf(
  { on, posts }: Stage,
  asked: { readonly howdah: Acting; readonly of: OperationView | Failure; readonly before: number },
): Promise<string> {
  const { howdah, of, before } = asked;
  if (of instanceof Failure) {
    expect(posts() - before).toBe(0);
    return of.code;
  }
  const view = await on.outcome(howdah, of.id, 90_000);
  expect(posts() - before).toBeLessThanOrEqual(1);
  const { code = '', says = '' } = view.outcome ?? {};
  if (says.startsWith('Nothing was sent')) expect(posts() - before).toBe(0);
  else if (view.kind === 'switchover') await assertTrue(on.cluster, view);
  return says.startsWith('Nothing was sent') ? 'not sent' : code;
}

/** Patroni is asked for another leader while the operator confirms. */
const leaderMoves: Race = async (stage) => {
  const { on, howdahs, posts } = stage;
  const { cluster } = on;
  const [howdah] = howdahs;
  const wanted = await on.request(howdah, switchover());
  const before = posts();
  const leader = await leaderOf(cluster);
  const other = cluster.members.find(
    ({ name }) => name !== leader.name && name !== candidateOf(wanted),
  );
  const body = { leader: leader.name, candidate: other?.name };
  const moved = leader.rest('/switchover', { method: 'POST', body, timeoutMs: 40_000 });
  await sleep(upTo(Math.random() < 0.5 ? 60 : 2500));
  const of = await startOf(howdah, wanted);
  const verdict = await verdictOf(stage, { howdah, of, before });
  await moved.catch(() => {});
  await cluster.waitHealthy(60_000);
  return verdict;
};

/** Two operators of each of two Howdahs confirm at once. */
const allConfirm: Race = async (stage) => {
  const { on, howdahs, posts } = stage;
  const wanted = await on.request(howdahs[0], switchover());
  await on.request(howdahs[1], switchover(candidateOf(wanted)));
  const before = posts();
  const four = [...howdahs, ...howdahs];
  const all = await Promise.all(
    four.map(async (howdah) => {
      await sleep(upTo(20));
      return { howdah, of: await startOf(howdah, wanted) };
    }),
  );
  const begun = all.filter(({ of }) => !(of instanceof Failure));
  expect(begun).toHaveLength(1);
  for (const { of } of all) {
    if (of instanceof Failure) expect(['busy', 'moved', 'refused']).toContain(of.code);
  }
  const [one] = begun;
  if (!one) throw new Error('nobody had the turn');
  const verdict = await verdictOf(stage, { ...one, before });
  expect(posts() - before).toBe(1);
  await on.cluster.waitHealthy(60_000);
  return verdict;
};

/** Somebody changes the configuration while a switchover is confirmed. */
const configurationMoves: Race = async (stage) => {
  const { on, howdahs, posts } = stage;
  const [howdah] = howdahs;
  const wanted = await on.request(howdah, switchover());
  const before = posts();
  const lag = 1_000_000 + upTo(1_000_000);
  const patched = soon(() => on.cluster.patchConfig({ maximum_lag_on_failover: lag }));
  const of = await soon(() => startOf(howdah, wanted));
  const verdict = await verdictOf(stage, { howdah, of, before });
  await patched;
  await on.cluster.waitHealthy(60_000);
  return verdict;
};

/** Somebody changes the configuration while another change is confirmed: neither is lost. */
const editsMeet: Race = async (stage) => {
  const { on, howdahs, posts } = stage;
  const { cluster } = on;
  const [howdah] = howdahs;
  const [mine, theirs] = [1_000_000 + upTo(1_000_000), 100 + upTo(100_000)];
  const edited = await on.config();
  const text = JSON.stringify({ ...edited.value, maximum_lag_on_failover: mine });
  const wish: Wish = { kind: 'configuration', text, seq: null };
  await on.judged(howdah, wish, ({ seen }) => seen.configVersion === edited.version);
  const wanted = await on.request(howdah, wish);
  expect(wanted.seen.configVersion).toBe(edited.version);
  const before = posts();
  const patched = soon(() => cluster.patchConfig({ primary_start_timeout: theirs }));
  const of = await soon(() => startOf(howdah, wanted));
  const verdict = await verdictOf(stage, { howdah, of, before });
  // Patroni takes a write back that another has come before.
  await patched.catch(() => cluster.patchConfig({ primary_start_timeout: theirs }));
  const now = (await on.config()).value;
  expect(now.primary_start_timeout).toBe(theirs);
  expect([verdict, now.maximum_lag_on_failover === mine]).toEqual([verdict, verdict === 'done']);
  return verdict;
};

/** Somebody schedules a switchover while one is confirmed: the schedule is not replaced. */
const scheduleComes: Race = async (stage) => {
  const { on, howdahs, posts } = stage;
  const { cluster } = on;
  const [howdah] = howdahs;
  const wanted = await on.request(howdah, switchover());
  const before = posts();
  const leader = await leaderOf(cluster);
  const scheduled_at = new Date(Date.now() + 3_600_000).toISOString();
  const body = { leader: leader.name, candidate: candidateOf(wanted), scheduled_at };
  const scheduled = soon(() => leader.rest('/switchover', { method: 'POST', body })).catch(
    () => null,
  );
  const of = await soon(() => startOf(howdah, wanted));
  const verdict = await verdictOf(stage, { howdah, of, before });
  const accepted = (await scheduled)?.status === 202;
  const session = await on.zookeeper();
  const path = `/service/${cluster.scope}/failover`;
  await session.sync(path);
  const found = await session.data(path, false);
  const request = JSON.parse(found?.data.toString('utf8') || '{}');
  // It stands, and nobody has touched it.
  if (posts() === before && accepted) {
    expect(Date.parse(request.scheduled_at)).toBe(Date.parse(scheduled_at));
  }
  if (found && request.scheduled_at) await session.set(path, Buffer.from('{}'), found.stat.version);
  await cluster.waitHealthy(60_000);
  return verdict;
};

const isOwnAndEnded = ({ cause, state }: OperationView): boolean =>
  cause === 'howdah' && state === 'ended';

const inherited = (on: OnSandbox, heir: Runtime): Promise<boolean> =>
  waitFor(() => heir.operations.list(on.id).some(isOwnAndEnded), {
    ...{ timeoutMs: 40_000, what: 'the run to be taken up' },
  });

/**
 * A Howdah is frozen about when it asks, until the leader is another, and thawed: it has asked before
 * or it never does. In every other round it is frozen for so long that another takes its run up.
 */
export function frozen(on: OnSandbox): () => Promise<string> {
  let round = 0;
  let freeze: (() => void) | null = null;
  let parts: Promise<{ readonly child: ChildHowdah; readonly posts: () => number }> | null = null;
  const begin = async () => {
    const connected = () => freeze?.();
    const { rewrite, posts } = await on.throughProxies({ connected });
    return { child: on.child(on.configure({ rewrite })), posts };
  };
  return async () => {
    round += 1;
    const { cluster } = on;
    parts ??= begin();
    const { child, posts } = await parts;
    await cluster.waitHealthy(60_000);
    const wanted = await on.request(child, switchover());
    const leader = await leaderOf(cluster);
    const third = cluster.members.find(
      ({ name }) => name !== leader.name && name !== candidateOf(wanted),
    );
    const before = posts();
    const isFrozen = new Promise<void>((done) => {
      freeze = () => {
        freeze = null;
        setTimeout(
          () => {
            child.freeze();
            done();
          },
          round <= 2 ? 0 : upTo(12),
        );
      };
    });
    const starting = startOf(child, wanted);
    await isFrozen;
    // What had left it by then has arrived by then.
    await sleep(150);
    // If we were held up ourselves, what has arrived is read after the timers that are due.
    await new Promise((read) => setImmediate(read));
    const asked = posts() - before;
    if (asked === 0) {
      const body = { leader: leader.name, candidate: third?.name };
      const answer = await leader.rest('/switchover', { method: 'POST', body, timeoutMs: 40_000 });
      // Else nothing has moved, and it may ask.
      expect(answer, 'the leadership moved past it').toMatchObject({ status: 200 });
    }
    // Once its session is over, another that starts ends what it finds.
    const heir = round % 2 === 0 ? on.howdah() : null;
    if (heir && asked === 0) await inherited(on, heir);
    const sent = () => posts() - before;
    expect(sent(), 'asked before it was frozen, as counted once more').toBe(asked);
    child.thaw();
    const of = await starting;
    if (of instanceof Failure) {
      expect([of.code, sent()]).toEqual([of.code, 0]);
      await cluster.waitHealthy(60_000);
      return of.code;
    }
    const view = await on.outcome(child, of.id, 90_000);
    const late = sent() - asked;
    // That it was stopped in the very turn in which it writes is not seen from here: so whoever runs
    // the rounds bounds how many these are. Never where it has asked before.
    expect(late, 'asked also once it was thawed').toBeLessThanOrEqual(asked === 0 ? 1 : 0);
    if (sent() > 0) await assertTrue(cluster, view);
    else if (!heir) expect(['refused', 'failed']).toContain(view.outcome?.code);
    // Whoever has taken it up knows only what was seen; in the end both show the same.
    if (heir) {
      const theirs = await on.outcome(heir, of.id, 30_000);
      await waitFor(
        async () => {
          const mine = (await child.operations.list(on.id)).find(({ id }) => id === of.id);
          return mine?.outcome?.says === theirs.outcome?.says;
        },
        { timeoutMs: 30_000, what: `both to show ${theirs.outcome?.says}` },
      );
      await heir.close();
    }
    await cluster.waitHealthy(60_000);
    if (late > 0) expect((await leaderOf(cluster)).name).toBe(third?.name);
    const how = asked > 0 ? 'asked before' : late > 0 ? 'asked in that turn' : 'not asked';
    return `${how}: ${view.outcome?.code}`;
  };
}

/** With so many rounds of each as `npm test` has time for. */
export const races: Readonly<Record<string, { readonly run: Race; readonly rounds: number }>> = {
  'the leader changes between page and confirmation': { run: leaderMoves, rounds: 1 },
  'two operators of two Howdahs confirm at once': { run: allConfirm, rounds: 1 },
  'the configuration changes underneath': { run: configurationMoves, rounds: 1 },
  'two edits of the configuration meet': { run: editsMeet, rounds: 3 },
  'a scheduled request comes first': { run: scheduleComes, rounds: 2 },
};
