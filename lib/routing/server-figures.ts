import type { ClusterId } from '../topology/cluster-id';
import { backendNames, lastResortName, serverName } from './haproxy-names';
import { parseStatistics, type StatisticsRow } from './haproxy-stats';
import type { AgentReport } from './lease';
import type { ServerFigures } from './view';

/** What an agent said, and when. */
export interface Told {
  readonly agent: string;
  readonly at: number;
  /** What HAProxy asks it about: by cluster, by member, as HAProxy calls it. */
  readonly asked: ReadonlyMap<ClusterId, ReadonlyMap<string, string | null>>;
  /** HAProxy's rows by "backend/server". */
  readonly rows: ReadonlyMap<string, StatisticsRow>;
}

/** Read once for all clusters: it has a row for each of their servers. */
export function toldBy(
  agent: string,
  report: AgentReport,
  { at, before }: { readonly at: number; readonly before: Told | null },
): Told {
  const asked = new Map<ClusterId, Map<string, string | null>>();
  for (const { cluster, member, server } of report.asked) {
    const members = asked.get(cluster) ?? new Map<string, string | null>();
    asked.set(cluster, members.set(member, server));
  }
  // Not with every answer: what it said before stands till then, where there is no fault.
  const isKept = report.statistics === null && report.statisticsFault === null;
  const rows = isKept ? (before?.rows ?? new Map()) : rowsIn(report.statistics ?? '');
  return { agent, asked, rows, at: isKept ? (before?.at ?? at) : at };
}

const rowsIn = (csv: string): Told['rows'] =>
  new Map(parseStatistics(csv).map((row) => [`${row.proxy}/${row.server}`, row]));

/**
 * What a HAProxy says of one cluster's servers: those that it asks its agent about, and those that
 * are called as Howdah's own configuration calls them.
 */
export function serverFigures(
  cluster: ClusterId,
  members: readonly string[],
  told: Told,
): readonly ServerFigures[] {
  const { rows } = told;
  const asked = told.asked.get(cluster);
  if (rows.size === 0) return [];
  const { read, write } = backendNames(cluster);
  return members.flatMap((member) => {
    const name = serverName(member);
    const places: readonly (readonly [ServerFigures['port'], string])[] = [
      ['read', asked?.get(member) ?? `${read}/${name}`],
      ['last-resort', `${read}/${lastResortName(member)}`],
      ['write', `${write}/${name}`],
    ];
    return places.flatMap(([port, at]) => {
      const row = rows.get(at);
      return row ? [figuresOf(row, { port, member, told })] : [];
    });
  });
}

function figuresOf(
  row: StatisticsRow,
  of: { readonly port: ServerFigures['port']; readonly member: string; readonly told: Told },
): ServerFigures {
  const { connectionErrors, responseErrors } = row;
  const counted = connectionErrors !== null || responseErrors !== null;
  return {
    ...{ agent: of.told.agent, at: of.told.at, member: of.member, port: of.port },
    server: row.server,
    status: row.status ?? 'unknown',
    weight: row.weight,
    sessions: row.sessions,
    sessionsPerSecond: row.sessionRate,
    sessionsTotal: row.totalSessions,
    queue: row.queued,
    errors: counted ? (connectionErrors ?? 0) + (responseErrors ?? 0) : null,
    check: row.check.last ?? row.check.status,
    agentSaid: row.agent.last ?? row.agent.status,
  };
}
