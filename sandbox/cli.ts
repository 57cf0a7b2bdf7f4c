import { once } from 'node:events';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { attachSandbox, endSandbox } from './attach';
import { runFault, verbs } from './cli-fault';
import { renderStatus } from './cli-status';
import { runSynthetic } from './cli-synthetic';
import { messageOf, SandboxError } from './errors';
import type { ClusterOptions, Profile } from './options';
import { reap } from './reap';
import type { Sandbox } from './sandbox';
import { startSandbox } from './start';

const USAGE = `A real ZooKeeper ensemble with Patroni clusters on this machine.

sandbox up [--cluster scope[:members[:sync]]]… [--profile fast|default] [--zookeeper n]
           [--load transactions/s] [--fresh] [--ephemeral: stay, and end all with this command]
sandbox down
sandbox status [--json]
sandbox load <cluster> <transactions/s, 0 to stop>
sandbox fault <verb> <target> [argument]
sandbox synthetic [--clusters 1000] [--members 3] [--churn writes/s] [--namespace /service/]
                  [--seed n] [--connect host:port,…]

All take --name, 'default' by default. Verbs: ${Object.keys(verbs).join(', ')}.
Targets: zookeeper-<id>, a member, a cluster (pause, resume) or a session id (expire).
`;

// The reader may have gone, as `head` does.
process.stdout.on('error', () => undefined);
const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    name: { type: 'string', default: 'default' },
    cluster: { type: 'string', multiple: true },
    profile: { type: 'string', default: 'default' },
    zookeeper: { type: 'string', default: '3' },
    load: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    ephemeral: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    clusters: { type: 'string', default: '1000' },
    members: { type: 'string', default: '3' },
    churn: { type: 'string', default: '100' },
    namespace: { type: 'string', default: '/service/' },
    seed: { type: 'string', default: '1' },
    connect: { type: 'string' },
  },
} as const);

function readArguments<T extends ParseArgsConfig>(config: T) {
  try {
    return parseArgs(config);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  up,
  down: async () => {
    const ended = await endSandbox(values.name);
    say(`Ended ${ended} processes of the sandbox "${values.name}"`);
  },
  status: async () => {
    const status = await (await attachSandbox(values.name)).status();
    say(values.json ? JSON.stringify(status, null, 2) : renderStatus(status));
  },
  load: async ([scope = '', rate = '0']) => {
    const cluster = (await attachSandbox(values.name)).cluster(scope);
    await (Number(rate) > 0 ? cluster.startLoad({ rate: Number(rate) }) : cluster.stopLoad());
    say(Number(rate) > 0 ? `${scope} gets ${rate} transactions/s` : `${scope} has no load`);
  },
  fault: async (args) => {
    say(await runFault(await attachSandbox(values.name), args));
  },
  synthetic: () => runSynthetic(values, say),
  // Called by the watchdog of an ephemeral sandbox alone.
  reap: ([root = '', instance = '']) => reap(root, instance),
};

async function up(): Promise<void> {
  const running = values.fresh ? null : await attachSandbox(values.name).catch(() => null);
  if (running?.zookeeper.every((server) => server.running())) {
    say(`The sandbox "${values.name}" is up already; --fresh starts it anew`);
    return say(renderStatus(await running.status()));
  }
  const interrupt = interruption();
  const sandbox = await startSandbox({
    name: values.name,
    ephemeral: values.ephemeral,
    profile: profileOf(values.profile),
    zookeeperServers: Number(values.zookeeper),
    ...(values.cluster ? { clusters: values.cluster.map(parseCluster) } : {}),
    onProgress: say,
    signal: interrupt,
  });
  await applyLoad(sandbox);
  say(renderStatus(await sandbox.status()));
  if (!values.ephemeral) return;
  // Nothing else keeps us alive: what the sandbox runs is detached.
  const alive = setInterval(() => undefined, 60_000);
  if (!interrupt.aborted) await once(interrupt, 'abort');
  clearInterval(alive);
  await sandbox.down();
}

/** Aborted by the first signal; the second ends us at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new SandboxError('Interrupted'));
    });
  }
  return controller.signal;
}

async function applyLoad(sandbox: Sandbox): Promise<void> {
  const rate = Number(values.load ?? 0);
  if (rate > 0) await Promise.all(sandbox.clusters.map((each) => each.startLoad({ rate })));
}

function profileOf(text: string): Profile {
  if (text === 'fast' || text === 'default') return text;
  throw new SandboxError(`There is no profile "${text}": use fast or default`);
}

function parseCluster(text: string): ClusterOptions {
  const [scope = '', members = '3', sync] = text.split(':');
  return { scope, members: Number(members), syncMode: sync === 'sync' ? 'on' : 'off' };
}

const [command = '', ...args] = positionals;
const run = values.help ? undefined : commands[command];
if (run) {
  await run(args).catch((error: unknown) => {
    const text = error instanceof SandboxError ? messageOf(error) : String(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  });
} else {
  process.stderr.write(USAGE);
  process.exitCode = command && !values.help ? 2 : 0;
}
