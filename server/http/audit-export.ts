import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { auditSightOf } from '@/lib/access/sight';
import { doneBy } from '@/lib/audit/done-by';
import { doneAs } from '@/lib/audit/ended';
import type { AuditIntent, AuditOutcome } from '@/lib/audit/entry';
import { csvHead, csvOf, jsonOf } from '@/lib/audit/export';
import { type AuditFilter, auditFilter } from '@/lib/audit/query';
import { Failure } from '@/lib/errors';
import type { Identity } from '../auth/identities';
import type { Audit, AuditReader } from '../ports';

/** Read at once; the answer is written as it is read, so that none is too long. */
const PAGE = 500;

const formats = {
  csv: { type: 'text/csv; charset=utf-8; header=present', head: csvHead, line: csvOf },
  jsonl: { type: 'application/jsonl; charset=utf-8', head: () => '', line: jsonOf },
} as const;
type FormatName = keyof typeof formats;

export interface ExportParts {
  readonly audit: Audit & AuditReader;
  readonly identity: Identity;
  readonly from: string;
}

/**
 * Answers `GET /api/audit/export?format=csv|jsonl&…` with all of the audit that the filter fits and
 * that they may read, newest first; that it is taken out is itself recorded before, and how much of
 * it was after. Throws `bad-input`, `unavailable`. What fails once it has begun ends the connection,
 * so that none takes half for all, and so does that they may no longer read it.
 */
export async function exportAudit(
  query: URLSearchParams,
  response: ServerResponse,
  parts: ExportParts,
): Promise<void> {
  const { format, ...given } = Object.fromEntries(query);
  const name = format ?? 'csv';
  if (name !== 'csv' && name !== 'jsonl') {
    throw new Failure('bad-input', 'The format is csv or jsonl.');
  }
  const filter = auditFilter.strict().safeParse(given);
  if (!filter.success) {
    const [issue] = filter.error.issues;
    throw new Failure('bad-input', `${issue?.path.join('.') || 'The filter'}: ${issue?.message}.`);
  }
  const { audit } = parts;
  const intent = intentOf(parts, filter.data, { format: name, filter: given });
  await audit.begin(intent);
  const sent = { rows: 0 };
  try {
    const cut = await send(response, { ...parts, name, filter: filter.data, sent });
    await audit.end(endOf(intent, sent.rows, cut));
    if (cut !== null) response.destroy();
  } catch (error) {
    const why = error instanceof Failure ? error.message : 'Howdah met an error of its own.';
    await audit.end(endOf(intent, sent.rows, why));
    throw error;
  }
}

interface Sending extends ExportParts {
  readonly name: FormatName;
  readonly filter: AuditFilter;
  readonly sent: { rows: number };
}

/** Null: all of it was sent; else why it was cut short. */
async function send(
  response: ServerResponse,
  { audit, identity, name, filter, sent }: Sending,
): Promise<string | null> {
  const sight = auditSightOf(identity.who.grants);
  let page = await audit.page({ ...filter, limit: PAGE }, sight);
  const format = formats[name];
  response.writeHead(200, {
    'content-type': format.type,
    'content-disposition': `attachment; filename="howdah-audit-${new Date().toISOString().slice(0, 10)}.${name}"`,
    'cache-control': 'no-store',
  });
  response.write(format.head());
  for (;;) {
    if (identity.ended() !== null) return 'Their sign-in ended, or their roles changed.';
    const isFull = !response.write(page.items.map(format.line).join(''));
    sent.rows += page.items.length;
    if (isFull) await drained(response);
    if (response.destroyed) return 'The connection was closed.';
    if (page.cursor === null) break;
    page = await audit.page({ ...filter, before: page.cursor, limit: PAGE }, sight);
  }
  response.end();
  return null;
}

function intentOf(
  { identity: { who }, from }: ExportParts,
  { cluster }: AuditFilter,
  detail: AuditIntent['detail'],
): AuditIntent {
  return {
    ...{ id: randomUUID(), at: Date.now(), action: 'exported', cluster: cluster ?? null, from },
    ...doneBy(who, cluster ?? null),
    ...{ decidedOn: null, reason: null, detail },
  };
}

function endOf(intent: AuditIntent, rows: number, cut: string | null): AuditOutcome {
  const done = doneAs(intent, Date.now());
  const outcome = { ...done, cost: { ...done.cost, rows } };
  if (cut === null) return outcome;
  return { ...outcome, result: 'failed', says: `It was cut short after ${rows} rows: ${cut}` };
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed) {
      resolve();
      return;
    }
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
