import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '@/sandbox';
import { OnSandbox } from './on-sandbox';
import { frozen, races, type Stage, stageOf } from './races-for-tests';
import { Tally } from './tally-for-tests';

/** A hundred rounds of each race. `SOAK_ROUNDS` says of how many instead. */

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 100);
const tally = new Tally(ROUNDS);
let sandbox: Sandbox;
let on: OnSandbox;
let stage: Stage;

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{
      name: `soak-races-${process.pid}`,
      profile: 'fast',
      ephemeral: true,
      clusters: [{ scope: 'race' }],
    },
  });
  on = new OnSandbox(sandbox, 'race');
  stage = await stageOf(on);
});
afterAll(async () => {
  tally.print('Races');
  await on?.end();
  on?.remove();
  await sandbox?.down();
});

test.each(Object.entries(races))(
  '%s',
  async (name, { run }) => {
    await tally.rounds(name, () => run(stage));
    expect(tally.failures(name)).toEqual([]);
  },
  ROUNDS * 60_000,
);

test(
  'a Howdah is frozen between its check and its request',
  async () => {
    const name = 'frozen between check and request';
    await tally.rounds(name, frozen(on));
    expect(tally.failures(name)).toEqual([]);
  },
  ROUNDS * 90_000,
);
