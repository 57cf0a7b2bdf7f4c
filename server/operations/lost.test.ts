import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Wish } from '@/lib/operations/wish';
import { act, Howdah, ID, KEPT, keptOf, SCOPE, World } from './world-for-tests';

/**
 * Whichever calls to ZooKeeper or answers of it are lost, also over a restart: what is done is done
 * once, and told truly.
 */

interface Plan {
  readonly wish: Wish;
  readonly before?: (world: World) => void;
  readonly came: (world: World) => boolean;
}

const later = '2036-01-01T00:00:00Z';
const plans: Readonly<Record<string, Plan>> = {
  'an earlier configuration': {
    wish: { kind: 'configuration', text: null, seq: 7 },
    came: ({ config }) => config.text === KEPT,
  },
  'a configuration': {
    wish: { kind: 'configuration', text: '{"ttl":35}', seq: null },
    came: ({ config }) => config.text === '{"ttl":35}',
  },
  'a pause': {
    wish: { kind: 'pause', until: null },
    came: ({ view }) => view?.mode.paused === true,
  },
  'a switchover': {
    wish: { kind: 'switchover', candidate: 'pg-b', at: null },
    came: ({ leader }) => leader === 'pg-b',
  },
  'a restart': {
    wish: { kind: 'restart', members: ['pg-b', 'pg-c'], pendingOnly: false, at: null },
    came: ({ asked }) => asked.length === 2,
  },
  'a schedule that is taken back': {
    wish: { kind: 'cancel-switchover' },
    before: (world) => world.request({ leader: 'pg-a', member: 'pg-b', scheduled_at: later }),
    came: ({ view }) => view?.request === null,
  },
  'a removal': {
    wish: { kind: 'removal' },
    before: (world) => {
      world.lead(null);
      world.part = { members: [] };
    },
    came: ({ view }) => view === null,
  },
};

type Loss = 'nothing' | 'call' | 'answer';
const lost = fc.constantFrom<Loss[]>('call', 'answer');
const often = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant<Loss>('nothing') }, lost), {
  ...{ minLength: 40, maxLength: 40 },
});
const once = fc
  .tuple(fc.nat(60), lost)
  .map(([at, how]): Loss[] => [...Array<Loss>(at).fill('nothing'), how]);

describe.each(Object.keys(plans))('%s', (name) => {
  const plan = plans[name] as Plan;

  test('is done once, and told truly, whichever of its calls or answers is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(often, once), fc.boolean(), async (losses, restarts) => {
        const world = new World();
        plan.before?.(world);
        const version = world.config.version;
        const howdah = new Howdah(world);
        const left = [...losses];
        howdah.session.loses = () => left.shift() ?? 'nothing';
        const start = howdah.runs.start(world.wanted(plan.wish), act).then(
          () => 'began',
          (error: { code: string }) => error.code,
        );
        await howdah.goesOn();
        const began = await start;
        howdah.session.loses = null;
        // After a loss the ensemble is read afresh, and runs are gone on with.
        let last = howdah;
        if (restarts) {
          howdah.end();
          last = new Howdah(world);
        }
        expect(await last.runs.resume('main', [ID])).toEqual([]);
        await last.goesOn();
        await last.runs.resume('main', [ID]);
        await world.clock.pass(22_000_000);
        await last.goesOn();
        const came = plan.came(world);
        // Once.
        expect(new Set(world.asked).size).toBe(world.asked.length);
        const writes = plan.wish.kind === 'configuration' || plan.wish.kind === 'pause';
        if (writes) expect(world.config.version - version).toBe(came ? 1 : 0);
        // The truth, as it is shown.
        const code = last.outcome;
        if (last.newest) expect(last.newest.state).toBe('ended');
        else expect([began === 'began', came]).toEqual([false, false]);
        if (came) expect(code).toBe('done');
        else expect(code).not.toBe('done');
        if (world.asked.length === 0)
          expect(['failed', 'unknown', undefined]).toContain(came ? 'failed' : code);
        // And the audit has it, unless whoever asked was told at once that nothing was done.
        const kept = keptOf(world.audited);
        if (began === 'began') expect(kept.length).toBeGreaterThan(0);
        const known = kept.filter(({ result }) => result !== 'unknown');
        for (const one of known) expect(one.result === 'done').toBe(came);
        if (came) expect(known.length).toBeGreaterThan(0);
        if (came && writes) {
          for (const one of known) expect(one.cost?.zxid).toBe(world.config.zxid);
        }
        // The turn is free.
        expect(last.runs.known.running(ID)).toBeNull();
        expect(world.zookeeper.get(SCOPE) === null).toBe(plan.wish.kind === 'removal' && came);
      }),
      { numRuns: 200 },
    );
  });
});
