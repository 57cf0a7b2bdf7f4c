import type { ClusterView } from '../topology/view';
import type { Verdict } from './weigh';

/** Where clients without HAProxy find a cluster: what `GET /api/routing/<cluster>` answers. */
export interface Endpoints {
  readonly cluster: string;
  readonly name: string;
  readonly timeline: number | null;
  /** False: ZooKeeper is away, and this is as it was known last. */
  readonly isCurrent: boolean;
  /** Null: nobody leads now. */
  readonly leader: Endpoint | null;
  readonly standbys: readonly (Endpoint & {
    /** What it is to get of reads in relation to the others, 0 to 100; null: no policy says. */
    readonly weight: number | null;
    /** Why, in a word or two; null: no policy says. */
    readonly says: string | null;
  })[];
  readonly connect: { readonly write: Strings | null; readonly read: Strings | null };
}

export interface Endpoint {
  readonly member: string;
  readonly host: string;
  readonly port: number;
}

/** The same places for each driver. The user, the database and TLS are the client's to add. */
export interface Strings {
  /**
   * psql and whatever uses libpq 10 or later; for reads 14 or later. From 16 on
   * `load_balance_hosts=random` can be added, which earlier ones refuse to read.
   */
  readonly libpq: string;
  readonly jdbc: string;
  /** node-postgres connects to one host: where that is now. Ask again when it fails. */
  readonly node: { readonly host: string; readonly port: number };
}

/** Weights are told in steps of this, so that whoever waits for a change is not woken by noise. */
const STEP = 5;
const CONNECT_TIMEOUT_S = 3;

/** By live topology and the weights of now; leaders first, then those that get most. */
export function endpointsOf(
  view: ClusterView,
  {
    verdicts: all,
    isCurrent,
  }: { readonly verdicts: readonly Verdict[] | null; readonly isCurrent: boolean },
): Endpoints {
  const verdicts = new Map(all?.map((one) => [one.member, one]));
  const there = view.members.filter(({ presence }) => presence.is === 'present');
  const places = there.flatMap((member) => {
    const at = placeOf(member.name, member.address);
    return at === null ? [] : [{ at, isLeader: member.isLeader }];
  });
  const leader = places.find(({ isLeader }) => isLeader)?.at ?? null;
  const standbys = places
    .filter(({ isLeader }) => !isLeader)
    .map(({ at }) => {
      const verdict = verdicts.get(at.member);
      const weight = verdict === undefined ? null : stepped(verdict.percent);
      return { ...at, weight, says: verdict === undefined ? null : reasonOf(verdict.why) };
    })
    .toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0) || (a.member < b.member ? -1 : 1));
  return {
    ...{ cluster: view.id, name: view.name, timeline: view.timeline, isCurrent, leader, standbys },
    connect: {
      write: stringsFor(leader, { all: places.map(({ at }) => at), for: 'write' }),
      read: readStrings(standbys, {
        leader,
        helps: leader !== null && (verdicts.get(leader.member)?.percent ?? 0) > 0,
      }),
    },
  };
}

/** Whoever is to get nothing is not among those that a driver may choose, unless nobody else is left. */
function readStrings(
  standbys: Endpoints['standbys'],
  { leader, helps }: { readonly leader: Endpoint | null; readonly helps: boolean },
): Strings | null {
  const serving = standbys.filter(({ weight }) => weight !== 0);
  const all = serving.length > 0 || (helps && leader) ? serving : standbys;
  const [first = leader] = all;
  // Last of all the leader: a driver that finds no standby reads there.
  return stringsFor(first, { all: leader ? [...all, leader] : all, for: 'read' });
}

function stringsFor(
  first: Endpoint | null,
  of: { readonly all: readonly Endpoint[]; readonly for: 'read' | 'write' },
): Strings | null {
  if (first === null) return null;
  const hosts = of.all.map(({ host, port }) => `${bracketed(host)}:${port}`).join(',');
  const isRead = of.for === 'read';
  const libpq = isRead ? 'prefer-standby' : 'read-write';
  const jdbc = isRead ? 'preferSecondary&loadBalanceHosts=true' : 'primary';
  return {
    libpq: `postgresql://${hosts}/?target_session_attrs=${libpq}&connect_timeout=${CONNECT_TIMEOUT_S}`,
    jdbc: `jdbc:postgresql://${hosts}/?targetServerType=${jdbc}&connectTimeout=${CONNECT_TIMEOUT_S}`,
    node: { host: first.host, port: first.port },
  };
}

/** Anything above nothing is told as something. */
const stepped = (percent: number): number =>
  percent === 0 ? 0 : Math.max(STEP, Math.round(percent / STEP) * STEP);

/** Why, without figures that change all the time. */
const reasonOf = (why: string): string => why.replaceAll('-', ' ');

/** Whoever can write to ZooKeeper chooses what stands there: what is no host goes into no string. */
function placeOf(member: string, address: string | null): Endpoint | null {
  const [, v6, host = v6, port = ''] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+)):(\d{1,5})$/.exec(address ?? '') ?? [];
  return host === undefined ? null : { member, host, port: Number(port) };
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
