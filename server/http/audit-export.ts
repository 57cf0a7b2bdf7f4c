import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { auditSightOf } from '@/lib/access/sight';
import { csvHead, csvOf, jsonOf } from '@/lib/audit/export';
import { auditFilter } from '@/lib/audit/query';
import { Failure } from '@/lib/errors';
import type { Identity } from '../auth/identities';
import type { Audit, AuditReader } from '../ports';

/** Read at once; the answer is written as it is read, so that none is too long. */
const PAGE = 500;

const formats = {
  csv: { type: 'text/csv; charset=utf-8; header=present', head: csvHead, line: csvOf },
  jsonl: { type: 'application/jsonl; charset=utf-8', head: () => '', line: jsonOf },
} as const;

export interface ExportParts {
  readonly audit: Audit & AuditReader;
  readonly identity: Identity;
  readonly from: string;
}

/**
 * Answers `GET /api/audit/export?format=csv|jsonl&…` with all of the audit that the filter fits and
 * that they may read, newest first; that it was taken out is itself recorded. Throws `bad-input`,
 * `unavailable`. What fails once it has begun ends the connection, so that none takes half for all.
 */
export async function exportAudit(
  query: URLSearchParams,
  response: ServerResponse,
  { audit, identity, from }: ExportParts,
): Promise<void> {
  const { format: wanted = 'csv', ...given } = Object.fromEntries(query);
  const format = wanted === 'csv' || wanted === 'jsonl' ? formats[wanted] : null;
  if (!format) throw new Failure('bad-input', 'The format is csv or jsonl.');
  const filter = auditFilter.strict().safeParse(given);
  if (!filter.success) {
    const [issue] = filter.error.issues;
    throw new Failure('bad-input', `${issue?.path.join('.') || 'The filter'}: ${issue?.message}.`);
  }
  const sight = auditSightOf(identity.who.grants);
  let page = await audit.page({ ...filter.data, limit: PAGE }, sight);
  const { kind, id, name } = identity.who;
  const act = { id: randomUUID(), at: Date.now() };
  await audit.note(
    {
      ...{ ...act, role: null, from, action: 'exported', cluster: filter.data.cluster ?? null },
      actor: { kind, id: kind === 'emergency' ? null : id, name },
      ...{ decidedOn: null, reason: null, detail: { format: wanted, filter: given } },
    },
    { ...act, result: 'done', says: 'Done.', cost: null },
  );
  response.writeHead(200, {
    'content-type': format.type,
    'content-disposition': `attachment; filename="howdah-audit-${new Date().toISOString().slice(0, 10)}.${wanted}"`,
    'cache-control': 'no-store',
  });
  response.write(format.head());
  for (;;) {
    const isFull = !response.write(page.items.map(format.line).join(''));
    if (page.cursor === null || response.destroyed) break;
    if (isFull) await drained(response);
    page = await audit.page({ ...filter.data, before: page.cursor, limit: PAGE }, sight);
  }
  response.end();
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
