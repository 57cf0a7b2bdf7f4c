import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '@/sandbox';
import { faults, killedAt } from './faults-for-tests';
import { OnSandbox } from './on-sandbox';

/** The main ones of what may fail while an operation is on; all of them are in `faults.soak.ts`. */

let sandbox: Sandbox;
let on: OnSandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ name: 'test-op-faults', profile: 'fast', ephemeral: true },
    // As long as the ensemble grants: a leader that hangs is failed over from before it is up.
    clusters: [{ scope: 'fault', ttl: 10 }],
  });
  on = new OnSandbox(sandbox, 'fault');
});
afterAll(async () => {
  on?.remove();
  await sandbox?.down();
});
afterEach(() => on.end());

test.each([
  ['Patroni answers 503 and has written it', ['done']],
  ['a leader whose host hangs is failed over from by force', ['done']],
] as const)(
  '%s',
  async (name, ends) => {
    expect(ends).toContain(await faults[name]?.(on, sandbox));
  },
  120_000,
);

test('a Howdah that dies about when it asks is followed by one that tells how it ended', async () => {
  // Its record, its claim and its turn to asking have been sent.
  expect(await killedAt(on, '8 after')).toMatch(/done|failed/);
}, 120_000);
