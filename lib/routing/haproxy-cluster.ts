import { Failure } from '@/lib/errors';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { question } from './agent-check';
import type { CheckTimes } from './haproxy-checks';
import { backendNames, lastResortName, serverName } from './haproxy-names';
import {
  type Address,
  addressWord,
  bindWord,
  hostWord,
  isNamed,
  msWord,
  pathWord,
  portWord,
  refused,
  remark,
} from './haproxy-words';

/**
 * Whether the leader serves reads: `fallback` when too few standbys do, by what the agent says, or
 * without one when no standby does.
 */
export type LeaderReads = 'never' | 'fallback' | 'always';

/** A member as ZooKeeper tells of it. Nothing of it is trusted. */
export interface RoutedMember extends Address {
  readonly name: string;
  /** Patroni's REST API. */
  readonly rest: Address & { readonly https: boolean };
}

/** A cluster and its two ports. */
interface PlacedCluster {
  readonly id: ClusterId;
  /** For people. */
  readonly name: string;
  readonly writePort: number;
  readonly readPort: number;
}

export interface RoutedCluster extends PlacedCluster {
  readonly members: readonly RoutedMember[];
  readonly leaderReads: LeaderReads;
}

/** One that can't be routed, and why, in a sentence. */
export interface LeftOut extends PlacedCluster {
  readonly why: string;
}

interface Surroundings {
  readonly bind: string;
  readonly agent: Address | null;
  readonly caFile: string | null;
  readonly checks: CheckTimes;
}

/** The two ports of one cluster, a section each. Throws `refused`. */
export function listenersOf(cluster: RoutedCluster, around: Surroundings): string[][] {
  checkCluster(cluster);
  return [writes(cluster, around), reads(cluster, around)];
}

type Known = Pick<RoutedCluster, 'id' | 'name' | 'members'>;

/** Throws `refused` for a cluster that can't be routed by what ZooKeeper has of it. */
export function checkCluster(cluster: Known): void {
  backendNames(cluster.id);
  if (cluster.members.length === 0) throw refused(cluster.name, 'has no members');
  for (const member of cluster.members) checkMember(cluster, member);
  const names = cluster.members.map((member) => serverName(member.name));
  if (new Set(names).size < names.length) throw refused(cluster.name, 'has a member twice');
}

/** Says of whom it is that something can't be written. */
function checkMember(cluster: Known, member: RoutedMember): void {
  try {
    serverName(member.name);
    addressWord(member);
    addressWord(member.rest);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const whose = remark(`${member.name} of ${cluster.name}`);
    throw new Failure(error.code, `${whose}: ${error.message}`);
  }
}

/** No agent is ever asked here: what says who leads is the leader lock alone. */
function writes({ id, name, members, writePort }: RoutedCluster, around: Surroundings): string[] {
  return [
    `# Writes of ${remark(name)}: the member that holds the leader lock.`,
    ...(members.some(({ rest }) => rest.https) && around.caFile === null
      ? ['# No CA was named, so whoever answers for Patroni over TLS is believed.']
      : []),
    `listen ${backendNames(id).write}`,
    `  bind ${bindWord(around.bind, writePort)}`,
    ...askPatroni('/primary'),
    '  # The lock is held by one at a time: who has it once is believed, and writes go on sooner.',
    '  default-server rise 1',
    ...members.map((member) => server(serverName(member.name), member, checkOf(member, around))),
  ];
}

function reads(cluster: RoutedCluster, around: Surroundings): string[] {
  const { id, name, members, leaderReads, readPort } = cluster;
  const { agent } = around;
  const how = agent === null ? withoutAgent(cluster) : withAgent(cluster, { ...around, agent });
  return [
    `# Reads of ${remark(name)}: ${readers[leaderReads]}.`,
    ...how.remarks,
    `listen ${backendNames(id).read}`,
    `  bind ${bindWord(around.bind, readPort)}`,
    '  balance roundrobin',
    ...askPatroni(how.asked),
    ...(how.lastResort.length > 0 ? ['  option allbackups'] : []),
    ...members.map((member) =>
      server(serverName(member.name), member, [
        'weight 100',
        ...checkOf(member, around),
        ...how.agentCheck(member),
      ]),
    ),
    ...how.lastResort,
  ];
}

const readers: Readonly<Record<LeaderReads, string>> = {
  never: 'standbys, and never the leader',
  fallback: 'standbys, and the leader when there are too few',
  always: 'standbys and the leader',
};

/** How the port for reads knows whom to ask, and for what. */
interface Reading {
  readonly remarks: readonly string[];
  /** Patroni's endpoint. */
  readonly asked: string;
  readonly agentCheck: (member: RoutedMember) => string[];
  readonly lastResort: readonly string[];
}

/**
 * The agent gives the leader its share. Patroni accepts the leader as well, unless it is never to
 * serve: so a member that is promoted keeps the sessions that read from it.
 */
function withAgent(
  { id, members, leaderReads }: RoutedCluster,
  around: Surroundings & { readonly agent: Address },
): Reading {
  const { agent, checks } = around;
  const { read } = backendNames(id);
  // The agent reads HAProxy's statistics as well, and has to know which row this is.
  const asked = ({ name }: RoutedMember) =>
    question({ cluster: id, member: name, server: `${read}/${serverName(name)}` });
  return {
    remarks: [
      '# The agent says what share of its weight a server gets: less, none, or that its sessions are',
      '# to be closed. It says nothing of roles, and what it has said stays in force when it ends. So',
      '# each server is there twice: the second (-last) is a backup that Patroni alone speaks for. It',
      '# serves while all the others are given nothing: the port has whom Patroni accepts, always. It',
      '# asks Patroni for itself, and seldom while all is well. Were one check to do for both, by',
      '# "track", a server that the agent wants down would be up until the agent is asked again',
      "# whenever Patroni's check comes back.",
    ],
    asked: leaderReads === 'never' ? '/replica' : '/read-only',
    agentCheck: (member) => [
      `agent-check agent-addr ${hostWord(agent.host)} agent-port ${portWord(agent.port)}`,
      `agent-inter ${msWord(checks.agentMs)}`,
      `agent-send "${asked(member)}\\n"`,
    ],
    lastResort: members.map((member) =>
      server(lastResortName(member.name), member, [
        'weight 100',
        'backup',
        ...checkOf(member, around),
        `inter ${msWord(checks.twinMs)} fastinter ${msWord(checks.twinFastMs)}`,
        `downinter ${msWord(checks.twinDownMs)}`,
      ]),
    ),
  };
}

/** Nobody holds the leader's share back, so it is Patroni that tells standbys from the leader. */
function withoutAgent({ id, members, leaderReads }: RoutedCluster): Reading {
  const fallback = leaderReads === 'fallback';
  const { write } = backendNames(id);
  return {
    remarks: fallback
      ? ['# Whoever leads is a backup (-last): it serves reads when no standby does.']
      : [],
    asked: leaderReads === 'always' ? '/read-only' : '/replica',
    agentCheck: () => [],
    lastResort: fallback
      ? members.map((member) =>
          server(lastResortName(member.name), member, [
            'backup',
            `track ${write}/${serverName(member.name)}`,
          ]),
        )
      : [],
  };
}

const askPatroni = (path: string) => [
  `  option httpchk GET ${path}`,
  '  http-check expect status 200',
];

const server = (name: string, address: Address, words: readonly string[]) =>
  ['  server', name, addressWord(address), ...words].join(' ');

/** Where a member's Patroni is asked, and how it proves who it is. */
function checkOf({ host, rest }: RoutedMember, { caFile }: Surroundings): string[] {
  const elsewhere = rest.host === host ? [] : [`addr ${hostWord(rest.host)}`];
  const check = ['check', ...elsewhere, `port ${portWord(rest.port)}`];
  if (!rest.https) return check;
  const named = isNamed(rest.host) ? [`check-sni ${hostWord(rest.host)}`] : [];
  if (caFile === null) return [...check, 'check-ssl verify none', ...named];
  return [...check, `check-ssl verify required ca-file ${pathWord(caFile)}`, ...named];
}
