import { clusterName, parseClusterId } from '../topology/cluster-id';
import { auditActions, type Json } from './entry';
import { type AuditItem, NO_OUTCOME } from './page';

/** An item as a row for others: each of its fields under a name that stays. */
interface Row {
  readonly at: string;
  /** "howdah", "others", "not known". */
  readonly by: string;
  readonly action: string;
  readonly who: string | null;
  readonly who_kind: string | null;
  readonly role: string | null;
  readonly address: string | null;
  readonly ensemble: string | null;
  readonly namespace: string | null;
  readonly cluster: string | null;
  readonly reason: string | null;
  readonly decided_on: Json;
  readonly detail: Json;
  readonly result: string | null;
  readonly ended_at: string | null;
  readonly says: string;
  readonly cost: Json;
  /** The act's own id, or the write to ZooKeeper. */
  readonly id: string | null;
}

const columns = [
  ...['at', 'by', 'action', 'who', 'who_kind', 'role', 'address', 'ensemble', 'namespace'],
  ...['cluster', 'reason', 'decided_on', 'detail', 'result', 'ended_at', 'says', 'cost', 'id'],
] as readonly (keyof Row)[];

/** A line that names the columns of the others. RFC 4180. */
export const csvHead = (): string => line(columns);

export function csvOf(item: AuditItem): string {
  const row = rowOf(item);
  return line(columns.map((column) => row[column]));
}

/** One line of JSON. */
export const jsonOf = (item: AuditItem): string => `${JSON.stringify(rowOf(item))}\n`;

const moment = (at: number): string => new Date(at).toISOString();

function rowOf(item: AuditItem): Row {
  if (item.is === 'act') {
    const { intent, outcome } = item;
    return {
      ...{
        at: moment(item.at),
        by: 'howdah',
        action: auditActions[intent.action] ?? intent.action,
      },
      ...{ who: intent.actor.name, who_kind: intent.actor.kind, role: intent.role },
      ...{ address: intent.from, ...placeOf(intent.cluster), reason: intent.reason },
      ...{ decided_on: intent.decidedOn, detail: intent.detail },
      ...{ result: outcome?.result ?? null, ended_at: outcome ? moment(outcome.at) : null },
      ...{ says: outcome?.says ?? NO_OUTCOME, cost: outcome?.cost ?? null, id: intent.id },
    };
  }
  const { event, by } = item;
  return {
    ...{ at: moment(item.at), by, action: event.code, who: null, who_kind: null, role: null },
    ...{ address: null, ...placeOf(event.cluster), reason: null, decided_on: null, detail: null },
    ...{ result: null, ended_at: null, says: event.says, cost: null },
    id: event.written?.zxid ?? null,
  };
}

function placeOf(cluster: string | null): Pick<Row, 'ensemble' | 'namespace' | 'cluster'> {
  const key = cluster === null ? null : parseClusterId(cluster);
  if (key === null) return { ensemble: null, namespace: null, cluster };
  return { ensemble: key.ensemble, namespace: key.namespace, cluster: clusterName(key) };
}

const line = (cells: readonly (Json | undefined)[]): string => `${cells.map(cell).join(',')}\r\n`;

function cell(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A spreadsheet would take these for a formula, and work it out.
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
