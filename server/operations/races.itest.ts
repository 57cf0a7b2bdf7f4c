import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '@/sandbox';
import { OnSandbox } from './on-sandbox';
import { frozen, races, type Stage, stageOf } from './races-for-tests';

/** A few rounds of each race: a hundred are run by `races.soak.ts`. */

let sandbox: Sandbox;
let on: OnSandbox;
let stage: Stage;

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ name: 'test-races', profile: 'fast', ephemeral: true, clusters: [{ scope: 'race' }] },
  });
  on = new OnSandbox(sandbox, 'race');
  stage = await stageOf(on);
});
afterAll(async () => {
  await on?.end();
  on?.remove();
  await sandbox?.down();
});

test.each(Object.entries(races))(
  '%s',
  async (_, { run, rounds }) => {
    for (let round = 0; round < rounds; round += 1) expect(await run(stage)).not.toBe('');
  },
  90_000,
);

test('a Howdah that is frozen between its check and its request, and thawed when all has moved', async () => {
  const round = frozen(on);
  const verdicts = [await round(), await round()];
  // On a busy machine it may have asked before it could be frozen, which each round tells apart.
  const isNotAsked = (verdict: string) => verdict.startsWith('not asked');
  while (!verdicts.some(isNotAsked) && verdicts.length < 6) verdicts.push(await round());
  expect(verdicts.filter(isNotAsked)).not.toEqual([]);
  // The turn in which it may be stopped unawares takes a millisecond.
  const late = verdicts.filter((verdict) => verdict.startsWith('asked in that turn'));
  expect(late.length).toBeLessThanOrEqual(1);
}, 240_000);
