import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '@/sandbox';
import { faults, killedAt } from './faults-for-tests';
import { OnSandbox } from './on-sandbox';
import { Tally } from './tally-for-tests';

/** All that may fail while an operation is on, some rounds of each: `SOAK_ROUNDS` says how many. */

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 10);
const tally = new Tally(ROUNDS);
let sandbox: Sandbox;
let on: OnSandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ name: `soak-faults-${process.pid}`, profile: 'fast', ephemeral: true },
    clusters: [{ scope: 'fault' }],
  });
  on = new OnSandbox(sandbox, 'fault');
});
afterAll(async () => {
  tally.print('Faults during a run');
  await on?.end();
  on?.remove();
  await sandbox?.down();
});

test.each(Object.entries(faults))(
  '%s',
  async (name, fault) => {
    await tally.rounds(name, () => fault(on, sandbox).finally(() => on.end()));
    expect(tally.failures(name)).toEqual([]);
  },
  ROUNDS * 180_000,
);

test('Howdah is killed at everything that it sends, before it and right after', async () => {
  const failed: string[] = [];
  for (let n = 1; n <= 40; n += 1) {
    const verdicts: string[] = [];
    for (const when of ['before', 'after']) {
      const name = `Howdah is killed at thing ${n} it sends`;
      const round = async () => {
        const verdict = await killedAt(on, `${n} ${when}`).finally(() => on.end());
        verdicts.push(verdict);
        return `${when}: ${verdict}`;
      };
      await tally.rounds(name, round, 1);
      failed.push(...tally.failures(name));
    }
    if (verdicts.every((verdict) => verdict === 'beyond')) break;
  }
  expect(failed).toEqual([]);
}, 3_600_000);
