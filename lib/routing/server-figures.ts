import type { ClusterId } from '../topology/cluster-id';
import { backendNames, lastResortName, serverName } from './haproxy-names';
import { parseStatistics, type StatisticsRow } from './haproxy-stats';
import type { AgentReport } from './lease';
import type { ServerFigures } from './view';

/** What an agent said, and when. */
export interface Told {
  readonly agent: string;
  readonly at: number;
  readonly asked: AgentReport['asked'];
  /** HAProxy's rows by "backend/server". */
  readonly rows: ReadonlyMap<string, StatisticsRow>;
}

/** Read once for all clusters: it has a row for each of their servers. */
export const toldBy = (agent: string, report: AgentReport, at: number): Told => ({
  ...{ agent, at, asked: report.asked },
  rows: new Map(
    parseStatistics(report.statistics ?? '').map((row) => [`${row.proxy}/${row.server}`, row]),
  ),
});

/**
 * What a HAProxy says of one cluster's servers: those that it asks its agent about, and those that
 * are called as Howdah's own configuration calls them.
 */
export function serverFigures(
  cluster: ClusterId,
  members: readonly string[],
  told: Told,
): readonly ServerFigures[] {
  const { asked: all, rows } = told;
  if (rows.size === 0) return [];
  const { read, write } = backendNames(cluster);
  return members.flatMap((member) => {
    const asked = all.find((one) => one.cluster === cluster && one.member === member);
    const name = serverName(member);
    const places: readonly (readonly [ServerFigures['port'], string])[] = [
      ['read', asked?.server ?? `${read}/${name}`],
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
