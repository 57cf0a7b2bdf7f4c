import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '@/lib/errors';
import { absentClusters, type Registration, register, type Sandbox, startSandbox } from '@/sandbox';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';
import { haproxy } from './haproxy';
import { USAGE } from './haproxy-options';

/** The command as an operator calls it, on a real ensemble; its members are only said to be there. */

const folder = mkdtempSync(join(tmpdir(), 'howdah-cli-haproxy-'));
const file = join(folder, 'haproxy.cfg');
let sandbox: Sandbox;
let session: ZooKeeperSession;
let registration: Registration;
let said = '';

const put = (path: string, text: string) => session.create(path, Buffer.from(text));
const member = (name: string, host: string, restHost = host) =>
  JSON.stringify({
    conn_url: `postgres://${host}:5432/postgres`,
    api_url: `https://${restHost}:8008/patroni`,
    state: 'running',
    role: 'replica',
    name,
  });

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-cli-haproxy',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [],
  });
  registration = await register(
    sandbox.connectString,
    absentClusters('c', { clusters: 2, members: 2 }),
  );
  session = await openConnected({
    connect: sandbox.connectString,
    timeoutMs: 10_000,
    patienceMs: 10_000,
  });
  for (const path of ['/elsewhere', '/elsewhere/c-1', '/elsewhere/c-1/members']) {
    await put(path, '');
  }
  await put('/elsewhere/c-1/members/six', member('six', '[fd00::6]'));
  for (const path of ['/citus', '/citus/big', '/citus/big/0', '/citus/big/0/members']) {
    await put(path, '');
  }
  await put('/citus/big/0/members/zwölf 12', member('zwölf 12', '10.0.0.12'));
  for (const path of ['/broken', '/broken/none', '/broken/none/members', '/broken/odd']) {
    await put(path, '');
  }
  await put('/broken/odd/members', '');
  await put('/broken/odd/members/m', member('m', 'a%0alisten%20evil', '10.0.0.1'));
  for (const path of ['/broken/words', '/broken/words/members']) await put(path, '');
  await put('/broken/words/members/m', 'nothing');
  for (const path of ['/howdah', '/howdah/routing']) await put(path, '');
  await put('/howdah/routing/prod~.2Fservice~c-2', '{"v":1,"leaderReads":"never"}');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  session?.close();
  registration?.close();
  await sandbox?.down();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** As if that were all that Howdah is configured to watch. */
function watching(namespaces: readonly string[]): void {
  const path = join(folder, 'howdah.yaml');
  const ensembles = [{ name: 'prod', connect: sandbox.connectString, namespaces }];
  writeFileSync(path, JSON.stringify({ ensembles }));
  vi.stubEnv('HOWDAH_CONFIG', path);
}
const lines = () => said.split('\n').map((line) => line.trim());
const wrong = (args: string[], says: string) => expect(haproxy(args)).rejects.toThrow(says);

test('all clusters are routed in the order of their names, as their policies say', async () => {
  watching(['/service', '/citus']);
  await haproxy(['config', '--agent', '[::1]:8018', '--ca', '/etc/ssl/certs/ca-certificates.crt']);
  expect(lines().filter((line) => /^(listen|bind|option httpchk)/.test(line))).toEqual([
    ...['listen prod:.2Fcitus:big:0:write', 'bind 127.0.0.1:5000', 'option httpchk GET /primary'],
    ...['listen prod:.2Fcitus:big:0:read', 'bind 127.0.0.1:5001', 'option httpchk GET /read-only'],
    ...['listen prod:.2Fservice:c-1:write', 'bind 127.0.0.1:5010', 'option httpchk GET /primary'],
    ...['listen prod:.2Fservice:c-1:read', 'bind 127.0.0.1:5011', 'option httpchk GET /read-only'],
    ...['listen prod:.2Fservice:c-2:write', 'bind 127.0.0.1:5020', 'option httpchk GET /primary'],
    ...['listen prod:.2Fservice:c-2:read', 'bind 127.0.0.1:5021', 'option httpchk GET /replica'],
    'bind 127.0.0.1:7000',
  ]);
  expect(said).toContain('server c-1-1 127.77.0.11:5432 check port 8008\n');
  expect(said).toContain('server zw:C3:B6lf:2012 10.0.0.12:5432 check port 8008 check-ssl verify');
  expect(lines().at(-2)).toBe(
    "# Made by: npm run howdah -- haproxy config --agent '[::1]:8018' --ca /etc/ssl/certs/ca-certificates.crt",
  );
});

test('what is written is what HAProxy takes, and nothing is written over', async () => {
  watching(['/service', '/citus', '/elsewhere']);
  const args = ['config', 'prod~.2Felsewhere~c-1', 'big/0', 'c-2', '--out', file, '--bind', '*'];
  await haproxy([...args, '--leader-reads', 'always', '--user', 'none']);
  expect(said).toBe(
    'big/0: writes at 5000, reads at 5001, 1 member\n' +
      'c-1: writes at 5010, reads at 5011, 1 member\n' +
      'c-2: writes at 5020, reads at 5021, 2 members\n',
  );
  const { stderr } = await promisify(execFile)('haproxy', ['-c', '-f', file]);
  expect(stderr).not.toMatch(/ALERT/);
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('/replica');
  expect(text).toContain('server six [fd00::6]:5432');
  expect(text).toMatch(
    /# Made by: .* config prod~.2Felsewhere~c-1 big\/0 c-2 --bind '\*' --leader-reads always --user none\n$/,
  );
  await wrong(args, `${file} is there already: name another, or replace it by --force.`);
  expect(readFileSync(file, 'utf8')).toBe(text);
  await haproxy([...args, '--force', '--agent', 'none']);
  expect(readFileSync(file, 'utf8')).not.toContain('agent-check');
});

/** Who listens where, of that text. */
const listeners = (text: string) =>
  [...text.matchAll(/^listen (\S+)\n {2}bind (\S+)$/gm)].map(([, who, where]) => `${who} ${where}`);

test('when the file is made anew, whoever is in it keeps its ports', async () => {
  const kept = join(folder, 'kept.cfg');
  const link = join(folder, 'link.cfg');
  const config = (...more: string[]) => ['config', '--out', link, ...more];
  watching(['/service']);
  await haproxy(['config', '--out', kept, '--bind', '*', '--stats-port', '5030']);
  symlinkSync(kept, link);
  chmodSync(kept, 0o644);
  const before = listeners(readFileSync(kept, 'utf8'));
  expect(before).toEqual([
    'prod:.2Fservice:c-1:write *:5000',
    'prod:.2Fservice:c-1:read *:5001',
    'prod:.2Fservice:c-2:write *:5010',
    'prod:.2Fservice:c-2:read *:5011',
  ]);
  // One comes that is before them by name, and gets the next pair but for that of statistics.
  watching(['/citus', '/service', '/elsewhere']);
  await haproxy(config('--force', '--stats-port', '5020'));
  const grown = readFileSync(kept, 'utf8');
  expect(listeners(grown)).toEqual([
    ...['prod:.2Fcitus:big:0:write *:5030', 'prod:.2Fcitus:big:0:read *:5031'],
    ...['prod:.2Felsewhere:c-1:write *:5040', 'prod:.2Felsewhere:c-1:read *:5041'],
    ...before,
  ]);
  expect(grown).not.toContain('--force');
  expect(statSync(kept).mode & 0o777).toBe(0o644);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  // One goes, and nobody moves up.
  watching(['/citus', '/service']);
  await haproxy(config('--force', 'c-2', 'big/0', '--stats-port', '5020'));
  expect(listeners(readFileSync(kept, 'utf8'))).toEqual([
    ...['prod:.2Fcitus:big:0:write *:5030', 'prod:.2Fcitus:big:0:read *:5031'],
    ...before.slice(2),
  ]);
  // By a file that is only named, too.
  said = '';
  await haproxy(['config', '--keep-ports-of', kept, '--bind', '*', '--step', '10']);
  expect(listeners(said)).toEqual([
    ...['prod:.2Fcitus:big:0:write *:5030', 'prod:.2Fcitus:big:0:read *:5031'],
    ...before,
  ]);
  expect(said).not.toContain('--keep-ports-of');
});

test('options by which a cluster would move are refused, unless it is to', async () => {
  const moved = join(folder, 'moved.cfg');
  const config = (...more: string[]) => ['config', '--out', moved, ...more, '--force'];
  const fromHere = `in ${moved}, and by these options at`;
  const leave = 'leave them out to keep it there, or say --move-ports.';
  watching(['/service']);
  await haproxy(config());
  const text = readFileSync(moved, 'utf8');
  await wrong(
    config('--write-port', '6000'),
    `c-1 has its writes at 127.0.0.1:5000 ${fromHere} 127.0.0.1:6000: ${leave}`,
  );
  await wrong(
    config('--read-port', '5002'),
    `c-1 has its reads at 127.0.0.1:5001 ${fromHere} 127.0.0.1:5002: ${leave}`,
  );
  await wrong(
    config('--step', '20'),
    `c-2 has its writes at 127.0.0.1:5010 ${fromHere} 127.0.0.1:5020: ${leave}`,
  );
  await wrong(
    config('--bind', '*'),
    `c-1 has its writes at 127.0.0.1:5000 ${fromHere} *:5000: ${leave}`,
  );
  expect(readFileSync(moved, 'utf8')).toBe(text);
  await haproxy(config('--write-port', '5000', '--read-port', '5001', '--step', '10'));
  expect(listeners(readFileSync(moved, 'utf8'))).toEqual(listeners(text));
  await haproxy(config('--write-port', '6000', '--move-ports'));
  expect(readFileSync(moved, 'utf8')).toContain('bind 127.0.0.1:6010\n');
  expect(readFileSync(moved, 'utf8')).not.toContain('--move-ports');
});

test("a file that is somebody else's is left as it is", async () => {
  const theirs = join(folder, 'theirs.cfg');
  watching(['/service']);
  writeFileSync(theirs, 'listen mine\n  bind :5000\n');
  const says = `${theirs} is not as this command writes one`;
  await wrong(['config', '--out', theirs, '--force'], `${says}, so it doesn't tell whose ports`);
  await wrong(['config', '--keep-ports-of', theirs], says);
  expect(readFileSync(theirs, 'utf8')).toMatch(/^listen mine/);
  await haproxy(['config', '--out', theirs, '--force', '--move-ports']);
  expect(listeners(readFileSync(theirs, 'utf8'))).toHaveLength(4);
});

test("of all clusters those are left out that can't be routed, and their ports stay their own", async () => {
  const left = join(folder, 'left.cfg');
  watching(['/broken', '/service']);
  await put('/service/b', '');
  await put('/service/b/members', '');
  await put('/service/b/members/m', member('m', '10.0.0.9'));
  await wrong(['config', '--out', left], 'prod~.2Fbroken~none is left out: "none" has no members.');
  const first = readFileSync(left, 'utf8');
  expect(first).toContain(
    '# Left out: prod~.2Fbroken~none, whose ports 5030 and 5031 stay its own',
  );
  expect(listeners(first)[0]).toBe('prod:.2Fservice:b:write 127.0.0.1:5000');
  const { stderr } = await promisify(execFile)('haproxy', ['-c', '-f', left]);
  expect(stderr).not.toMatch(/ALERT/);
  // It loses its only member, and has it again.
  await session.delete('/service/b/members/m', 'any');
  const { code, message } = await haproxy(['config', '--out', left, '--force']).then(
    () => new Failure('internal', 'nothing was thrown'),
    (error: Failure) => error,
  );
  expect(code).toBe('refused');
  expect(message.split('\n').map((line) => line.split(':')[0])).toEqual([
    'prod~.2Fservice~b is left out',
    'prod~.2Fbroken~none is left out',
    'prod~.2Fbroken~odd is left out',
    'prod~.2Fbroken~words is left out',
  ]);
  const without = readFileSync(left, 'utf8');
  expect(without).toContain(
    '# Left out: prod~.2Fservice~b, whose ports 5000 and 5001 stay its own: "b" has no members.\n',
  );
  expect(listeners(without)).toEqual(listeners(first).slice(2));
  await put('/service/b/members/m', member('m', '10.0.0.9'));
  await wrong(['config', '--out', left, '--force'], 'is left out');
  expect(listeners(readFileSync(left, 'utf8'))).toEqual(listeners(first));
  for (const path of ['/members/m', '/members', ''])
    await session.delete(`/service/b${path}`, 'any');
});

test('where no cluster can be routed, nothing is written', async () => {
  const none = join(folder, 'none.cfg');
  watching(['/broken']);
  await wrong(
    ['config', '--out', none],
    'No cluster can be routed.\nprod~.2Fbroken~none is left out',
  );
  expect(existsSync(none)).toBe(false);
});

test('the exit code says that some were left out, and what was typed wrongly', async () => {
  watching(['/broken', '/service']);
  const run = (...args: string[]) =>
    promisify(execFile)('node', [
      '--import',
      'tsx',
      'server/cli/main.ts',
      'haproxy',
      'config',
      ...args,
    ]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  const some = await run();
  expect(some).toMatchObject({ code: 1 });
  expect(listeners(some.stdout)).toHaveLength(4);
  expect(some.stderr).toContain(
    'prod~.2Fbroken~words is left out: What ZooKeeper has of m of words',
  );
  expect(await run('--move-ports')).toMatchObject({ code: 2 });
});

test('each mistake is said in one sentence, and nothing is written', async () => {
  const none = join(folder, 'none.cfg');
  const config = (...more: string[]) => ['config', '--out', none, ...more];
  watching(['/service', '/elsewhere']);
  await wrong(config('d'), 'There is no cluster "d" in ZooKeeper, but c-1, c-1, c-2.');
  await wrong(
    config('c-1'),
    '"c-1" is the name of more than one cluster: say prod~.2Felsewhere~c-1 and prod~.2Fservice~c-1.',
  );
  await wrong(
    config('--read-port', '5000'),
    '"5000" is wanted as a port twice: for writes of c-1 and for reads of c-1.',
  );
  await wrong(config('--write-port', '65530'), '"65540" is no port.');
  await wrong(config('--keep-ports-of', none), `${none} can't be read: ENOENT.`);
  await wrong(config('--bind', 'all'), '"all" is no address to listen at.');
  await wrong(config('--socket', 'a.sock'), '"a.sock" is no full path');
  watching(['/nowhere']);
  await wrong(config(), 'ZooKeeper has no clusters.');
  await wrong(config('d'), 'There is no cluster "d" in ZooKeeper, but none.');
  watching(['/broken']);
  await wrong(config('none'), '"none" has no members.');
  await wrong(config('odd'), 'm of odd: "a?listen evil" is no host that HAProxy could connect to.');
  await wrong(config('words'), 'What ZooKeeper has of m of words makes no sense: it is not valid');
  expect(existsSync(none)).toBe(false);
});

test('a policy that makes no sense is not taken for one', async () => {
  watching(['/service']);
  await put('/howdah/routing/prod~.2Fservice~c-1', '{"leaderReads":"sometimes"}');
  await wrong(['config'], 'The routing policy of c-1 in ZooKeeper makes no sense');
  await haproxy(['config', '--leader-reads', 'never']);
  expect(said).not.toContain('/read-only');
});

test('what is typed wrongly is told with how it would be', async () => {
  const misused = (args: string[], message: string) =>
    expect(haproxy(args)).rejects.toMatchObject({ name: 'UsageError', usage: USAGE, message });
  await misused([], 'Say what to do.');
  await misused(['reload'], 'There is no "haproxy reload".');
  await misused(['config', '--all'], "Unknown option '--all'.");
  await misused(['config', '--force'], '--force goes with --out.');
  await misused(['config', '--move-ports'], '--move-ports goes with --force.');
  await misused(
    ['config', '--keep-ports-of', file, '--out', file, '--force'],
    '--keep-ports-of goes without --force, which keeps the ports of what it replaces.',
  );
  await misused(['config', '--step', '0'], '--step is a number from 1 to 65535, not "0".');
  await misused(
    ['config', '--agent', '8018'],
    '--agent is an address like 127.0.0.1:8018, or none, not "8018".',
  );
  await misused(
    ['config', '--leader-reads', 'no'],
    '--leader-reads is never, fallback or always, not "no".',
  );
  await expect(haproxy(['config', '--help'])).rejects.toMatchObject({ name: 'HelpWanted' });
});
