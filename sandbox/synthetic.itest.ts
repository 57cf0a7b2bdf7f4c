import { afterAll, beforeAll, expect, test } from 'vitest';
import { fourLetter } from './four-letter';
import { type Sandbox, startSandbox, startSynthetic, waitFor } from './index';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-synthetic',
    profile: 'fast',
    ephemeral: true,
    clusters: [],
  });
});

afterAll(() => sandbox?.down());

const znodes = async () =>
  Number(
    /Node count: (\d+)/.exec(
      (await fourLetter(sandbox.zookeeper[0]?.port ?? 0, 'srvr')) ?? '',
    )?.[1],
  );

test('a synthetic fleet is written, churns, changes leaders and is removed', async () => {
  const before = await znodes();
  const fleet = await startSynthetic({
    connectString: sandbox.connectString,
    namespace: '/synthetic/',
    clusters: 600,
    churnPerSecond: 500,
  });
  await waitFor(async () => (await znodes()) > before + 600 * 9, {
    timeoutMs: 5_000,
    what: 'all znodes',
  });
  const leader = '/synthetic/synthetic-0600/leader';
  const [first, second] = await sandbox.sessions();
  expect([...(first?.ephemerals ?? []), ...(second?.ephemerals ?? [])]).toContain(leader);
  await fleet.switchLeader('synthetic-0600');
  await waitFor(() => fleet.stats().writes > 500, { timeoutMs: 10_000, what: '500 writes' });
  expect(fleet.stats().failures).toBe(0);
  await fleet.stop();
  await waitFor(async () => (await znodes()) === before, {
    timeoutMs: 5_000,
    what: 'no znode to be left',
  });
});
