import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Frame } from '@/lib/stream/frames';
import type { ClusterView } from '@/lib/topology/view';
import { freePort, type Sandbox, signedIn, startSandbox, waitFor } from '@/sandbox';
import { spawnHowdah } from './howdah-process';

/**
 * Howdah as a process, watching a storm, while what it depends on is taken away. In the end it must
 * show what another one shows that was started afterwards and has read everything afresh.
 */
const CLUSTERS = 60;
const STORM_PER_SECOND = 1500;
const TOPICS = 12;
/** Its sessions last 4 s; each wait of its own for an answer is shorter as well. */
const FROZEN_MS = 20_000;

let sandbox: Sandbox;
let storm: Storm;
let howdah: Howdah;

interface Howdah {
  readonly url: string;
  readonly process: ChildProcess;
}

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'faults',
    ephemeral: true,
    profile: 'fast',
    // Whoever writes the storm is to outlive what Howdah's own sessions do not.
    tickTime: 2000,
    clusters: [],
  });
}, 120_000);

afterAll(async () => {
  howdah?.process.kill('SIGKILL');
  await sandbox?.down();
}, 60_000);

// Whoever writes may lose its session as well: each test has a storm of its own.
beforeEach(async () => {
  storm = startStorm();
  await storm.ask('scopes');
  howdah ??= await startHowdah();
  await storm.ask('churn');
}, 90_000);

afterEach(() => storm.end());

interface Storm {
  /** Answers null where the storm itself has been blown away. */
  ask(question: string, details?: unknown): Promise<unknown>;
  end(): void;
}

/** A process of its own, since the faults hit its ZooKeeper client as well. */
function startStorm(): Storm {
  const argument = {
    connect: sandbox.connectString,
    clusters: CLUSTERS,
    churn: STORM_PER_SECOND,
  };
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'bench/programs/synthetic-fleet.ts', JSON.stringify(argument)],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  );
  return {
    ask: (question, details = null) =>
      new Promise((resolve) => {
        const patience = setTimeout(resolve, 60_000, null);
        const settle = (answer: unknown) => {
          clearTimeout(patience);
          resolve(answer);
        };
        child.once('message', settle);
        child.once('exit', () => settle(null));
        if (child.connected) child.send({ question, details });
        else settle(null);
      }),
    end: () => child.kill('SIGKILL'),
  };
}

async function startHowdah(): Promise<Howdah> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawnHowdah(sandbox, port, {
    HOWDAH_SESSION_TIMEOUT_MS: '4000',
    HOWDAH_POLL_ZOOKEEPER_MS: '1000',
    // Several run at once here, and none is asked what was.
    HOWDAH_STORE: 'none',
  });
  await waitFor(
    async () => {
      const answer = await fetch(`${url}/api/health`, signedIn(sandbox.root)).catch(() => null);
      const body = (await answer?.json()) as { clusters: number } | undefined;
      return body?.clusters === CLUSTERS;
    },
    { timeoutMs: 60_000, what: 'Howdah to have read the fleet' },
  );
  return { url, process: child };
}

/** Reads a stream until it has told what is wanted of it. */
async function read(url: string, topics: readonly string[], enough: (frame: Frame) => boolean) {
  const wanted = `${url}/api/stream?topics=${encodeURIComponent(topics.join())}`;
  const answer = await fetch(wanted, signedIn(sandbox.root));
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      // Leaving the loop ends the stream.
      if (data && enough(JSON.parse(data) as Frame)) return;
    }
  }
}

/** All clusters as they are shown, but for when what was seen. */
async function shown({ url }: Howdah): Promise<Record<string, unknown>> {
  const ids: string[] = [];
  await read(url, ['fleet'], (frame) => {
    if (frame.type === 'fleet') ids.push(...frame.changed.map(({ id }) => id));
    return frame.type === 'fleet';
  });
  const views = new Map<string, ClusterView>();
  for (let from = 0; from < ids.length; from += TOPICS) {
    const some = ids.slice(from, from + TOPICS);
    await read(
      url,
      some.map((id) => `cluster:${id}`),
      (frame) => {
        if (frame.type === 'cluster' && frame.view) views.set(frame.id, frame.view);
        return some.every((id) => views.has(id));
      },
    );
  }
  return Object.fromEntries(
    [...views].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([id, view]) => [id, timeless(view)]),
  );
}

function timeless(view: ClusterView): unknown {
  const { leader, timeline, config, sync, history, members, unreadable, systemId } = view;
  return {
    ...{ leader, timeline, config, sync, history, unreadable, systemId },
    // Who has left is remembered by one, and was never there for the other.
    members: members
      .filter(({ presence }) => presence.is === 'present')
      .map(({ name, role, state, lag, tags, pendingRestart }) => ({
        ...{ name, role, state, tags, pendingRestart },
        lag: lag?.flushBytes ?? null,
      })),
  };
}

/** With the storm over, it shows what a fresh Howdah shows. */
async function endsInTheTruth(): Promise<void> {
  storm.end();
  const fresh = await startHowdah();
  try {
    await waitFor(
      async () => JSON.stringify(await shown(howdah)) === JSON.stringify(await shown(fresh)),
      { timeoutMs: 60_000, everyMs: 500, what: 'both to show the same' },
    ).catch(() => undefined);
    const kept = await shown(howdah);
    expect(Object.keys(kept)).toHaveLength(CLUSTERS);
    expect(kept).toEqual(await shown(fresh));
  } finally {
    fresh.process.kill('SIGKILL');
    await once(fresh.process, 'exit');
  }
}

async function synced(): Promise<boolean> {
  // A connection kept from before may have been given up meanwhile; its process must live.
  expect(howdah.process.exitCode ?? howdah.process.signalCode).toBeNull();
  const answer = await fetch(`${howdah.url}/api/health`, signedIn(sandbox.root)).catch(() => null);
  // What it begins to answer as it thaws may be cut short.
  const body = (await answer?.json().catch(() => undefined)) as
    | { ensembles: { synced: boolean }[] }
    | undefined;
  return body?.ensembles.every((one) => one.synced) ?? false;
}

const isSynced = (timeoutMs: number) =>
  waitFor(synced, { timeoutMs, what: 'Howdah to have read everything again' });

test('an ensemble restarted server by server during a storm', async () => {
  for (const server of sandbox.zookeeper) {
    await server.kill();
    await waitFor(async () => (await sandbox.zookeeperLeader()) !== null, {
      timeoutMs: 60_000,
      what: 'a quorum of the others',
    });
    await server.start();
    await waitFor(async () => (await server.mode()) !== null, {
      timeoutMs: 30_000,
      what: 'the server to be part of the quorum',
    });
  }
  await isSynced(60_000);
  await endsInTheTruth();
}, 400_000);

test('all its sessions expired at once', async () => {
  const pid = howdah.process.pid ?? 0;
  const before = await sandbox.sessionsOf(pid);
  expect(before.length).toBeGreaterThan(1);
  await Promise.all(before.map(({ id }) => sandbox.expireSession(id)));
  await storm.ask('switchLeader', 'synthetic-0002');
  await waitFor(
    async () => {
      const now = await sandbox.sessionsOf(pid);
      return now.length === before.length && !now.some(({ id }) => before.some((b) => b.id === id));
    },
    { timeoutMs: 30_000, what: 'new sessions' },
  );
  await isSynced(60_000);
  await endsInTheTruth();
}, 300_000);

test('Howdah frozen for much longer than its sessions last, and thawed', async () => {
  const pid = howdah.process.pid ?? 0;
  expect(await sandbox.sessionsOf(pid)).not.toEqual([]);
  howdah.process.kill('SIGSTOP');
  const until = Date.now() + FROZEN_MS;
  await storm.ask('switchLeader', 'synthetic-0001');
  await waitFor(() => Date.now() >= until, { timeoutMs: FROZEN_MS + 1000, what: 'time to pass' });
  howdah.process.kill('SIGCONT');
  await isSynced(60_000);
  await endsInTheTruth();
}, 300_000);
