import { describe, expect, test } from 'vitest';
import type { Wish } from '@/lib/operations/wish';
import { aStandby } from '@/lib/topology/sample-cluster';
import type { RestAnswer } from '../ports';
import { act, Howdah, ID, KEPT, keptOf, rest, SCOPE, World } from './world-for-tests';

/**
 * Every kind of operation, and a process that dies at each of its steps into the outside world,
 * before or after the step: the next one ends it truthfully, nothing is sent twice, and the audit is
 * told one end.
 */

interface Plan {
  readonly wish: Wish;
  /** What the world is like before. */
  readonly before?: (world: World) => void;
  /** How much of what was wanted has come to be. */
  readonly came: (world: World) => 'all' | 'some' | 'none';
}

const later = '2036-01-01T00:00:00Z';
const whether = (holds: boolean) => (holds ? 'all' : 'none');
const unled = (world: World) => {
  world.lead(null);
  world.part = { members: [aStandby('pg-b'), aStandby('pg-c')] };
};
const dead = (world: World) => {
  world.lead(null);
  world.part = { members: [] };
};
const pausedAlready = (world: World) =>
  void world.zookeeper.set(`${SCOPE}/config`, '{"ttl":30,"pause":true}');
const askedOf = (count: number) => (world: World) => {
  if (world.asked.length === count) return 'all';
  return world.asked.length > 0 ? 'some' : 'none';
};
const isPaused = ({ view }: World) => view?.mode.paused === true;

const plans: Readonly<Record<string, Plan>> = {
  switchover: {
    wish: { kind: 'switchover', candidate: 'pg-b', at: null },
    came: (world) => whether(world.leader === 'pg-b' || world.view?.request !== null),
  },
  'a switchover that is scheduled': {
    wish: { kind: 'switchover', candidate: 'pg-b', at: later },
    came: ({ view }) => whether(view?.request?.scheduledAt === later),
  },
  'a schedule that is taken back': {
    wish: { kind: 'cancel-switchover' },
    before: (world) => world.request({ leader: 'pg-a', member: 'pg-b', scheduled_at: later }),
    came: ({ view }) => whether(view?.request === null),
  },
  'a failover': {
    wish: { kind: 'failover', candidate: 'pg-b' },
    before: unled,
    came: (world) => whether(world.leader === 'pg-b' || world.view?.request !== null),
  },
  'a restart of all': {
    wish: { kind: 'restart', members: ['pg-a', 'pg-b', 'pg-c'], pendingOnly: false, at: null },
    came: askedOf(3),
  },
  'a restart that is scheduled': {
    wish: { kind: 'restart', members: ['pg-b'], pendingOnly: false, at: later },
    came: askedOf(1),
  },
  'a restart that is taken back': {
    wish: { kind: 'cancel-restart', member: 'pg-b' },
    before: (world) => world.planRestart('pg-b', later),
    came: askedOf(1),
  },
  'a reload of two': { wish: { kind: 'reload', members: ['pg-b', 'pg-c'] }, came: askedOf(2) },
  'a new copy': { wish: { kind: 'reinitialise', member: 'pg-b' }, came: askedOf(1) },
  'a pause': {
    wish: { kind: 'pause', until: null },
    came: (world) => whether(isPaused(world)),
  },
  'a resume': {
    wish: { kind: 'resume' },
    before: pausedAlready,
    came: (world) => whether(!isPaused(world)),
  },
  'a configuration': {
    wish: { kind: 'configuration', text: '{"ttl":35}', seq: null },
    came: ({ config }) => whether(config.text === '{"ttl":35}'),
  },
  'an earlier configuration': {
    wish: { kind: 'configuration', text: null, seq: 7 },
    came: ({ config }) => whether(config.text === KEPT),
  },
  'a removal': {
    wish: { kind: 'removal' },
    before: dead,
    came: ({ zookeeper }) => {
      if (zookeeper.get(SCOPE) === null) return 'all';
      return zookeeper.get(`${SCOPE}/config`) && zookeeper.get(`${SCOPE}/members`)
        ? 'none'
        : 'some';
    },
  },
};

const answers: Record<string, RestAnswer> = {
  'is answered': { is: 'answered', status: 200, text: 'ok' },
  'is not reached': { is: 'not-sent', why: 'nothing listens there' },
  'is not answered': { is: 'unanswered', why: 'timeout' },
};

function aWorld(plan: Plan, answer: string): World {
  const world = new World();
  plan.before?.(world);
  world.rest = async () => answers[answer] as RestAnswer;
  return world;
}

/** What was written to the cluster's znodes, beside what Patroni was asked. */
const writes = (world: World) =>
  ['config', 'failover'].map((name) => world.zookeeper.get(`${SCOPE}/${name}`)?.stat.version);

/** Patroni does what the request in ZooKeeper says. */
function obey(world: World): void {
  const request = world.view?.request;
  if (!request || request.scheduledAt !== null) return;
  world.part = {};
  world.zookeeper.set(`${SCOPE}/failover`, '{}');
  world.lead(request.candidate);
}

const cases = Object.keys(plans).flatMap((name) =>
  Object.keys(answers)
    .filter((answer) => answer === 'is answered' || usesRest(plans[name] as Plan))
    .map((answer) => ({ name, answer })),
);

const asksMembers = ({ wish }: Plan): boolean => 'members' in wish || 'member' in wish;

function usesRest({ wish: { kind } }: Plan): boolean {
  return !['pause', 'resume', 'configuration', 'removal', 'cancel-switchover'].includes(kind);
}

describe.each(cases)('$name, and Patroni $answer', ({ name, answer }) => {
  const plan = plans[name] as Plan;

  async function interrupted(at: number, after: boolean) {
    const world = aWorld(plan, answer);
    const before = writes(world);
    const first = new Howdah(world, { at, after });
    const began = await first.runs.start(world.wanted(plan.wish), act).then(
      () => true,
      () => false,
    );
    await first.goesOn();
    const died = first.dead;
    const [asked, written] = [[...world.asked], writes(world)];
    const came = plan.came(world);
    first.end();
    // The next process goes on from the record.
    const second = new Howdah(world);
    expect(await second.runs.resume('main', [ID])).toEqual([]);
    await second.goesOn();
    // Nothing is asked or written that had not been before.
    expect([world.asked, writes(world)]).toEqual([asked, written]);
    expect(new Set(asked).size).toBe(asked.length);
    for (const [n, version] of written.entries()) {
      const from = before[n];
      if (version === undefined) continue;
      expect(version - (from ?? 0)).toBeLessThanOrEqual(from === undefined ? 0 : 1);
    }
    obey(world);
    await second.goesOn();
    await world.clock.pass(22_000_000);
    await second.goesOn();
    return { world, first, second, began, died, came, asked };
  }

  test('undisturbed it is done, or certainly not', async () => {
    const world = aWorld(plan, answer);
    const howdah = new Howdah(world);
    await howdah.runs.start(world.wanted(plan.wish), act);
    await howdah.goesOn();
    obey(world);
    await howdah.goesOn();
    await world.clock.pass(22_000_000);
    await howdah.goesOn();
    const unreached = answer === 'is not reached' && asksMembers(plan);
    const wanted = unreached || plan.came(world) !== 'all' ? 'failed' : 'done';
    expect([howdah.outcome, plan.came(world)]).toEqual([
      wanted,
      wanted === 'done' ? 'all' : 'none',
    ]);
    expect(keptOf(world.audited).map(({ result }) => result)).toEqual([wanted]);
    expect(howdah.errors).toEqual([]);
  });

  test('interrupted at every step', async () => {
    let steps = 0;
    for (let at = 1; ; at += 1) {
      const all = await Promise.all([interrupted(at, false), interrupted(at, true)]);
      for (const { world, second, began, came } of all) {
        const where = `step ${at}`;
        const { newest } = second;
        const ended = newest?.outcome;
        if (newest) {
          // Whether a member that has done nothing was reached can't be known.
          const mayBeUnknown = asksMembers(plan) && ended?.says.includes('in time');
          const code = came === 'all' ? 'done' : mayBeUnknown ? 'unknown' : 'failed';
          expect([where, newest.state, ended?.code]).toEqual([where, 'ended', code]);
          if (came === 'some') expect(ended?.says).toMatch(/Done on|broken off|was not asked/);
        } else expect([where, came]).toEqual([where, 'none']);
        // Where it was refused at once, whoever began it ends it: unless there is a record of it.
        const kept = keptOf(world.audited);
        if (began || newest) expect([where, kept.length > 0]).toEqual([where, true]);
        // A process that takes it up may tell it beside the first, which may have known more: never
        // another end.
        for (const { id, result } of kept) {
          const knewMore = ended?.code === 'unknown' && result === 'failed';
          expect([id, result]).toEqual([act.id, knewMore ? 'failed' : ended?.code]);
        }
        second.end();
        const third = new Howdah(world);
        await third.runs.resume('main', [ID]);
        await rest();
        expect(third.newest?.outcome).toEqual(ended);
        expect(keptOf(world.audited)).toEqual(kept);
        // And the turn is free again.
        expect(third.runs.known.running(ID)).toBeNull();
        expect(world.zookeeper.get(`/howdah/operations/${ID}/owner`)).toBeNull();
      }
      steps = at;
      if (all.every(({ died }) => !died)) break;
    }
    expect(steps).toBeGreaterThan(10);
  });
});
