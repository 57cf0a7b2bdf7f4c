import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox, startSynthetic, waitFor } from '@/sandbox';
import { Recorded } from './recorded-for-tests';

/** A disk that is really full: a small file system of its own, which only root may mount. */

const SCOPES = ['synthetic-0001', 'synthetic-0002'];
let sandbox: Sandbox;
let synthetic: Awaited<ReturnType<typeof startSynthetic>>;
let disk: string;

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'soak-full-disk',
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
  disk = mkdtempSync(join(tmpdir(), 'howdah-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=260m,mode=0711', 'tmpfs', disk]);
}, 120_000);
afterAll(async () => {
  await synthetic?.stop();
  await sandbox?.down();
  // Its PostgreSQL may still be ending.
  execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true });
});

/** Takes all the room there is. @returns the file to remove. */
function fill(): string {
  const path = join(disk, 'ballast');
  const file = openSync(path, 'w');
  for (const size of [2 ** 20, 4096, 1]) {
    const block = Buffer.alloc(size);
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
  closeSync(file);
  return path;
}

test('while the disk is full nothing is lost, and all is written once there is room again', async () => {
  const folder = join(disk, 'state');
  mkdirSync(folder);
  chmodSync(folder, 0o711);
  const recorded = new Recorded(folder, { sandbox, synthetic, scopes: SCOPES });
  await recorded.start();
  await recorded.isKept();
  for (let round = 0; round < 3; round += 1) {
    await recorded.switchLeader('synthetic-0001');
    const ballast = fill();
    for (let n = 0; n < 20; n += 1) await recorded.switchLeader(SCOPES[n % 2] ?? '');
    // Not the moment that everything waits: neither disk nor store takes any of it.
    await waitFor(() => (recorded.history?.waiting?.records ?? 0) > 40, {
      timeoutMs: 60_000,
      what: 'what has happened to wait',
    });
    rmSync(ballast);
    // What was told of it is the last word; nothing more need change.
    await recorded.switchLeader('synthetic-0002');
    await waitFor(async () => (await recorded.kept()).length >= recorded.told.size, {
      timeoutMs: 90_000,
      what: 'all of it to be kept',
    });
  }
  expect(recorded.history?.losing).toBeNull();
  await recorded.endsInTheTruth();
  await recorded.stop('SIGTERM');
}, 400_000);
