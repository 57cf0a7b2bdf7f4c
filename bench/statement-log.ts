import { readFileSync } from 'node:fs';

/** A statement, or a step of one, as a PostgreSQL server has logged it. */
export interface Logged {
  readonly application: string;
  /** When it began, milliseconds since the epoch. */
  readonly at: number;
  readonly ms: number;
  readonly step: 'statement' | 'parse' | 'bind' | 'execute';
  readonly text: string;
}

const HEAD =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC (\S+) LOG: {2}duration: ([\d.]+) ms {2}(statement|parse|bind|execute)[^:]*: ?(.*)$/;

/** Reads what a server logs with `log_min_duration_statement = 0` and the prefix "%m %a ", in UTC. */
export function parseStatementLog(text: string): Logged[] {
  const found: Logged[] = [];
  let open: (Omit<Logged, 'text'> & { lines: string[] }) | null = null;
  const end = () => {
    if (open) found.push({ ...open, text: open.lines.join('\n') });
    open = null;
  };
  for (const line of text.split('\n')) {
    // Further lines of a statement are indented by a tab.
    if (line.startsWith('\t')) {
      open?.lines.push(line.slice(1));
      continue;
    }
    end();
    const [, day, time, application = '', took, step, first = ''] = HEAD.exec(line) ?? [];
    if (!step) continue;
    const ms = Number(took);
    open = {
      application,
      at: Date.parse(`${day}T${time}Z`) - ms,
      ms,
      step: step as Logged['step'],
      lines: [first],
    };
  }
  end();
  return found;
}

/** What was asked over one server's connections of this name, between two moments. */
export function askedOf(
  logFile: string,
  application: string,
  { from, to }: { readonly from: number; readonly to: number },
): Logged[] {
  return parseStatementLog(readFileSync(logFile, 'utf8')).filter(
    (one) => one.application === application && one.at >= from && one.at < to,
  );
}
