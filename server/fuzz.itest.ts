import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { failureCodes } from '@/lib/errors';
import { type Sandbox, startSandbox, startSynthetic, waitFor } from '@/sandbox';
import { AccountProcess, type Browser, secretFile } from './account-process';
import { anythingBut, valuesOf } from './trpc/inputs-for-tests';
import { appRouter } from './trpc/router';

const howdah = new AccountProcess();
const CLUSTER = 'main~.2Fservice~synthetic-0001';
let sandbox: Sandbox;
let synthetic: Awaited<ReturnType<typeof startSynthetic>>;
let admin: Browser;

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ name: 'test-fuzz', profile: 'fast', ephemeral: true, zookeeperServers: 1, clusters: [] },
  });
  synthetic = await startSynthetic({
    ...{ connectString: sandbox.connectString, clusters: 2, members: 3 },
  });
  const config = secretFile(
    howdah.root,
    'howdah.json',
    JSON.stringify({ accounts: { actsPerMinute: 100_000 } }),
  );
  await howdah.start(() => ({ HOWDAH_CONFIG: config, HOWDAH_ENSEMBLE: sandbox.connectString }));
  admin = await howdah.admin();
  await waitFor(
    async () =>
      (await admin
        .query('operations.preflight', { cluster: CLUSTER, wish: { kind: 'resume' } })
        .then(() => true)
        .catch(() => false)) === true,
    { timeoutMs: 60_000, what: 'the cluster to be known' },
  );
}, 120_000);
afterAll(async () => {
  await howdah.end();
  await synthetic?.stop();
  await sandbox?.down();
}, 60_000);

const strings = fc.oneof(
  fc.constantFrom(CLUSTER, 'main~.2Fservice~none', 'main~~', '~', '', '\0', 'config', '__proto__'),
  fc.constantFrom(`' or 1=1 --`, '../../etc/passwd', 'a@b.cc', 'a long enough password', '0'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uuid(),
);

interface Procedure {
  readonly _def: {
    readonly type: 'query' | 'mutation';
    readonly inputs: readonly z.core.$ZodType[];
  };
}
const procedures = Object.entries(appRouter._def.procedures) as unknown as [string, Procedure][];
// These would sign the test itself out.
const spared = ['account.endSession', 'accounts.endSessions'];

/** Whatever is asked, the answer is a result, or a failure of a kind that is known and foreseen. */
async function answers(path: string, type: string, input: unknown): Promise<void> {
  const text = JSON.stringify(input ?? null);
  const answer =
    type === 'query'
      ? await admin.get(`/api/trpc/${path}?input=${encodeURIComponent(text)}`)
      : await admin.post(`/api/trpc/${path}`, input ?? null);
  const said = await answer.text();
  const body = JSON.parse(said) as { result?: unknown; error?: { data: { failure: string } } };
  const failure = body.error?.data.failure ?? 'none';
  expect(`${failure}: ${said.slice(0, 300)}`).not.toMatch(/^internal/);
  if (!body.result) expect(Object.keys(failureCodes)).toContain(failure);
  expect(answer.status).toBeLessThan(500 + (failure === 'unavailable' ? 100 : 0));
}

test.each(procedures.filter(([path]) => !spared.includes(path)))(
  '%s answers, or refuses in its own words, whatever it is asked',
  async (path, { _def: { type, inputs } }) => {
    const [schema] = inputs;
    if (!schema) return answers(path, type, undefined);
    await fc.assert(
      fc.asyncProperty(fc.oneof(valuesOf(schema, strings), anythingBut(schema, strings)), (input) =>
        answers(path, type, input),
      ),
      { numRuns: 40 },
    );
  },
  60_000,
);

test('after all of that it still serves', async () => {
  expect((await admin.get('/api/health')).status).toBe(200);
  await expect(admin.query('accounts.list')).resolves.toBeDefined();
});
