import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EventsPage, HistoryView } from '@/lib/history/history';
import { Player, type Replay } from '@/lib/history/replay';
import type { VersionsPage } from '@/lib/history/znode-version';
import type { Frame } from '@/lib/stream/frames';
import type { ClusterEvent } from '@/lib/topology/event';
import { freePort, type Sandbox, startSandbox, startSynthetic, waitFor } from '@/sandbox';
import { spawnHowdah } from './howdah-process';

/** History as the product keeps it: its own process, its own PostgreSQL, both killed at will. */

let sandbox: Sandbox;
let synthetic: Awaited<ReturnType<typeof startSynthetic>>;
let folder: string;
let port: number;
let howdah: ChildProcess;
/** What the stream has told of, by seq. */
let told: Map<number, ClusterEvent>;
let history: HistoryView | null;
let listening: AbortController;
/** Since when the store was there that was killed last. */
let lostSince = 0;

const SCOPES = ['synthetic-0001', 'synthetic-0002'];
const idOf = (scope: string) => `main~.2Fservice~${scope}`;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-history',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [],
  });
  synthetic = await startSynthetic({
    connectString: sandbox.connectString,
    clusters: SCOPES.length,
    members: 3,
  });
  port = await freePort();
});
afterAll(async () => {
  await synthetic?.stop();
  await sandbox?.down();
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-history-'));
  // PostgreSQL runs as another user than root, and has to get there.
  chmodSync(folder, 0o711);
  told = new Map();
  await start();
});
afterEach(async () => {
  await stop('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

const run = (at: number): ChildProcess =>
  spawnHowdah(sandbox, at, {
    HOWDAH_STORE_FOLDER: join(folder, 'state'),
    HOWDAH_LOG: 'error',
  });

const answers = (at: number) =>
  waitFor(
    () =>
      fetch(`http://127.0.0.1:${at}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { timeoutMs: 30_000, what: 'Howdah to answer' },
  );

async function start(): Promise<void> {
  history = null;
  howdah = run(port);
  await answers(port);
  listening = new AbortController();
  void listen(port, listening.signal).catch(() => {});
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  listening.abort();
  if (howdah.exitCode !== null || howdah.signalCode !== null) return;
  howdah.kill(signal);
  await once(howdah, 'exit');
}

async function listen(at: number, signal: AbortSignal, hear = takeIn): Promise<void> {
  const topics = SCOPES.map((scope) => `cluster:${idOf(scope)}`).join();
  const answer = await fetch(`http://127.0.0.1:${at}/api/stream?topics=${topics}`, { signal });
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data) hear(JSON.parse(data) as Frame);
    }
  }
}

function takeIn(frame: Frame): void {
  if (frame.type === 'history') history = frame.history;
  if (frame.type !== 'events') return;
  for (const event of frame.events) {
    // Whether a cluster is new is known where earlier processes' history is: it is told there.
    if (event.code !== 'cluster-appeared') told.set(event.seq, event);
  }
}

/** Moves the leadership, and returns when Howdah has told who leads now. */
async function switchLeader(scope: string): Promise<ClusterEvent> {
  const before = new Set(told.keys());
  await synthetic.switchLeader(scope);
  return waitFor(
    () =>
      [...told.values()].find(
        ({ seq, code, cluster }) =>
          !before.has(seq) && code === 'leader-changed' && cluster === idOf(scope),
      ),
    { timeoutMs: 15_000, everyMs: 10, what: `the next leader of ${scope}` },
  );
}

async function query<T>(name: string, wanted: object): Promise<T | undefined> {
  const input = encodeURIComponent(JSON.stringify(wanted));
  const answer = await fetch(`http://127.0.0.1:${port}/api/trpc/history.${name}?input=${input}`);
  return ((await answer.json()) as { result?: { data: T } }).result?.data;
}

async function kept(): Promise<readonly ClusterEvent[]> {
  return (await query<EventsPage>('events', { limit: 500 }))?.events ?? [];
}

/** In the store, or on disk for it. */
async function isSafe({ seq }: ClusterEvent): Promise<boolean> {
  const spool = join(folder, 'state', 'spool');
  // What has no name of its own yet is not promised; what has may be written and gone by now.
  const names = readdirSync(spool).filter((name) => name.endsWith('.jsonl'));
  const waiting = names.map((name) => {
    try {
      return readFileSync(join(spool, name), 'utf8');
    } catch {
      return '';
    }
  });
  if (waiting.some((text) => text.includes(`"seq":${seq}`))) return true;
  return (await kept()).some((event) => event.seq === seq);
}

const safe = (event: ClusterEvent) =>
  waitFor(() => isSafe(event), { timeoutMs: 15_000, everyMs: 5, what: 'the event to be safe' });

function killStore(): void {
  const [pid] = readFileSync(join(folder, 'state', 'postgres', 'postmaster.pid'), 'utf8').split(
    '\n',
  );
  process.kill(Number(pid), 'SIGKILL');
  lostSince = history?.since ?? 0;
}

const isKept = () =>
  waitFor(() => history?.state === 'ready' && history.since !== lostSince, {
    timeoutMs: 30_000,
    what: 'history to be kept',
  });

/** All that was told is there: once, in order, as it was told. */
async function endsInTheTruth(): Promise<void> {
  await waitFor(async () => (await kept()).length >= told.size, {
    timeoutMs: 20_000,
    what: 'all of it to be kept',
  });
  const events = await kept();
  const seqs = events.map(({ seq }) => seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  for (const [seq, event] of told) expect(bySeq.get(seq)).toMatchObject(event);
  for (const scope of SCOPES) await isRebuilt(idOf(scope));
}

/** Whoever was told to lead is seen to at that moment, and was kept as the znode it was, once. */
async function isRebuilt(cluster: string): Promise<void> {
  const led = [...told.values()].filter(
    (event) => event.cluster === cluster && event.code === 'leader-changed',
  );
  const page = await query<VersionsPage>('versions', { cluster, name: 'leader', limit: 200 });
  const versions = page?.versions.flatMap(({ znode }) => znode?.stat.mzxid ?? []) ?? [];
  expect(versions).toEqual([...new Set(versions)]);
  for (const { at, written } of led) {
    const replay = await query<Replay>('replay', { cluster, from: at, until: at + 1, buckets: 10 });
    const moment = replay && new Player(replay).moment(at);
    expect(moment).toMatchObject({ is: 'known', view: { leader: { czxid: written?.zxid } } });
    expect(versions).toContain(written?.zxid);
  }
}

test('what is told is kept once and in order, though its PostgreSQL is killed again and again', async () => {
  await isKept();
  for (let n = 0; n < 4; n += 1) {
    await switchLeader(SCOPES[n % 2] ?? '');
    killStore();
    await switchLeader(SCOPES[(n + 1) % 2] ?? '');
    await switchLeader(SCOPES[n % 2] ?? '');
    await isKept();
  }
  await endsInTheTruth();
}, 120_000);

test('what was safe is kept though Howdah is killed, with its PostgreSQL away or not', async () => {
  await isKept();
  for (const storeAway of [false, true, false, true]) {
    if (storeAway) killStore();
    const last = await switchLeader('synthetic-0001');
    await safe(last);
    await stop('SIGKILL');
    // What came in the last moments may have been told and not been safe yet: its promise is less.
    for (const seq of told.keys()) if (seq > last.seq) told.delete(seq);
    await start();
    await isKept();
  }
  await endsInTheTruth();
}, 120_000);

test('is asked for while it is away, and says so', async () => {
  await isKept();
  await stop('SIGTERM');
  await start();
  await isKept();
  killStore();
  const refused = await waitFor(
    async () => {
      const answer = await fetch(
        `http://127.0.0.1:${port}/api/trpc/history.events?input=${encodeURIComponent('{"limit":1}')}`,
      );
      return answer.status === 503
        ? ((await answer.json()) as { error: { message: string } })
        : null;
    },
    { timeoutMs: 10_000, everyMs: 1, what: 'a refusal' },
  );
  expect(refused.error.message).toMatch(/\.$/);
  await isKept();
}, 60_000);

test('a second Howdah on the same folder watches all the same, and says whose history it is', async () => {
  await isKept();
  const at = await freePort();
  const second = run(at);
  const stopped = new AbortController();
  let view: HistoryView | null = null;
  try {
    await answers(at);
    void listen(at, stopped.signal, (frame) => {
      if (frame.type === 'history') view = frame.history;
    }).catch(() => {});
    const said = await waitFor(() => (view?.state === 'away' ? view.says : null), {
      timeoutMs: 15_000,
      what: 'the second to say so',
    });
    expect(said).toContain(`in use by another Howdah (process ${howdah.pid})`);
    await stop('SIGTERM');
    await waitFor(() => view?.state === 'ready', {
      timeoutMs: 20_000,
      what: 'the second to take over',
    });
  } finally {
    stopped.abort();
    second.kill('SIGTERM');
    await once(second, 'exit');
  }
}, 90_000);
