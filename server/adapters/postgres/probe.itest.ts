import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseLsn } from '@/lib/topology/lsn';
import type { ProbeFailure, ProbeSample, StandbySample } from '@/lib/topology/sample';
import {
  type PatroniCluster,
  type PatroniMember,
  type Sandbox,
  startSandbox,
  waitFor,
} from '@/sandbox';
import { addressPolicy } from '@/server/address-policy';
import { systemClock } from '@/server/clock';
import type { ProbeSettings } from '@/server/ports';
import { PostgresProbe } from './probe';

let sandbox: Sandbox;
let cluster: PatroniCluster;
let leader: PatroniMember;
let standby: PatroniMember;
let probe: PostgresProbe;
const loopback = addressPolicy(['127.0.0.0/8'], {});

beforeAll(async () => {
  sandbox = await startSandbox({
    name: 'test-probe',
    profile: 'fast',
    ephemeral: true,
    zookeeperServers: 1,
    clusters: [{ scope: 'seen', members: 2 }],
  });
  cluster = sandbox.cluster('seen');
  leader = cluster.member('seen-1');
  standby = cluster.member('seen-2');
  probe = new PostgresProbe(systemClock);
});
afterEach(() => probe.close());
afterAll(() => sandbox?.down());

const settings = (part: Partial<ProbeSettings> = {}): ProbeSettings => ({
  ...cluster.monitoring,
  database: 'postgres',
  sslmode: 'disable',
  ca: null,
  addresses: loopback,
  ...part,
});

function ask(port: number, part: Partial<ProbeSettings> = {}, key = 'one') {
  return probe.sample({
    key,
    connUrl: `postgres://127.0.0.1:${port}/postgres`,
    settings: settings(part),
  });
}

async function sampled(member: PatroniMember): Promise<ProbeSample> {
  const result = await ask(member.pgPort, {}, member.name);
  if ('code' in result) throw new Error(result.says);
  return result;
}

async function asStandby(member: PatroniMember): Promise<StandbySample> {
  const sample = await sampled(member);
  if (!sample.inRecovery) throw new Error(`${member.name} is no standby`);
  return sample;
}

async function failed(result: Promise<ProbeSample | ProbeFailure>): Promise<ProbeFailure> {
  const failure = await result;
  if (!('code' in failure)) throw new Error('it answered');
  return failure;
}

describe('what a member runs with', () => {
  const settingsOf = async (member: PatroniMember) => {
    const told = await probe.settings(member.name);
    if ('code' in told) throw new Error(told.says);
    return new Map(told.map((one) => [one.name, one]));
  };

  test('is told of primary and standby, over the one connection that each has', async () => {
    for (const member of [leader, standby]) {
      await sampled(member);
      const [told] = await Promise.all([settingsOf(member), sampled(member)]);
      expect(told.size).toBeGreaterThan(300);
      expect(told.get('shared_buffers')).toMatchObject({
        ...{ unit: '8kB', context: 'postmaster', vartype: 'integer', pendingRestart: false },
      });
      expect(told.get('max_connections')?.source).toBe('command line');
      expect(told.get('wal_level')?.enumvals).toEqual(['minimal', 'replica', 'logical']);
      expect(told.get('statement_timeout')?.source).toBe('client');
    }
    expect(probe.connections).toBe(2);
  });

  test('is told without passwords', async () => {
    await sampled(standby);
    const told = await settingsOf(standby);
    const conninfo = told.get('primary_conninfo')?.setting ?? '…';
    expect(conninfo).not.toMatch(/password=(?!…|'…')/);
  });

  test('waits for the connection that the next sample opens, and opens none itself', async () => {
    await waitFor(() => probe.connections === 0, { timeoutMs: 2000, what: 'goodbyes' });
    const asked = settingsOf(leader);
    expect(probe.connections).toBe(0);
    await sampled(leader);
    expect((await asked).get('port')?.setting).toBe(String(leader.pgPort));
    expect(probe.connections).toBe(1);
    expect(await probe.settings('nobody')).toMatchObject({ code: 'unreachable' });
    expect(probe.connections).toBe(1);
  });
});

describe('what is sampled', () => {
  test('of a leader: its position, timeline and those it feeds', async () => {
    const sample = await sampled(leader);
    if (sample.inRecovery) throw new Error('in recovery');
    expect(parseLsn(sample.currentLsn)).not.toBeNull();
    expect(sample).toMatchObject({ timeline: 1, privileged: true, syncWaits: 0 });
    expect(sample.serverVersion).toBeGreaterThan(100_000);
    expect(sample.systemId).toMatch(/^\d{19}$/);
    expect(Math.abs(sample.clockOffsetMs)).toBeLessThan(2000);
    expect(sample.senders).toMatchObject([{ applicationName: 'seen-2', state: 'streaming' }]);
    expect(sample.slots).toMatchObject([{ name: 'seen_2', active: true, walStatus: 'reserved' }]);
  });

  test('of either: when it was started, and when it read its configuration', async () => {
    for (const member of [leader, standby]) {
      const { at, startedAt, configLoadedAt } = await sampled(member);
      expect(startedAt).toBeLessThan(at);
      expect(startedAt).toBeGreaterThan(at - 600_000);
      expect(configLoadedAt).toBeGreaterThan(startedAt - 10_000);
    }
  });

  test('of a standby: what it has received and replayed, and from whom', async () => {
    const sample = await asStandby(standby);
    expect(sample).toMatchObject({ replayPause: 'running', privileged: true });
    expect(sample.receiver).toMatchObject({
      status: 'streaming',
      timeline: 1,
      senderPort: leader.pgPort,
    });
    expect(parseLsn(sample.replayLsn)).not.toBeNull();
    expect(sample.systemId).toBe((await sampled(leader)).systemId);
  });

  test('of frozen replay under load: more and more is received and not replayed', async () => {
    await cluster.startLoad({ clients: 2, rate: 100 });
    await standby.freezeReplay();
    try {
      const behind = async () => {
        const { receiveLsn, replayLsn } = await asStandby(standby);
        return Number((parseLsn(receiveLsn) ?? 0n) - (parseLsn(replayLsn) ?? 0n));
      };
      const before = await behind();
      await waitFor(async () => (await behind()) > before + 50_000, {
        timeoutMs: 20_000,
        what: 'lag to grow',
      });
    } finally {
      await standby.thawReplay();
      await cluster.stopLoad();
    }
  });

  test('of paused replay, that it is paused', async () => {
    await cluster.setPause(true);
    try {
      await standby.pauseReplay();
      await waitFor(async () => (await asStandby(standby)).replayPause === 'paused', {
        timeoutMs: 10_000,
        what: 'the pause',
      });
      await standby.resumeReplay();
      expect((await asStandby(standby)).replayPause).toBe('running');
    } finally {
      await cluster.setPause(false);
    }
  });

  test('of a standby whose upstream has gone, that nothing is received', async () => {
    await cluster.setPause(true);
    try {
      await leader.killPatroni();
      await leader.killPostmaster();
      await waitFor(async () => (await asStandby(standby)).receiver === null, {
        timeoutMs: 10_000,
        what: 'the receiver to end',
      });
      expect((await failed(ask(leader.pgPort, {}, 'dead'))).code).toBe('unreachable');
    } finally {
      await leader.start();
      await cluster.setPause(false).catch(() => {});
      await cluster.waitHealthy();
    }
    leader = (await cluster.leader()) ?? leader;
    standby = cluster.members.find((one) => one !== leader) ?? standby;
  });

  test('by a role that may not look: that it may not', async () => {
    await leader.sql("CREATE ROLE blind LOGIN PASSWORD 'blind'");
    const sample = await ask(leader.pgPort, { user: 'blind', password: 'blind' });
    expect(sample).toMatchObject({ privileged: false, syncWaits: null });
    if ('code' in sample) throw new Error(sample.says);
    expect(sample.senders).toMatchObject([{ state: null, replayLsn: null }]);
  });
});

describe('what fails says why, without the password', () => {
  test.each([
    ['a wrong password', { password: 'not-the-password' }, 'refused-auth'],
    ['an unknown user', { user: 'nobody-here' }, 'refused-auth'],
    ['an unknown database', { database: 'nowhere' }, 'failed'],
    [
      'an address that is not allowed',
      { addresses: addressPolicy(['10.0.0.0/8'], {}) },
      'address-not-allowed',
    ],
    ['TLS asked of a server without', { sslmode: 'require' }, 'unreachable'],
  ] as const)('%s', async (...[, part, code]) => {
    const failure = await failed(ask(leader.pgPort, part));
    expect(failure.code).toBe(code);
    expect(failure.says).not.toContain(cluster.monitoring.password);
    expect(failure.says).not.toContain('not-the-password');
  });

  test('no credentials, nobody listening, an unreadable address', async () => {
    const connUrl = 'postgres://127.0.0.1:1/postgres';
    expect((await failed(probe.sample({ key: 'x', connUrl, settings: null }))).code).toBe(
      'no-credentials',
    );
    expect((await failed(ask(1))).code).toBe('unreachable');
    const nonsense = probe.sample({ key: 'x', connUrl: 'postgres://', settings: settings() });
    expect((await failed(nonsense)).code).toBe('address-unreadable');
  });

  test('a frozen server holds up no longer than its bound, before and after connecting', async () => {
    await sampled(standby);
    const [backend] = await standby.sql(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'howdah'",
    );
    await standby.freezePostmaster();
    process.kill(Number(backend?.pid), 'SIGSTOP');
    try {
      for (const key of [standby.name, 'new']) {
        const startedAt = performance.now();
        expect((await failed(ask(standby.pgPort, {}, key))).code).toBe('timeout');
        expect(performance.now() - startedAt).toBeLessThan(4500);
      }
    } finally {
      process.kill(Number(backend?.pid), 'SIGCONT');
      await standby.thawPostmaster();
    }
    await waitFor(async () => !('code' in (await ask(standby.pgPort))), {
      timeoutMs: 10_000,
      what: 'an answer',
    });
  });
});

test('a server has one connection from Howdah, which holds nothing between two questions', async () => {
  for (let i = 0; i < 5; i += 1) await sampled(leader);
  const rows = await leader.sql(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'howdah'",
  );
  expect(rows).toHaveLength(1);
  const [held] = await leader.sql('SELECT count(*)::int AS locks FROM pg_locks WHERE pid = $1', [
    rows[0]?.pid,
  ]);
  expect(held?.locks).toBe(0);
  const [idle] = await leader.sql(
    "SELECT state, backend_xmin FROM pg_stat_activity WHERE application_name = 'howdah'",
  );
  expect(idle).toEqual({ state: 'idle', backend_xmin: null });
  probe.forget(leader.name);
  await waitFor(
    async () =>
      (await leader.sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'howdah'"))
        .length === 0,
    { timeoutMs: 5000, what: 'the connection to end' },
  );
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return address.port;
}

/** Stands between, and can do to a session what a pooler's other clients would. */
class Between {
  readonly #server: Server;
  #upstream: Socket | null = null;
  #swallow: (() => void) | null = null;
  sessions = 0;

  constructor(port: number) {
    this.#server = createServer((socket) => {
      this.sessions += 1;
      const upstream = connect(port, '127.0.0.1');
      this.#upstream = upstream;
      socket.on('error', () => upstream.destroy());
      socket.on('close', () => upstream.destroy());
      socket.on('data', (chunk) => upstream.write(chunk));
      upstream.on('error', () => socket.destroy());
      upstream.on('close', () => socket.destroy());
      upstream.on('data', (chunk) => {
        if (!this.#swallow) socket.write(chunk);
        else if (chunk.subarray(-6, -1).equals(ready.subarray(0, 5))) this.#swallow();
      });
    });
  }

  port(): Promise<number> {
    return listening(this.#server);
  }

  /** Runs a statement on the session, unseen by its client. */
  async run(sql: string): Promise<void> {
    const head = Buffer.alloc(5);
    head.write('Q');
    head.writeInt32BE(5 + sql.length, 1);
    await new Promise<void>((resolve) => {
      this.#swallow = resolve;
      this.#upstream?.write(Buffer.concat([head, Buffer.from(`${sql}\0`)]));
    });
    this.#swallow = null;
  }

  close(): void {
    this.#upstream?.destroy();
    this.#server.close();
  }
}

test('where a pooler loses what was prepared, it is asked all the same, over one connection', async () => {
  const between = new Between(leader.pgPort);
  const port = await between.port();
  for (let i = 0; i < 2; i += 1) expect(await ask(port)).toMatchObject({ inRecovery: false });
  await between.run('DEALLOCATE ALL');
  for (let i = 0; i < 2; i += 1) expect(await ask(port)).toMatchObject({ inRecovery: false });
  expect(between.sessions).toBe(1);
  between.close();
});

/** Speaks just enough of PostgreSQL to ask for a password its own way, and keeps what it is told. */
class Impostor {
  readonly heard: Buffer[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(answer: Buffer) {
    this.#server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
      let greeted = false;
      socket.on('data', (chunk) => {
        this.heard.push(chunk);
        // An SSLRequest is refused; the first real packet is answered.
        if (chunk.length === 8 && chunk.readInt32BE(4) === 80877103) socket.write('N');
        else if (!greeted) {
          greeted = true;
          socket.write(answer);
        }
      });
    });
  }

  port(): Promise<number> {
    return listening(this.#server);
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }
}

function authentication(kind: number, more: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.write('R');
  head.writeInt32BE(8 + more.length, 1);
  head.writeInt32BE(kind, 5);
  return Buffer.concat([head, more]);
}

const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

describe('an impostor at a member’s address', () => {
  test.each([
    ['the plain password', authentication(3), 'disable'],
    ['the plain password', authentication(3), 'prefer'],
    ['an MD5 of it', authentication(5, Buffer.from('salt')), 'disable'],
    ['an MD5 of it', authentication(5, Buffer.from('salt')), 'prefer'],
  ] as const)('that asks for %s without TLS does not get it', async (...[, answer, sslmode]) => {
    const impostor = new Impostor(answer);
    const failure = await failed(ask(await impostor.port(), { sslmode }));
    expect(failure.code).toBe('weak-auth');
    const heard = Buffer.concat(impostor.heard).toString('latin1');
    expect(heard).toContain('default_transaction_read_only=on');
    expect(heard).not.toContain(cluster.monitoring.password);
    // A password message starts with p.
    expect(impostor.heard.filter((chunk) => chunk[0] === 0x70)).toEqual([]);
    impostor.close();
  });

  test('that never lets anybody in is left at once when it is forgotten', async () => {
    const impostor = new Impostor(Buffer.alloc(0));
    const asked = ask(await impostor.port());
    await waitFor(() => impostor.heard.length > 0, { timeoutMs: 2000, what: 'a connection' });
    expect(probe.connections).toBe(1);
    const startedAt = performance.now();
    probe.forget('one');
    expect((await failed(asked)).code).toBe('failed');
    expect(performance.now() - startedAt).toBeLessThan(500);
    await waitFor(() => probe.connections + impostor.sockets.size === 0, {
      timeoutMs: 1000,
      what: 'no connection to be left',
    });
    impostor.close();
  });

  test('that never answers a question is not left with a connection for each', async () => {
    const impostor = new Impostor(Buffer.concat([authentication(0), ready]));
    const port = await impostor.port();
    for (let i = 0; i < 2; i += 1) expect((await failed(ask(port))).code).toBe('timeout');
    expect(probe.connections).toBeLessThanOrEqual(1);
    await waitFor(() => impostor.sockets.size === 0, {
      timeoutMs: 4000,
      what: () => `no connection to be left: ${impostor.sockets.size}`,
    });
    impostor.close();
  });
});
