import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PatroniCluster, type Sandbox, startSandbox, waitFor } from '@/sandbox';
import { runningIn } from './adapters/store/embedded';
import { makeFolder, openStore, servers } from './adapters/store/store-for-tests';
import { systemClock } from './clock';

/** The audit as the product keeps it: processes of their own, killed at will, and what is left. */

let sandbox: Sandbox;
let cluster: PatroniCluster;
let above: string;
let folder: string;
let config: string;
let n = 0;
/** Of those who share a database. */
const SECRET = 'one secret for both of them, of 32 characters and more';
const running = new Set<ChildProcess>();

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-audit',
    profile: 'fast',
    ephemeral: true,
    clusters: [{ scope: 'ops' }],
  });
  cluster = sandbox.cluster('ops');
});
afterAll(() => sandbox?.down());

beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'howdah-audit-'));
  // PostgreSQL runs as another user than root, and has to get there.
  chmodSync(above, 0o711);
  folder = join(above, 'state');
  config = join(above, 'howdah.yaml');
  n += 1;
  configure({ folder });
});

function configure(store: object, more: object = {}) {
  const { user, password } = cluster.monitoring;
  const settings = {
    ensembles: [
      { connect: sandbox.connectString, namespaces: ['/service'], sessionTimeoutMs: 4000 },
    ],
    monitor: { user, password, sslmode: 'disable' },
    poll: { attendedMs: 500, idleMs: 1000, zookeeperMs: 1000 },
    root: `/howdah-${n}`,
    store,
    ...more,
  };
  // JSON is YAML too.
  writeFileSync(config, JSON.stringify(settings), { mode: 0o600 });
}
afterEach(async () => {
  for (const child of running) await kill(child, 'SIGTERM');
  rmSync(above, { recursive: true, force: true });
});

const environment = () => ({ ...process.env, HOWDAH_CONFIG: config, HOWDAH_SANDBOX: sandbox.root });

function start(what: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/act-for-tests.ts', what], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment(),
  });
  running.add(child);
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  const says = (word: string) =>
    waitFor(
      () =>
        said.find((line) => line.startsWith(word))?.split(' ')[1] ?? (said.includes(word) || null),
      {
        timeoutMs: 90_000,
        everyMs: 1,
        what: `"${word}" of a Howdah that said ${JSON.stringify(said.slice(-3))}`,
      },
    );
  const begun = () => said.flatMap((line) => (line.startsWith('begun ') ? [line.slice(6)] : []));
  return { child, says, begun };
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

async function howdah(...args: string[]) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'server/cli/main.ts', 'audit', ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(),
    },
  );
  const [out, said, [code]] = await Promise.all([
    ...[text(child.stdout), text(child.stderr)],
    once(child, 'exit'),
  ] as const);
  return { code, out, said };
}

interface Line {
  readonly id: string;
  readonly action: string;
  readonly result: string | null;
  readonly says: string;
  readonly cost: { readonly outageMs: number | null } | null;
}

async function exported(): Promise<Line[]> {
  const { code, out, said } = await howdah('export', '--format', 'jsonl');
  if (code !== 0) throw new Error(said);
  return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

/** As somebody does who may do anything to the store. */
async function tamper(...statements: string[]) {
  const client = new pg.Client((await runningIn(folder)) ?? {});
  await client.connect();
  await client.query(`set session_replication_role = 'replica'`);
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function rowsOf(id: string): Promise<string[]> {
  const client = new pg.Client((await runningIn(folder)) ?? {});
  await client.connect();
  const { rows } = await client.query('select kind from howdah.audit where act = $1 order by seq', [
    id,
  ]);
  await client.end();
  return rows.map(({ kind }) => kind);
}

/** What was noted of the anchor's beginning is in it, too. */
const ANCHORED =
  /^The audit is whole: (?:[3-9]|\d\d+) rows, from 1 to (\d+); anchored up to \1 at [^,]*\.\n$/;

const isAnchored = () =>
  waitFor(async () => ANCHORED.test((await howdah('verify')).out), {
    ...{ timeoutMs: 60_000, what: 'all of it to be anchored' },
  });

test('a Howdah killed between the intent and its outcome leaves a row that says so', async () => {
  const first = start('begin');
  const id = await first.says('begun');
  await kill(first.child, 'SIGKILL');
  const second = start('run');
  await second.says('ready');
  const act = await waitFor(async () => (await exported()).find((one) => one.id === id), {
    timeoutMs: 30_000,
    what: 'the act to be in the store',
  });
  expect(act).toMatchObject({
    ...{ action: 'Switchover', result: null, who: 'ann@example.org', cluster: 'ops' },
    says: 'No outcome is known: Howdah stopped, or it is still under way.',
  });
  await isAnchored();
  await kill(second.child, 'SIGTERM');
  // With no Howdah there its server is started for it.
  const { code, out, said } = await howdah('verify');
  expect([code, said]).toEqual([0, '']);
  expect(out).toMatch(ANCHORED);
}, 180_000);

test('with its store out of reach from the start, what is begun is on disk, and comes when it is back', async () => {
  configure({ folder, url: 'postgresql://howdah@127.0.0.1:1/howdah' });
  const first = start('begin without a store');
  const id = await first.says('begun');
  const spool = join(folder, 'audit-spool');
  const kept = readdirSync(spool).map((name) => readFileSync(join(spool, name), 'utf8'));
  expect(kept.join('')).toContain(id);
  expect(statSync(spool).mode & 0o777).toBe(0o700);
  await kill(first.child, 'SIGKILL');
  configure({ folder });
  const second = start('run');
  await second.says('ready');
  await waitFor(async () => (await exported()).some((one) => one.id === id), {
    ...{ timeoutMs: 30_000, what: 'the act to be in the store' },
  });
  await waitFor(() => readdirSync(spool).length === 0, {
    ...{ timeoutMs: 30_000, what: 'nothing to wait' },
  });
}, 180_000);

test('a switchover whose Howdah is killed is ended in the audit by the next one, once', async () => {
  await cluster.waitHealthy(60_000);
  const first = start('switchover');
  const id = String(await first.says('recorded'));
  await kill(first.child, 'SIGKILL');
  const second = start('run');
  await second.says('ready');
  const ended = await waitFor(
    async () => (await exported()).find((one) => one.id === id && one.result !== null),
    { timeoutMs: 90_000, everyMs: 500, what: 'its end' },
  );
  // Whether Patroni had been asked by then is seen; nothing is made up.
  expect(['done', 'failed']).toContain(ended.result);
  expect(ended.says).toMatch(/leads ops|nothing was done|Nothing came of it|dropped/);
  expect(await rowsOf(id)).toEqual(['intent', 'resolution']);
  await kill(second.child, 'SIGTERM');
  const third = start('run');
  await third.says('ready');
  expect(await rowsOf(id)).toEqual(['intent', 'resolution']);
  expect((await howdah('verify')).code).toBe(0);
}, 240_000);

test('whatever was begun is there, in order, though PostgreSQL and then Howdah are killed', async () => {
  const first = start('on and on');
  await first.says('begun');
  let killed = '';
  for (let times = 0; times < 2; times += 1) {
    const before = first.begun().length;
    // What was killed leaves its file behind until the next one has begun.
    killed = await waitFor(
      () => {
        const [pid] = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
        return pid === killed ? null : pid;
      },
      { timeoutMs: 60_000, what: 'another PostgreSQL' },
    );
    process.kill(Number(killed), 'SIGKILL');
    await waitFor(() => first.begun().length > before + 100, {
      ...{ timeoutMs: 60_000, what: 'more to be begun meanwhile' },
    });
    await waitFor(async () => (await runningIn(folder).catch(() => null)) !== null, {
      ...{ timeoutMs: 60_000, what: 'its PostgreSQL to be back' },
    });
  }
  await kill(first.child, 'SIGKILL');
  const begun = first.begun();
  const second = start('run');
  await second.says('ready');
  const there = await waitFor(
    async () => {
      const ids = (await exported()).map(({ id }) => id);
      return ids.includes(begun.at(-1) ?? '') ? ids.toReversed() : null;
    },
    { timeoutMs: 60_000, what: 'the last of it' },
  );
  const told = new Set(begun);
  expect(there.filter((id) => told.has(id))).toEqual(begun);
  await isAnchored();
}, 240_000);

test('two Howdahs over one PostgreSQL keep one chain and one anchor, also when both are killed', async () => {
  const storeFolder = makeFolder();
  const store = openStore(storeFolder, servers[1]?.programs, systemClock);
  try {
    await waitFor(() => store.database.health.state === 'ready', {
      ...{ timeoutMs: 30_000, what: 'a PostgreSQL' },
    });
    // Its turn is for those who are tested.
    store.database.close();
    const host = encodeURIComponent(store.config.host ?? '');
    const url = `postgres://howdah@localhost:5432/postgres?host=${host}`;
    const as = (name: string) => configure({ folder: join(above, name), url }, { secret: SECRET });
    const begin = async (name: string, what: string) => {
      as(name);
      const howdah = start(what);
      await howdah.says(what === 'run' ? 'ready' : 'begun');
      return howdah;
    };
    const both = [await begin('one', 'on and on'), await begin('two', 'on and on')];
    const counts = both.map((one) => one.begun().length);
    await waitFor(() => both.every((one, at) => one.begun().length > (counts[at] ?? 0) + 100), {
      ...{ timeoutMs: 60_000, what: 'both to begin more' },
    });
    for (const { child } of both) await kill(child, 'SIGKILL');
    for (const name of ['one', 'two']) await begin(name, 'run');
    await isAnchored();
    const ids = await waitFor(
      async () => {
        const there = (await exported()).map(({ id }) => id).toReversed();
        return both.every(({ begun }) => there.includes(begun().at(-1) ?? '')) ? there : null;
      },
      { timeoutMs: 60_000, what: 'the last of both' },
    );
    for (const { begun } of both) {
      const told = new Set(begun());
      expect(ids.filter((id) => told.has(id))).toEqual(begun());
    }
    for (const child of running) await kill(child, 'SIGTERM');
  } finally {
    store.close();
    rmSync(join(storeFolder, '..'), { recursive: true, force: true });
  }
}, 240_000);

test('what is altered, removed or cut off by SQL is found, and said in words', async () => {
  const first = start('begin');
  const id = await first.says('begun');
  await waitFor(async () => (await exported()).some((one) => one.id === id), {
    ...{ timeoutMs: 30_000, what: 'the act to be in the store' },
  });
  await isAnchored();
  const verified = async (...args: string[]) => {
    const { code, out } = await howdah('verify', ...args);
    // No digest is set here.
    const isOpen = (line: string) => line.startsWith('Anybody who reaches ZooKeeper may write');
    const lines = out.trimEnd().split('\n').slice(1);
    return { code, lines: lines.filter((line) => !isOpen(line)) };
  };
  const where = `where act = '${id}'`;
  await tamper(`update howdah.audit set entry = replace(entry, 'a test', 'a lie') ${where}`);
  expect(await verified()).toEqual({
    ...{
      code: 1,
      lines: [expect.stringMatching(/^Row \d+ does not fit: it.* has been altered\.$/)],
    },
  });
  await tamper(`update howdah.audit set entry = replace(entry, 'a lie', 'a test') ${where}`);
  expect((await verified()).code).toBe(0);
  await tamper(`create table public.kept as select seq, chain, entry, hash from howdah.audit`);
  const back = 'insert into howdah.audit select * from public.kept on conflict do nothing';
  await tamper('delete from howdah.audit where seq = 1');
  expect(await verified()).toEqual({ code: 1, lines: ['Row 1 is missing.'] });
  await tamper(back, 'delete from howdah.audit where seq = (select max(seq) from howdah.audit)');
  expect((await verified('--no-anchor')).code).toBe(0);
  // The Howdah that runs may have found it by now, and begun anew.
  const cutOff = await verified();
  expect(cutOff.code).toBe(1);
  expect(cutOff.lines).toContainEqual(
    expect.stringMatching(/^Row \d+ is cut off: row \d+ was anchored at/),
  );
  // A Howdah that goes on finds it too, says so in the audit, and begins anew.
  await kill(first.child, 'SIGTERM');
  const second = start('begin');
  await second.says('begun');
  const found = await waitFor(
    async () => (await exported()).find(({ action }) => action === 'Audit found broken'),
    { timeoutMs: 30_000, what: 'it to be found' },
  );
  expect(found.says).toMatch(/^Row \d+ had been anchored at .*, and is (gone|another one now)\.$/);
  const after = await verified();
  expect(after.code).toBe(1);
  expect(after.lines.join('\n')).toMatch(/The chain was begun anew at row \d+: Row \d+ had been/);
}, 240_000);

test('commands that make no sense, and a store without an audit, are told in a sentence', async () => {
  const cases: [string[], number, string][] = [
    [[], 2, 'Say what to do with the audit.'],
    [['sell'], 2, 'There is no command "audit sell".'],
    [['verify', 'all'], 2, '"all" is one too many.'],
    [['verify', '--format', 'csv'], 2, '--format does not go with verify.'],
    [['export'], 2, 'Say --format csv or --format jsonl.'],
    [['export', '--format', 'csv', '--from', 'soon'], 2, '"soon" is no time.'],
    [['export', '--format', 'csv', '--cluster', 'ops'], 2, '"ops" is no cluster\'s id.'],
    [['verify'], 1, `There is no history in ${folder}`],
  ];
  for (const [args, wanted, says] of cases) {
    const { code, out, said } = await howdah(...args);
    expect([args, code, out]).toEqual([args, wanted, '']);
    expect(said).toContain(says);
  }
  expect((await howdah('--help')).out).toContain('howdah audit export');
}, 60_000);
