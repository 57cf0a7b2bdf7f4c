import { randomUUID } from 'node:crypto';
import pino from 'pino';
import type { AuditIntent } from '@/lib/audit/entry';
import { clusterId } from '@/lib/topology/cluster-id';
import { waitFor } from '@/sandbox';
import { loadConfig } from './config';
import { createRuntime } from './runtime';
import { loadSecret } from './secret';

/**
 * For tests: a Howdah as a process of its own that begins acts as its routers do, says so on
 * standard output, and is killed wherever somebody likes. `run` begins none.
 */
const ID = clusterId({ ensemble: 'main', namespace: '/service', scope: 'ops', group: null });
const say = (line: string) => process.stdout.write(`${line}\n`);
const config = loadConfig(process.env);
const runtime = createRuntime({
  config,
  build: 'test',
  log: pino({ level: 'fatal' }),
  peer: () => ({ address: '127.0.0.1' }),
  secret: loadSecret(config),
  onSettled: () => {},
});

const anAct = (): AuditIntent => ({
  ...{ id: randomUUID(), at: Date.now(), role: 'operator', from: '127.0.0.1', reason: 'a test' },
  ...{ actor: { kind: 'user', id: 'ann', name: 'ann@example.org' }, action: 'switchover' },
  ...{ cluster: ID, decidedOn: null, detail: null },
});

async function begin(): Promise<{ id: string; by: string }> {
  const act = anAct();
  await runtime.audit.begin(act);
  say(`begun ${act.id}`);
  return { id: act.id, by: act.actor.name };
}

async function switchOver(): Promise<void> {
  const request = await waitFor(
    async () => {
      const wish = { kind: 'switchover', candidate: null, at: null } as const;
      const judged = await runtime.operations.preflight(ID, wish).catch(() => null);
      const ready = judged?.members.find(({ verdict }) => verdict === 'ok');
      const forbidden = judged?.rules.some(({ verdict }) => verdict === 'refuse');
      if (!judged || !ready || forbidden) return null;
      const decided = { cluster: ID, wish: { ...wish, candidate: ready.name }, seen: judged.seen };
      return { ...decided, confirm: 'ops', reason: 'a test' };
    },
    { timeoutMs: 60_000, what: 'a standby that may take over' },
  );
  const act = await begin();
  await runtime.operations.start(request, act);
  say(`recorded ${act.id}`);
}

runtime.start();
const [what] = process.argv.slice(2);
/** With the store there, unless it is to be without. */
const wanted = what === 'begin without a store' ? 'waiting' : 'ready';
await waitFor(() => runtime.audit.view.state === wanted, {
  timeoutMs: 60_000,
  what: () => `the audit: ${JSON.stringify(runtime.audit.view)}`,
});
say('ready');
process.once('SIGTERM', () => void runtime.close().then(() => process.exit(0)));
// Timers of the runtime keep no process alive.
setInterval(() => {}, 60_000);
if (what?.startsWith('begin')) await begin();
if (what === 'switchover') await switchOver();
if (what === 'on and on') for (;;) await begin();
