import { expect, test } from 'vitest';
import type { AuditIntent, AuditOutcome } from '@/lib/audit/entry';
import { Failure } from '@/lib/errors';
import { FakeClock } from '../fake-clock';
import { AuditRetention } from './retention';

const DAY = 86_400_000;

function rig() {
  const clock = new FakeClock(100 * DAY);
  const told: (AuditIntent | AuditOutcome)[] = [];
  const errors: unknown[] = [];
  const store = {
    rows: [1 * DAY, 2 * DAY, 95 * DAY],
    writable: true,
    mine: true,
    fails: false,
    altered: false,
  };
  const retention = new AuditRetention({
    ...{ clock, keepMs: 10 * DAY, mine: () => store.mine, onCut: () => {} },
    onError: (error) => errors.push(error),
    audit: {
      begin: async (intent) => {
        told.push(intent);
      },
      end: async (outcome) => {
        told.push(outcome);
      },
    },
    chain: {
      get writable() {
        return store.writable;
      },
      old: async (before) => store.rows.filter((at) => at < before).length,
      cut: async (before) => {
        if (store.fails) throw new Error('no');
        if (store.altered) throw new Failure('refused', 'Row 2 does not fit.');
        const removed = store.rows.filter((at) => at < before).length;
        store.rows = store.rows.filter((at) => at >= before);
        return { chain: 'a', upto: 2, hash: '', removed, at: clock.now(), signature: '' };
      },
    },
  });
  return { clock, told, errors, store, retention };
}

test('what is older than it is kept for goes, which is an act of its own', async () => {
  const { clock, told, store, retention } = rig();
  retention.start();
  await clock.pass(0);
  expect(store.rows).toEqual([95 * DAY]);
  expect(told).toMatchObject([
    { action: 'retention', actor: { kind: 'howdah' }, decidedOn: { rows: 2 } },
    { result: 'done', says: expect.stringMatching(/were removed: 2, up to row 2\.$/) },
  ]);
  await clock.pass(DAY);
  expect(told).toHaveLength(2);
  await clock.pass(5 * DAY);
  expect(told).toHaveLength(4);
  retention.close();
});

test('it is left alone where another tidies, and what failed says so and is tried again', async () => {
  const { clock, told, store, retention, errors } = rig();
  store.mine = false;
  retention.start();
  await clock.pass(DAY);
  expect(told).toEqual([]);
  store.mine = true;
  store.fails = true;
  retention.start();
  await clock.pass(0);
  expect(told.at(-1)).toMatchObject({ result: 'unknown' });
  expect(errors).toHaveLength(1);
  store.fails = false;
  await clock.pass(3_600_000);
  expect(store.rows).toHaveLength(1);
  retention.close();
});

test('where rows are not what was appended that is an alarm, and told once a day', async () => {
  const { clock, told, store, retention } = rig();
  store.altered = true;
  retention.start();
  await clock.pass(0);
  expect(told.at(-1)).toMatchObject({ result: 'refused', says: 'Row 2 does not fit.' });
  expect(retention.trouble).toEqual([{ severity: 'alarm', says: 'Row 2 does not fit.' }]);
  await clock.pass(DAY - 1);
  expect(told).toHaveLength(2);
  store.altered = false;
  await clock.pass(1);
  expect([told.length, retention.trouble]).toEqual([4, []]);
  retention.close();
});
