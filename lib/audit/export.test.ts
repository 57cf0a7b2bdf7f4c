import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvHead, csvOf, jsonOf } from './export';
import type { AuditAct, AuditItem, AuditSeen } from './page';

const anAct: AuditAct = {
  ...{ is: 'act', seq: 1, at: Date.UTC(2026, 0, 2, 3, 4, 5, 6) },
  intent: {
    ...{ id: 'an-id', at: Date.UTC(2026, 0, 2, 3, 4, 5, 6), role: 'operator', from: '10.0.0.1' },
    ...{ actor: { kind: 'user', id: 'u', name: 'ann@example.org' }, action: 'switchover' },
    ...{ cluster: 'main~.2Fservice~orders~2', decidedOn: { leader: 'pg-a' } },
    ...{ reason: '=HYPERLINK("http://x","y")', detail: null },
  },
  outcome: {
    id: 'an-id',
    at: Date.UTC(2026, 0, 2, 3, 5),
    result: 'done',
    says: 'pg-b, leads',
    cost: { outageMs: 7 },
  },
};
const seen: AuditSeen = {
  ...{ is: 'seen', seq: 2, at: 0, by: 'not known' },
  event: {
    ...{ seq: 2, at: 0, cluster: 'main~.2Fservice~orders', code: 'config-changed', member: null },
    ...{ says: 'Configuration version 7', cause: 'unwatched', written: { at: 0, zxid: 'ab' } },
  },
};

/** As RFC 4180 has it, written for this test alone. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let [row, at]: [string[], number] = [[], 0];
  while (at < text.length) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at));
    const plain = quoted ? null : /^[^,\r\n"]*/.exec(text.slice(at));
    row.push(quoted?.[1]?.replaceAll('""', '"') ?? plain?.[0] ?? '');
    at += (quoted ?? plain)?.[0].length ?? 0;
    if (text.startsWith('\r\n', at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else if (text[at] === ',') at += 1;
    else throw new Error(`neither a comma nor an end at ${at}`);
  }
  return rows;
}

test('an act is a line with a cell for each column, its times by UTC', () => {
  const [head = [], cells = []] = parse(csvHead() + csvOf(anAct));
  expect(Object.fromEntries(head.map((name, n) => [name, cells[n]]))).toEqual({
    ...{ at: '2026-01-02T03:04:05.006Z', by: 'howdah', action: 'Switchover', role: 'operator' },
    ...{ who: 'ann@example.org', who_kind: 'user', address: '10.0.0.1', ensemble: 'main' },
    ...{ namespace: '/service', cluster: 'orders/2', reason: `'=HYPERLINK("http://x","y")` },
    ...{ decided_on: '{"leader":"pg-a"}', detail: '', result: 'done', says: 'pg-b, leads' },
    ...{ ended_at: '2026-01-02T03:05:00.000Z', cost: '{"outageMs":7}', id: 'an-id' },
  });
});

test('what has no outcome says so, and what others did is there beside it', () => {
  expect(JSON.parse(jsonOf({ ...anAct, outcome: null }))).toMatchObject({
    ...{ result: null, ended_at: null, says: expect.stringContaining('No outcome is known') },
    ...{ decided_on: { leader: 'pg-a' } },
  });
  expect(JSON.parse(jsonOf(seen))).toMatchObject({
    ...{ by: 'not known', action: 'config-changed', cluster: 'orders', id: 'ab', who: null },
  });
});

test('whatever somebody typed comes back as it was, and is no formula to a spreadsheet', () => {
  const typed = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", 'x') }),
  );
  fc.assert(
    fc.property(fc.array(typed, { minLength: 1, maxLength: 5 }), (reasons) => {
      const items = reasons.map(
        (reason): AuditItem => ({ ...anAct, intent: { ...anAct.intent, reason } }),
      );
      const [head = [], ...rows] = parse(csvHead() + items.map(csvOf).join(''));
      expect(rows).toHaveLength(reasons.length);
      for (const [n, row] of rows.entries()) {
        expect(row).toHaveLength(head.length);
        const cell = row[head.indexOf('reason')] ?? '';
        expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
        expect([reasons[n], `'${reasons[n]}`]).toContain(cell);
      }
    }),
  );
});
