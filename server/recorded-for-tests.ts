import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EventsPage, HistoryTold } from '@/lib/history/history';
import { Player, type Replay } from '@/lib/history/replay';
import type { VersionsPage } from '@/lib/history/znode-version';
import type { Frame } from '@/lib/stream/frames';
import type { ClusterEvent } from '@/lib/topology/event';
import {
  freePort,
  type Sandbox,
  type SignedIn,
  signedIn,
  type startSynthetic,
  waitFor,
} from '@/sandbox';
import { spawnHowdah } from './howdah-process';

type Synthetic = Awaited<ReturnType<typeof startSynthetic>>;

export const idOf = (scope: string) => `main~.2Fservice~${scope}`;

/** For tests: returns once a Howdah on that port answers. */
export const answers = (port: number) =>
  waitFor(
    () =>
      fetch(`http://127.0.0.1:${port}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { timeoutMs: 30_000, what: 'Howdah to answer' },
  );

interface Listening {
  readonly signal: AbortSignal;
  readonly headers: SignedIn['headers'];
  readonly hear: (frame: Frame) => void;
}

/** For tests: hears what a Howdah tells of some clusters, until it is told not to. */
export async function listen(
  port: number,
  scopes: readonly string[],
  { signal, headers, hear }: Listening,
): Promise<void> {
  const topics = scopes.map((scope) => `cluster:${idOf(scope)}`).join();
  const answer = await fetch(`http://127.0.0.1:${port}/api/stream?topics=${topics}`, {
    signal,
    headers,
  });
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

/** For tests: a Howdah as a process of its own that keeps a history, and all that it has told. */
export class Recorded {
  readonly folder: string;
  /** What the stream has told of, by seq. */
  readonly told = new Map<number, ClusterEvent>();
  history: HistoryTold | null = null;
  readonly #sandbox: Sandbox;
  readonly #synthetic: Synthetic;
  readonly #scopes: readonly string[];
  #port = 0;
  #howdah: ChildProcess | null = null;
  #listening = new AbortController();
  /** Since when the store was there that was killed last. */
  #lostSince = 0;

  /** @param folder where its state is to be */
  constructor(
    folder: string,
    parts: { sandbox: Sandbox; synthetic: Synthetic; scopes: readonly string[] },
  ) {
    this.folder = folder;
    this.#sandbox = parts.sandbox;
    this.#synthetic = parts.synthetic;
    this.#scopes = parts.scopes;
  }

  get pid(): number {
    return this.#howdah?.pid ?? 0;
  }

  /** A process over this folder, whoever it belongs to. */
  spawn(port: number): ChildProcess {
    return spawnHowdah(this.#sandbox, port, {
      HOWDAH_STORE_FOLDER: this.folder,
      HOWDAH_LOG: 'error',
    });
  }

  async start(): Promise<void> {
    this.history = null;
    this.#port ||= await freePort();
    this.#howdah = this.spawn(this.#port);
    await answers(this.#port);
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    void listen(this.#port, this.#scopes, {
      ...{ signal, headers: signedIn(this.#sandbox.root).headers },
      hear: (frame) => this.#takeIn(frame),
    }).catch(() => {});
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#listening.abort();
    const child = this.#howdah;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  #takeIn(frame: Frame): void {
    if (frame.type === 'history') this.history = frame.history;
    if (frame.type !== 'events') return;
    for (const event of frame.events) {
      // Whether a cluster is new is known where earlier processes' history is: it is told there.
      if (event.code !== 'cluster-appeared') this.told.set(event.seq, event);
    }
  }

  /** Moves the leadership, and returns when Howdah has told who leads now. */
  async switchLeader(scope: string): Promise<ClusterEvent> {
    const before = new Set(this.told.keys());
    await this.#synthetic.switchLeader(scope);
    return waitFor(
      () =>
        [...this.told.values()].find(
          ({ seq, code, cluster }) =>
            !before.has(seq) && code === 'leader-changed' && cluster === idOf(scope),
        ),
      { timeoutMs: 15_000, everyMs: 10, what: `the next leader of ${scope}` },
    );
  }

  /** What the history answers; undefined where it refuses. */
  async ask<T>(name: string, wanted: object): Promise<T | undefined> {
    return ((await (await this.answer(name, wanted)).json()) as { result?: { data: T } }).result
      ?.data;
  }

  answer(name: string, wanted: object): Promise<Response> {
    const input = encodeURIComponent(JSON.stringify(wanted));
    return fetch(
      `http://127.0.0.1:${this.#port}/api/trpc/history.${name}?input=${input}`,
      signedIn(this.#sandbox.root),
    );
  }

  async kept(): Promise<readonly ClusterEvent[]> {
    return (await this.ask<EventsPage>('events', { limit: 500 }))?.events ?? [];
  }

  /** Waits until it is in the store, or on disk for it. */
  safe(event: ClusterEvent): Promise<unknown> {
    return waitFor(() => this.#isSafe(event), {
      timeoutMs: 15_000,
      everyMs: 5,
      what: 'the event to be safe',
    });
  }

  async #isSafe({ seq }: ClusterEvent): Promise<boolean> {
    const spool = join(this.folder, 'spool');
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
    return (await this.kept()).some((event) => event.seq === seq);
  }

  killStore(): void {
    const file = join(this.folder, 'postgres', 'postmaster.pid');
    const [pid] = readFileSync(file, 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
    this.#lostSince = this.history?.since ?? 0;
  }

  isKept(): Promise<unknown> {
    return waitFor(
      () => this.history?.state === 'ready' && this.history.since !== this.#lostSince,
      {
        timeoutMs: 45_000,
        what: () => `history to be kept: ${JSON.stringify(this.history)}, lost ${this.#lostSince}`,
      },
    );
  }

  /** All that was told is there: once, in order, as it was told, and can be seen again. */
  async endsInTheTruth(): Promise<void> {
    await waitFor(
      async () => {
        const seqs = new Set((await this.kept()).map(({ seq }) => seq));
        return [...this.told.keys()].every((seq) => seqs.has(seq));
      },
      { timeoutMs: 20_000, what: 'all of it to be kept' },
    );
    const events = await this.kept();
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
    const bySeq = new Map(events.map((event) => [event.seq, event]));
    for (const [seq, event] of this.told) expect(bySeq.get(seq)).toMatchObject(event);
    for (const scope of this.#scopes) await this.#isRebuilt(idOf(scope));
  }

  /** Whoever was told to lead is seen to at that moment, and was kept as the znode it was, once. */
  async #isRebuilt(cluster: string): Promise<void> {
    const led = [...this.told.values()].filter(
      (event) => event.cluster === cluster && event.code === 'leader-changed',
    );
    // Each waits for its ACL, which is nobody's hurry.
    const versions = await waitFor(
      async () => {
        const wanted = { cluster, name: 'leader', limit: 200 };
        const page = await this.ask<VersionsPage>('versions', wanted);
        const read = page?.versions.flatMap(({ znode }) => znode?.stat.mzxid ?? []) ?? [];
        return led.every(({ written }) => read.includes(written?.zxid ?? '')) ? read : null;
      },
      { timeoutMs: 20_000, what: 'every leader to be kept as a znode' },
    );
    expect(versions).toEqual([...new Set(versions)]);
    for (const { at, written } of led) {
      const wanted = { cluster, from: at, until: at + 1, buckets: 10 };
      const replay = await this.ask<Replay>('replay', wanted);
      const moment = replay && new Player(replay).moment(at);
      expect(moment).toMatchObject({ is: 'known', view: { leader: { czxid: written?.zxid } } });
    }
  }
}
