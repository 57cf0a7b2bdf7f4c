/**
 * What HAProxy answers to `show stat`: a line of names, then a line for each listener, server and
 * backend. Columns are found by name, since every version adds some.
 */
export interface StatisticsRow {
  /** What `listen`, `frontend` or `backend` is called in the configuration. */
  readonly proxy: string;
  /** The server's name, or FRONTEND or BACKEND. */
  readonly server: string;
  readonly kind: 'frontend' | 'backend' | 'server' | 'listener' | null;
  /** As written, e.g. "UP", "DOWN 1/2", "DRAIN", "NOLB", "no check", "DOWN (agent)". */
  readonly status: string | null;
  /** In force: of what is configured what the agent leaves of it. */
  readonly weight: number | null;
  /** A backend counts its servers. */
  readonly active: number | null;
  readonly backup: number | null;
  readonly sessions: number | null;
  readonly mostSessions: number | null;
  /** Since it was started, as bytes and errors are. */
  readonly totalSessions: number | null;
  /** In the last second. */
  readonly sessionRate: number | null;
  readonly queued: number | null;
  readonly connectionErrors: number | null;
  readonly responseErrors: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  /** Seconds since it went up or down. */
  readonly sinceChange: number | null;
  readonly check: CheckResult;
  readonly agent: CheckResult;
}

/** Of Patroni's check, and of the agent's. */
export interface CheckResult {
  /** As written, e.g. "L7OK", "L7STS", "L4CON", "INI"; a star in front: the next is under way. */
  readonly status: string | null;
  readonly durationMs: number | null;
  readonly last: string | null;
}

const KINDS = ['frontend', 'backend', 'server', 'listener'] as const;

/** Reads the whole answer. What a version doesn't tell is null, and what has no names gives no rows. */
export function parseStatistics(text: string): StatisticsRow[] {
  const [names = [], ...rows] = linesOf(text);
  const columns = new Map(names.map((name, at) => [name.replace(/^# ?/, ''), at]));
  if (!columns.has('pxname') || !columns.has('svname')) return [];
  return rows.map((cells) => rowOf((name) => cells[columns.get(name) ?? -1] || null));
}

function rowOf(cell: (name: string) => string | null): StatisticsRow {
  const count = (name: string) => numberOf(cell(name));
  return {
    proxy: cell('pxname') ?? '',
    server: cell('svname') ?? '',
    kind: KINDS[count('type') ?? -1] ?? null,
    status: cell('status'),
    weight: count('weight'),
    active: count('act'),
    backup: count('bck'),
    sessions: count('scur'),
    mostSessions: count('smax'),
    totalSessions: count('stot'),
    sessionRate: count('rate'),
    queued: count('qcur'),
    connectionErrors: count('econ'),
    responseErrors: count('eresp'),
    bytesIn: count('bin'),
    bytesOut: count('bout'),
    sinceChange: count('lastchg'),
    check: {
      status: cell('check_status'),
      durationMs: count('check_duration'),
      last: cell('last_chk'),
    },
    agent: {
      status: cell('agent_status'),
      durationMs: count('agent_duration'),
      last: cell('last_agt'),
    },
  };
}

const numberOf = (text: string | null): number | null =>
  text !== null && /^-?\d+$/.test(text) ? Number(text) : null;

/** Nearly all of a large answer is plain, and split at once. */
function linesOf(text: string): string[][] {
  const lines: string[][] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const plain = text.slice(at, end === -1 ? undefined : end);
    const { cells, next } = plain.includes('"')
      ? quotedLine(text, at)
      : { cells: plain.split(','), next: at + plain.length + 1 };
    if (cells.some((found) => found !== '')) lines.push(cells);
    at = next;
  }
  return lines;
}

/** Texts of checks are between quotes where they hold what would end a cell or a line. */
function quotedLine(
  text: string,
  from: number,
): { readonly cells: string[]; readonly next: number } {
  const cell = /(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/gy;
  cell.lastIndex = from;
  const cells: string[] = [];
  for (let end = ','; end === ','; ) {
    const [, quoted, plain = '', found] = cell.exec(text) ?? [];
    if (found === undefined) return { cells, next: text.length };
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    end = found;
  }
  return { cells, next: cell.lastIndex };
}
