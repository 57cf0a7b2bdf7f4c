import type { CheckTimes } from './haproxy-checks';
import { type LeftOut, listenersOf, type RoutedCluster } from './haproxy-cluster';
import { backendNames } from './haproxy-names';
import {
  type Address,
  bindWord,
  countWord,
  msWord,
  pathWord,
  portWord,
  refused,
  remark,
  userWord,
} from './haproxy-words';

export interface HaproxyOptions {
  readonly clusters: readonly RoutedCluster[];
  /** Clusters that can't be routed now. They are named, and nobody else gets their ports. */
  readonly leftOut: readonly LeftOut[];
  /** The address of every port: an IP address, or `*`. */
  readonly bind: string;
  readonly statisticsPort: number;
  /** Where statistics are asked for; its folder has to be there. */
  readonly socket: string;
  /** Who says what share each standby gets; null: all get the same. */
  readonly agent: Address | null;
  /** Whom Patroni's certificates must be of, where its REST API is https; null: anybody's will do. */
  readonly caFile: string | null;
  /** As whom HAProxy runs when root starts it; null: as whoever starts it. */
  readonly user: string | null;
  /** Sessions at one time, over all ports. */
  readonly maxConnections: number;
  readonly checks: CheckTimes;
  /** How this file was made; null: not said. */
  readonly command: string | null;
}

/** HAProxy binds it under a longer name first, and the system takes 107 characters. */
const LONGEST_SOCKET = 90;

/**
 * A complete haproxy.cfg. Throws `refused`, in one sentence, for what can't be written into one and
 * for ports that are wanted twice.
 */
export function haproxyConfig(options: HaproxyOptions): string {
  checkPorts(options);
  if (options.caFile !== null) pathWord(options.caFile);
  const sections = [
    HEAD,
    ...(options.leftOut.length === 0 ? [] : [options.leftOut.map(absence)]),
    global(options),
    defaults(options),
    ...options.clusters.flatMap((cluster) => listenersOf(cluster, options)),
    statistics(options),
    ...(options.command === null ? [] : [[`# Made by: ${remark(options.command)}`]]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function checkPorts({ clusters, leftOut, statisticsPort }: HaproxyOptions): void {
  const wanted = new Map<number, string>([[statisticsPort, 'statistics']]);
  const names = new Set<string>();
  const want = (port: number, what: string) => {
    const other = wanted.get(port);
    if (other) throw refused(port, `is wanted as a port twice: for ${other} and for ${what}`);
    wanted.set(port, what);
  };
  for (const { id, name, writePort, readPort } of [...clusters, ...leftOut]) {
    const { write } = backendNames(id);
    if (names.has(write)) throw refused(name, 'is there twice');
    names.add(write);
    want(writePort, `writes of ${remark(name)}`);
    want(readPort, `reads of ${remark(name)}`);
  }
}

/** How every such file begins, by which `portsIn` knows it: one that begins otherwise is not ours. */
export const HEAD: readonly string[] = [
  '# Every cluster has two ports. The one for writes leads to the member that holds the leader lock,',
  '# the one for reads to those that may serve reads. Who that is, is asked of Patroni itself, on',
  '# every member: HAProxy goes by that whether or not Howdah, ZooKeeper or the agent is there.',
];

/** As `portsIn` reads it, when this file is made anew. */
const absence = ({ id, writePort, readPort, why }: LeftOut): string =>
  `# Left out: ${id}, whose ports ${portWord(writePort)} and ${portWord(readPort)} stay its own: ` +
  remark(why);

function global({ user, socket, maxConnections }: HaproxyOptions): string[] {
  return [
    'global',
    `  maxconn ${countWord(maxConnections)}`,
    ...(user === null ? [] : [`  user ${userWord(user)}`]),
    '  # For statistics. Whoever may open it may look, and change no server.',
    `  stats socket ${pathWord(socket, LONGEST_SOCKET)} mode 660 level operator`,
    '  stats timeout 30s',
    '  # After a reload the old process keeps the sessions it has, and checks no member any more:',
    '  # so they may not last for ever.',
    '  hard-stop-after 30m',
  ];
}

function defaults({ maxConnections, checks }: HaproxyOptions): string[] {
  const { interMs, fastMs, downMs, timeoutMs, fall, rise } = checks;
  return [
    'defaults',
    '  mode tcp',
    `  maxconn ${countWord(maxConnections)}`,
    '  timeout connect 3s',
    '  timeout queue 5s',
    `  timeout check ${msWord(timeoutMs)}`,
    '  # A session of a database may be idle for hours, so these end none that is used once a day.',
    '  # A client or server that has vanished without a word is found by TCP within a minute.',
    '  timeout client 24h',
    '  timeout server 24h',
    ...['clitcpka', 'srvtcpka'].flatMap((side) => [
      `  option ${side}`,
      `  ${side}-idle 30s`,
      `  ${side}-intvl 10s`,
      `  ${side}-cnt 3`,
    ]),
    '  # What one server refuses is tried on the next one.',
    '  retries 3',
    '  option redispatch 1',
    '  # When Patroni no longer accepts a member its sessions are closed: a client that goes on',
    '  # talking to a server that has lost its role would not notice. A host whose name is not found',
    '  # when HAProxy starts is left out until it is reloaded, and keeps no other from serving.',
    `  default-server inter ${msWord(interMs)} fastinter ${msWord(fastMs)} downinter ${msWord(downMs)} ` +
      `fall ${countWord(fall)} rise ${countWord(rise)} on-marked-down shutdown-sessions ` +
      'init-addr last,libc,none',
  ];
}

function statistics({ bind, statisticsPort }: HaproxyOptions): string[] {
  return [
    '# For people: a page that shows all of this, and changes nothing.',
    'frontend statistics',
    `  bind ${bindWord(bind, statisticsPort)}`,
    '  mode http',
    '  timeout client 30s',
    '  timeout http-request 10s',
    '  stats enable',
    '  stats uri /',
    '  stats refresh 5s',
  ];
}
