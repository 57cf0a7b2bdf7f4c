import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AuditAct, type AuditSeen, cursorOf, inOrder, numbersLeft, pageOf } from './page';

const item = fc.record({
  at: fc.integer({ min: 0, max: 5 }),
  seq: fc.integer({ min: 1, max: 50 }),
});
const items = fc.uniqueArray(item, { selector: ({ seq }) => seq, maxLength: 20 });

test('page by page each item comes once, and in order, however many have one moment', () => {
  fc.assert(
    fc.property(items, items, fc.integer({ min: 1, max: 6 }), (a, b, limit) => {
      const acts = a.map((one) => ({ ...one, is: 'act' }) as AuditAct);
      const seen = b.map((one) => ({ ...one, is: 'seen' }) as AuditSeen);
      const all = [...acts, ...seen].sort(inOrder);
      const told: unknown[] = [];
      for (let before: string | null = ''; before !== null; ) {
        const cursor = cursorOf(before);
        // As the store does it.
        const left = <T extends AuditAct | AuditSeen>(of: readonly T[]) =>
          of
            .filter(
              ({ at, seq, is }) =>
                cursor === null ||
                at < cursor.at ||
                (at === cursor.at && seq < numbersLeft(cursor, is)),
            )
            .sort(inOrder)
            .slice(0, limit + 1);
        const page = pageOf(left(acts), left(seen), limit);
        told.push(...page.items);
        before = page.cursor;
      }
      expect(told).toEqual(all);
    }),
  );
});

test('what is no cursor is none', () => {
  for (const text of ['', '1.act', '1.other.2', '-1.act.2', `1.act.${'9'.repeat(30)}`]) {
    expect(cursorOf(text)).toBeNull();
  }
});
