import { SandboxError } from './errors';
import type { PatroniMember } from './patroni-member';
import type { Sandbox } from './sandbox';
import type { ZooKeeperServer } from './zookeeper-server';

/** What a fault is done to, by kind of target. */
interface Verb {
  readonly server?: (server: ZooKeeperServer) => Promise<unknown>;
  readonly member?: (member: PatroniMember, argument: string) => Promise<unknown>;
}

/** The verbs of `sandbox fault`, apart from `expire`, `pause` and `resume`. */
const simple: Readonly<Record<string, Verb>> = {
  kill: { server: (it) => it.kill(), member: (it) => it.kill() },
  start: { server: (it) => it.start(), member: (it) => it.start() },
  freeze: {
    server: (it) => it.freeze(),
    member: (it) => Promise.all([it.freezePatroni(), it.freezePostmaster()]),
  },
  thaw: {
    server: (it) => it.thaw(),
    member: (it) => Promise.all([it.thawPatroni(), it.thawPostmaster()]),
  },
  restart: {
    server: async (it) => {
      await it.kill();
      await it.start();
    },
    member: async (it) => {
      await it.kill();
      await it.start();
    },
  },
  'kill-patroni': { member: (it) => it.killPatroni() },
  'freeze-patroni': { member: (it) => it.freezePatroni() },
  'thaw-patroni': { member: (it) => it.thawPatroni() },
  'start-patroni': { member: (it) => it.startPatroni() },
  'kill-postmaster': { member: (it) => it.killPostmaster() },
  'freeze-postmaster': { member: (it) => it.freezePostmaster() },
  'thaw-postmaster': { member: (it) => it.thawPostmaster() },
  'restart-postgres': { member: (it) => it.restartPostgres() },
  'pause-replay': { member: (it) => it.pauseReplay() },
  'resume-replay': { member: (it) => it.resumeReplay() },
  'freeze-replay': { member: (it) => it.freezeReplay() },
  'thaw-replay': { member: (it) => it.thawReplay() },
  'slow-replay': { member: (it, ms) => it.slowReplay(Number(ms || 1000)) },
};

type Action = (sandbox: Sandbox, target: string, argument: string) => Promise<string>;

export const verbs: Readonly<Record<string, Action>> = {
  ...Object.fromEntries(Object.entries(simple).map(([name, verb]) => [name, actionOf(name, verb)])),
  expire: async (sandbox, target) => {
    const member = findMember(sandbox, target);
    if (!member) await sandbox.expireSession(target);
    const id = member ? await sandbox.expireMember(member) : target;
    return `Session ${id} is expired`;
  },
  pause: async (sandbox, target) => {
    await sandbox.cluster(target).setPause(true);
    return `${target} is in maintenance mode`;
  },
  resume: async (sandbox, target) => {
    await sandbox.cluster(target).setPause(false);
    return `${target} is no longer in maintenance mode`;
  },
};

/**
 * Carries out one fault. @returns a sentence on what was done.
 * @throws SandboxError for an unknown verb or target, or what the verb throws.
 */
export async function runFault(sandbox: Sandbox, args: readonly string[]): Promise<string> {
  const [verb = '', target = '', argument = ''] = args;
  const act = verbs[verb];
  if (!act) {
    throw new SandboxError(`There is no fault "${verb}": use ${Object.keys(verbs).join(', ')}`);
  }
  return act(sandbox, target, argument);
}

function actionOf(name: string, verb: Verb): Action {
  return async (sandbox, target, argument) => {
    const server = sandbox.zookeeper.find(({ id }) => target === `zookeeper-${id}`);
    const member = findMember(sandbox, target);
    if (server && verb.server) await verb.server(server);
    else if (member && verb.member) await verb.member(member, argument);
    else throw new SandboxError(`"${target}" is nothing that ${name} applies to`);
    return `${name} ${target}: done`;
  };
}

function findMember(sandbox: Sandbox, name: string): PatroniMember | undefined {
  return sandbox.clusters.flatMap(({ members }) => members).find((each) => each.name === name);
}
