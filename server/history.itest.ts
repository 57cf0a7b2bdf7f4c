import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { HistoryTold } from '@/lib/history/history';
import { freePort, type Sandbox, signedIn, startSandbox, startSynthetic, waitFor } from '@/sandbox';
import { answers, listen, Recorded } from './recorded-for-tests';

/** History as the product keeps it: its own process, its own PostgreSQL, both killed at will. */

let sandbox: Sandbox;
let synthetic: Awaited<ReturnType<typeof startSynthetic>>;
let above: string;
let recorded: Recorded;

const SCOPES = ['synthetic-0001', 'synthetic-0002'];

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
});
afterAll(async () => {
  await synthetic?.stop();
  await sandbox?.down();
});

beforeEach(async () => {
  above = mkdtempSync(join(tmpdir(), 'howdah-history-'));
  // PostgreSQL runs as another user than root, and has to get there.
  chmodSync(above, 0o711);
  recorded = new Recorded(join(above, 'state'), { sandbox, synthetic, scopes: SCOPES });
  await recorded.start();
});
afterEach(async () => {
  await recorded.stop('SIGTERM');
  rmSync(above, { recursive: true, force: true });
});

test('what is told is kept once and in order, though its PostgreSQL is killed again and again', async () => {
  await recorded.isKept();
  for (let n = 0; n < 4; n += 1) {
    await recorded.switchLeader(SCOPES[n % 2] ?? '');
    recorded.killStore();
    await recorded.switchLeader(SCOPES[(n + 1) % 2] ?? '');
    await recorded.switchLeader(SCOPES[n % 2] ?? '');
    await recorded.isKept();
  }
  await recorded.endsInTheTruth();
}, 120_000);

test('what was safe is kept though Howdah is killed, with its PostgreSQL away or not', async () => {
  await recorded.isKept();
  for (const storeAway of [false, true, false, true]) {
    if (storeAway) recorded.killStore();
    const last = await recorded.switchLeader('synthetic-0001');
    await recorded.safe(last);
    await recorded.stop('SIGKILL');
    // What came in the last moments may have been told and not been safe yet: its promise is less.
    for (const seq of recorded.told.keys()) if (seq > last.seq) recorded.told.delete(seq);
    await recorded.start();
    await recorded.isKept();
  }
  await recorded.endsInTheTruth();
}, 120_000);

test('is asked for while it is away, and says so', async () => {
  await recorded.isKept();
  await recorded.stop('SIGTERM');
  await recorded.start();
  await recorded.isKept();
  recorded.killStore();
  const refused = await waitFor(
    async () => {
      const answer = await recorded.answer('events', { limit: 1 });
      return answer.status === 503
        ? ((await answer.json()) as { error: { message: string } })
        : null;
    },
    { timeoutMs: 10_000, everyMs: 1, what: 'a refusal' },
  );
  expect(refused.error.message).toMatch(/\.$/);
  await recorded.isKept();
}, 60_000);

test('a second Howdah on the same folder watches all the same, and says whose history it is', async () => {
  await recorded.isKept();
  const at = await freePort();
  const second = recorded.spawn(at);
  const stopped = new AbortController();
  let view: HistoryTold | null = null;
  try {
    await answers(at);
    void listen(at, SCOPES, {
      ...{ signal: stopped.signal, headers: signedIn(sandbox.root).headers },
      hear: (frame) => {
        if (frame.type === 'history') view = frame.history;
      },
    }).catch(() => {});
    const said = await waitFor(() => (view?.state === 'away' ? view.says : null), {
      timeoutMs: 15_000,
      what: 'the second to say so',
    });
    expect(said).toContain(`in use by another Howdah (process ${recorded.pid})`);
    await recorded.stop('SIGTERM');
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
