import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type AuditIntent, type AuditOutcome, byHowdah } from '@/lib/audit/entry';
import type { AuditAct } from '@/lib/audit/page';
import { Failure } from '@/lib/errors';
import { anIdentity, everything } from '../auth/identity-for-tests';
import type { Audit, AuditReader } from '../ports';
import { exportAudit } from './audit-export';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const item = (seq: number): AuditAct => ({
  ...{ is: 'act', seq, at: 1, outcome: null },
  intent: {
    ...{ id: `${seq}`, at: 1, actor: byHowdah, role: null, from: null, action: 'switchover' },
    ...{ cluster: null, decidedOn: null, reason: null, detail: null },
  },
});

/** A server that exports so many pages of two acts; `onPage` is called before each. */
async function exporting(pages: number, onPage: (page: number) => void = () => {}) {
  const told: (AuditIntent | AuditOutcome)[] = [];
  const errors: unknown[] = [];
  const state = { ended: null as 'signed-out' | null, refuses: false };
  const audit = {
    begin: async (intent: AuditIntent) => {
      if (state.refuses) throw new Failure('unavailable', 'It can be kept nowhere.');
      told.push(intent);
    },
    end: async (outcome: AuditOutcome) => {
      told.push(outcome);
    },
    page: async ({ before = '0' }: { before?: string }) => {
      const page = Number(before);
      onPage(page);
      const items = [item(page * 2), item(page * 2 + 1)];
      return { items, cursor: page + 1 < pages ? String(page + 1) : null };
    },
  } as unknown as Audit & AuditReader;
  const identity = { ...anIdentity(everything('operator')), ended: () => state.ended };
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams;
    exportAudit(query, response, { audit, identity, from: '10.0.0.1' }).catch((error) => {
      errors.push(error);
      response.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stops.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const get = async () => (await fetch(`http://127.0.0.1:${port}/?format=jsonl`)).text();
  return { get, told, errors, state };
}

test('an export is recorded before, with the role, and how much it was after', async () => {
  const { get, told } = await exporting(3);
  expect((await get()).trim().split('\n')).toHaveLength(6);
  expect(told).toMatchObject([
    { action: 'exported', role: 'operator', from: '10.0.0.1', detail: { format: 'jsonl' } },
    { result: 'done', cost: { rows: 6 } },
  ]);
});

test('nothing is sent that could not be recorded', async () => {
  const { get, told, errors, state } = await exporting(1);
  state.refuses = true;
  await expect(get()).rejects.toThrow();
  expect([told, errors]).toEqual([[], [expect.objectContaining({ code: 'unavailable' })]]);
});

test('it ends with the sign-in of whoever began it, and says how far it came', async () => {
  const { get, told, state } = await exporting(9, (page) => {
    if (page === 2) state.ended = 'signed-out';
  });
  await expect(get()).rejects.toThrow();
  expect(told[1]).toMatchObject({ result: 'failed', cost: { rows: 4 } });
});

test('what fails in the middle is told with what was sent by then', async () => {
  const { get, told } = await exporting(9, (page) => {
    if (page === 1) throw new Failure('unavailable', 'The store is away.');
  });
  await expect(get()).rejects.toThrow();
  expect(told[1]).toMatchObject({
    result: 'failed',
    says: 'It was cut short after 2 rows: The store is away.',
  });
});
