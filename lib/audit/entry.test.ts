import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AuditIntent, byHowdah, intentEntry, outcomeEntry, textOf } from './entry';

const intent: AuditIntent = {
  ...{ id: 'a', at: 1, actor: byHowdah, role: null, from: null, action: 'sign-in', cluster: null },
  ...{ decidedOn: null, reason: null, detail: null },
};

test('what is kept is what was said, but for what PostgreSQL’s JSON has no room for', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (reason) => {
      const kept = JSON.parse(textOf(intentEntry({ ...intent, reason })));
      expect(kept).toEqual({
        kind: 'intent',
        ...intent,
        reason: reason.replaceAll('\0', '\u{fffd}'),
      });
    }),
  );
  const odd = '\0 \\u0000 \ud800 \\ud800 \\\\';
  expect(JSON.parse(textOf(intentEntry({ ...intent, reason: odd }))).reason).toBe(
    '\u{fffd} \\u0000 \u{fffd} \\ud800 \\\\',
  );
});

test('an outcome that resolves an unknown one is another row than that', () => {
  const outcome = { id: 'a', at: 2, result: 'done', says: 'Done.', cost: null } as const;
  expect(outcomeEntry(outcome).kind).toBe('outcome');
  expect(outcomeEntry({ ...outcome, resolves: true })).toEqual({ ...outcome, kind: 'resolution' });
});
