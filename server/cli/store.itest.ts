import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seesAll } from '@/lib/access/sight';
import { waitFor } from '@/sandbox';
import { lockFolder } from '../adapters/store/folder-lock';
import { PostgresStore } from '../adapters/store/store';
import { makeFolder, openStore } from '../adapters/store/store-for-tests';
import { systemClock } from '../clock';

const folder = makeFolder();
const elsewhere = makeFolder();
const fresh = makeFolder();
const file = join(folder, '..', 'backup');
const lockFile = join(folder, 'howdah.pid');
afterAll(() => {
  for (const each of [folder, elsewhere, fresh])
    rmSync(join(each, '..'), { recursive: true, force: true });
});

/** The command as a process of its own, from its sources. */
async function howdah(args: readonly string[], settings: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/cli/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOWDAH_STORE_FOLDER: folder, ...settings },
  });
  const [out, said, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, out, said };
}

/** As a Howdah that keeps its history there. */
function startHowdah() {
  const lock = lockFolder(folder);
  const opened = openStore(folder, undefined, systemClock);
  return {
    opened,
    store: new PostgresStore(opened.database),
    ready: () =>
      waitFor(() => opened.database.health.state === 'ready', {
        timeoutMs: 30_000,
        what: () => `the store: ${opened.database.health.says}`,
      }),
    end: async () => {
      opened.database.close();
      await opened.server.end();
      lock.release();
    },
  };
}

const anEvent = (seq: number, at: number) => ({
  ...{ seq, at, cluster: 'main~.2Fservice~orders', code: 'leader-changed' as const },
  ...{ member: 'pg-a', says: `${seq}` },
});

describe('a command', () => {
  test.each([
    [[], 'Say what to do.'],
    [['shop'], 'There is no group "shop".'],
    [['toString'], 'There is no group "toString".'],
    [['store'], 'Say what to do with the store.'],
    [['store', 'sell'], 'There is no command "store sell".'],
    [['store', 'backup'], 'Name the file.'],
    [['store', 'backup', 'a', 'b'], '"b" is one too many.'],
    [['store', 'stats', '--xml'], "Unknown option '--xml'."],
    [['store', 'restore', 'a', '--yes'], '--yes goes with --replace.'],
  ])('that makes no sense is told in one sentence, and how it would: %j', async (args, says) => {
    const { code, out, said } = await howdah(args);
    const [first, second, third] = said.split('\n');
    expect([code, out, first, second]).toEqual([2, '', says, '']);
    expect(third).not.toBe('');
    expect(said).toContain('\nhowdah ');
  });

  test('says how it is used when it is asked', async () => {
    const { code, out } = await howdah(['store', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('howdah store restore FILE');
  });

  test.each([
    [['store', 'stats'], {}, /^There is no history in .*\n$/],
    [['store', 'stats'], { HOWDAH_STORE: 'none' }, /^Howdah was told to keep no history .*\n$/],
    [['store', 'stats'], { DATABASE_URL: 'postgresql://127.0.0.1:1/x' }, /ECONNREFUSED.*\n$/],
    [['store', 'restore', '/none'], {}, /^There is no file \/none\.\n$/],
    [['store', 'restore', 'package.json'], {}, /package\.json is not a backup of Howdah\.\n$/],
    [['store', 'backup', '/none/x'], {}, /^There is no folder \/none\.\n$/],
  ])('that fails says why in one sentence: %j %j', async (args, settings, says) => {
    const { code, out, said } = await howdah(args, settings);
    expect([code, out]).toEqual([1, '']);
    expect(said).toMatch(says);
    expect(said.trimEnd()).not.toContain('\n');
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
  });

  test('refuses a setting that is wrong as Howdah does', async () => {
    const { code, said } = await howdah(['store', 'stats'], { HOWDAH_STORE: 'nowhere' });
    expect(code).toBe(2);
    expect(said).toContain('HOWDAH_STORE');
  });
});

describe('while Howdah runs', () => {
  let running: ReturnType<typeof startHowdah>;
  const now = Date.now();

  beforeAll(async () => {
    running = startHowdah();
    await running.ready();
    await running.store.write([
      anEvent(1, Date.UTC(2020, 0, 5)),
      anEvent(2, now - 7_200_000),
      anEvent(3, now),
    ]);
  });
  afterAll(() => running.end());

  test('stats say how much there is, for machines and for people', async () => {
    const { code, out } = await howdah(['store', 'stats', '--json']);
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ budgetBytes: null, spool: { files: 0, bytes: 0 } });
    expect(report.server).toMatch(/^PostgreSQL 18\..*, embedded in /);
    const names = report.kinds.map(({ kind }: { kind: string }) => kind);
    expect(names.slice(0, 5)).toEqual(['events', 'samples', '10s', '1m', '1h']);
    expect(names.at(-1)).toBe('others');
    expect(report.kinds[0]).toMatchObject({ rows: 3, oldest: Date.UTC(2020, 0, 5), newest: now });
    expect(report.kinds[0].bytesPerDay).toBeGreaterThan(0);
    const sum = report.kinds.reduce((all: number, { bytes }: { bytes: number }) => all + bytes, 0);
    expect(sum).toBe(report.bytes);
    const table = (await howdah(['store', 'stats'])).out;
    expect(table).toMatch(/^events +3 +\d+ kB +\d+ kB +2020-01-05 00:00 +20/m);
    expect(table).toMatch(/^Budget: none/m);
  });

  test('all of it is backed up, and it runs on', async () => {
    const { code, out, said } = await howdah(['store', 'backup', file]);
    expect([code, said]).toEqual([0, '']);
    expect(out).toMatch(/backup has all of the history: \d/);
    expect(statSync(file).size).toBeGreaterThan(100);
    expect((await howdah(['store', 'backup', file])).said).toContain('exists already');
    expect((await howdah(['store', 'backup', file, '--force'])).code).toBe(0);
    await running.store.write([anEvent(4, now)]);
  });

  test('it has its store to itself: nothing is restored', async () => {
    const byFolder = await howdah(['store', 'restore', file, '--replace', '--yes']);
    expect(byFolder.code).toBe(1);
    expect(byFolder.said).toContain(`in use by another Howdah (process ${process.pid})`);
    const DATABASE_URL = `postgresql://howdah@${encodeURIComponent(join(folder, 'run'))}/postgres`;
    const byTurn = await howdah(['store', 'restore', file, '--replace', '--yes'], { DATABASE_URL });
    expect(byTurn.code).toBe(1);
    expect(byTurn.said).toMatch(/written to by another Howdah \(connected since .* process \d+/);
    expect((await running.store.events({ limit: 9 }, seesAll)).events).toHaveLength(4);
  });

  test('what is too old is dropped beside it', async () => {
    const { code, out } = await howdah(['store', 'prune']);
    expect(code).toBe(0);
    expect(out).toBe('event_2020_01 is dropped: it was older than it is kept for.\n');
    expect((await howdah(['store', 'prune'])).out).toBe('There was nothing to drop.\n');
    const rows = await running.opened.sql('select entry from howdah.audit order by seq');
    expect(rows.map(({ entry }) => JSON.parse(entry))).toMatchObject([
      { kind: 'intent', action: 'store-pruned', actor: { kind: 'command' } },
      { result: 'done', says: 'Dropped: event_2020_01.' },
      { action: 'store-pruned' },
      { result: 'done', says: 'There was nothing to drop.' },
    ]);
    expect((await running.store.events({ limit: 9 }, seesAll)).events).toHaveLength(3);
  });
});

describe('in a PostgreSQL of its own', () => {
  test('a database without a history is left as it is, until one is restored into it', async () => {
    const server = openStore(elsewhere, undefined, systemClock);
    await waitFor(() => server.database.health.state === 'ready', {
      ...{ timeoutMs: 30_000, what: 'the server' },
    });
    await server.sql('create database mine');
    const host = encodeURIComponent(join(elsewhere, 'run'));
    const settings = { DATABASE_URL: `postgresql://howdah@${host}/mine` };
    for (const command of ['stats', 'prune']) {
      const { code, said } = await howdah(['store', command], settings);
      expect([code, said]).toEqual([1, expect.stringContaining('There is no history at')]);
    }
    expect((await howdah(['store', 'backup', `${file}.none`], settings)).code).toBe(1);
    expect(existsSync(`${file}.none`)).toBe(false);
    const restored = await howdah(['store', 'restore', file], settings);
    expect([restored.code, restored.said]).toEqual([0, '']);
    const { out } = await howdah(['store', 'stats', '--json'], settings);
    expect(JSON.parse(out).kinds[0]).toMatchObject({ kind: 'events', rows: 3 });
    server.database.close();
    await server.server.end();
  });
});

describe('while no Howdah runs', () => {
  const pidFile = (of: string) => join(of, 'postgres', 'postmaster.pid');

  test('its server is started for as long as it takes', async () => {
    const { code, out } = await howdah(['store', 'backup', `${file}.second`]);
    expect([code, out]).toEqual([0, expect.stringContaining('has all of the history')]);
    expect(existsSync(pidFile(folder))).toBe(false);
    expect(existsSync(lockFile)).toBe(false);
  });

  test('what there is is not replaced, unless it is said twice', async () => {
    const plain = await howdah(['store', 'restore', file]);
    expect([plain.code, plain.said]).toEqual([1, expect.stringContaining('is not empty')]);
    const once = await howdah(['store', 'restore', file, '--replace']);
    expect(once.code).toBe(1);
    expect(once.said).toMatch(
      /would be lost \(3 events, .* others; .* since 20.*\): add --yes to do it/,
    );
    const damaged = `${file}.damaged`;
    writeFileSync(damaged, readFileSync(file).subarray(0, -9));
    const cut = await howdah(['store', 'restore', damaged, '--replace', '--yes']);
    expect([cut.code, cut.said]).toEqual([1, expect.stringContaining('is cut off')]);
    const rows = async () =>
      JSON.parse((await howdah(['store', 'stats', '--json'])).out).kinds[0].rows;
    expect(await rows()).toBe(3);
    const twice = await howdah(['store', 'restore', file, '--replace', '--yes']);
    // What takes longer than a second says how far it is.
    expect([twice.code, twice.said]).toEqual([0, expect.stringMatching(/^(Restoring: .*\s+)*$/)]);
    expect(await rows()).toBe(3);
    // In the chain that was restored, with how far the one went that is gone.
    const told = await howdah(['audit', 'export', '--format', 'jsonl']);
    const acts = told.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(acts.at(-1)).toMatchObject({
      ...{ action: 'Store restored from a backup', result: 'done' },
      detail: { file: basename(file), before: { rows: { events: 3 }, audit: { seq: 4 } } },
    });
    expect(existsSync(pidFile(folder))).toBe(false);
  });

  test('history moves to where there is none yet', async () => {
    const settings = { HOWDAH_STORE_FOLDER: join(fresh, 'below') };
    const { code, out } = await howdah(['store', 'restore', `${file}.second`], settings);
    expect(code).toBe(0);
    expect(out).toMatch(/^History is as it was at 20.*: \d+ rows\.\n$/);
    const report = JSON.parse((await howdah(['store', 'stats', '--json'], settings)).out);
    expect(report.kinds[0].rows).toBe(3);
  });

  test('Ctrl-C ends the server that was started, too', async () => {
    // Whenever it comes: as the lock is taken, as the server begins, or as it answers.
    const since: (() => boolean)[] = [
      () => existsSync(lockFile),
      () => existsSync(pidFile(folder)),
      () => existsSync(join(folder, 'run', '.s.PGSQL.5432')),
    ];
    for (const [n, reached] of since.entries()) {
      const third = `${file}.third-${n}`;
      const args = ['--import', 'tsx', 'server/cli/main.ts', 'store', 'backup', third];
      const child = spawn(process.execPath, args, {
        ...{ stdio: 'ignore', env: { ...process.env, HOWDAH_STORE_FOLDER: folder } },
      });
      const exit = once(child, 'exit');
      const isDone = () => child.exitCode !== null;
      await waitFor(() => reached() || isDone(), {
        timeoutMs: 20_000,
        everyMs: 2,
        what: 'its beginning',
      });
      child.kill('SIGINT');
      const [code] = await exit;
      // It may have been quicker than the signal; it leaves nothing behind in either case.
      expect([code, existsSync(third)]).toEqual(code === 0 ? [0, true] : [1, false]);
      expect(existsSync(pidFile(folder))).toBe(false);
      expect(existsSync(lockFile)).toBe(false);
      const left = readdirSync(join(folder, '..')).filter((name) => name.endsWith('.new'));
      expect(left).toEqual([]);
    }
  });
});
