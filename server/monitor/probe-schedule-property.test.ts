import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answers,
  attention,
  hangs,
  type Manner,
  ProbeFarm,
  refuses,
  type subjectAt,
  TIMEOUT_MS,
} from './probe-farm';
import { MOST_BACKOFF_MS } from './probe-timing';

const IDLE_MS = 5000;

const manner = fc.oneof(
  fc.constant<Manner>(answers),
  fc.record({ takesMs: fc.integer({ min: 1, max: 400 }) }),
  fc.constant<Manner>(refuses),
  fc.constant<Manner>(hangs),
);

/** At each step some time passes, then something happens to some of the members or clusters. */
const steps = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 6000 }),
    what: fc.constantFrom('manner', 'manner', 'condition', 'attend', 'urgent', 'leave', 'join'),
    from: fc.integer({ min: 0, max: 40 }),
    count: fc.integer({ min: 1, max: 12 }),
    manner,
  }),
  { minLength: 1, maxLength: 25, size: 'max' },
);
type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

const fleet = fc.record({
  clusters: fc.integer({ min: 1, max: 10 }),
  members: fc.integer({ min: 1, max: 4 }),
  hosts: fc.integer({ min: 1, max: 12 }),
});

async function carryOut(farm: ProbeFarm, all: readonly Step[]): Promise<void> {
  const away = new Map<string, ReturnType<typeof subjectAt>>();
  for (const [index, { wait, what, from, count, manner: how }] of all.entries()) {
    await farm.clock.pass(wait);
    const ids = [...farm.clusters.keys()];
    const some = ids.filter((_, i) => i >= from % ids.length && i < (from % ids.length) + count);
    if (what === 'attend') farm.schedule.attend(attention(some));
    if (what === 'urgent') farm.schedule.attend(attention(some, some.slice(0, 1)));
    for (const key of farm.keys.slice(from, from + count)) {
      const [id = '', name = ''] = key.split('/');
      const members = farm.clusters.get(id);
      const subject = members?.get(name);
      if (!members || !subject) continue;
      if (what === 'manner') farm.manners.set(key, how);
      if (what === 'condition') members.set(name, { ...subject, condition: `${index}` });
      if (what === 'leave') {
        away.set(key, subject);
        members.delete(name);
      }
      if (what === 'condition' || what === 'leave') farm.schedule.update(id);
    }
    if (what !== 'join') continue;
    for (const [key, subject] of away) {
      const [id = '', name = ''] = key.split('/');
      farm.clusters.get(id)?.set(name, subject);
      farm.schedule.update(id);
    }
    away.clear();
  }
}

describe('whatever happens to whom', () => {
  test('no limit is exceeded, and everybody is asked again, however few connections there are', async () => {
    const limits = fc.record({
      mostConnections: fc.integer({ min: 1, max: 12 }),
      mostPerHost: fc.integer({ min: 1, max: 5 }),
      mostPerCluster: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fleet, limits, steps, async ({ clusters, members, hosts }, caps, all) => {
        const farm = new ProbeFarm(caps);
        farm.add(clusters, members, hosts);
        await carryOut(farm, all);
        farm.schedule.attend(attention([]));
        // The longest any of those that hang can keep the one place that is theirs from the others.
        const bound = 1.2 * MOST_BACKOFF_MS + 2 * IDLE_MS + farm.keys.length * (TIMEOUT_MS + 1000);
        const since = farm.clock.now();
        await farm.clock.pass(bound);
        const asked = new Set(farm.polls.filter(({ at }) => at >= since).map(({ key }) => key));
        expect(farm.keys.filter((key) => !asked.has(key))).toEqual([]);
        expect(farm.most.total).toBeLessThanOrEqual(caps.mostConnections);
        expect(farm.most.host).toBeLessThanOrEqual(caps.mostPerHost);
        expect(farm.most.cluster).toBeLessThanOrEqual(caps.mostPerCluster);
        expect(farm.most.doubles).toBe(0);
        farm.schedule.close();
        await farm.clock.pass(TIMEOUT_MS);
        expect(farm.connections).toBe(0);
        expect(farm.clock.pending).toBe(0);
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  test('whoever answers is asked in time where connections are enough for all', async () => {
    await fc.assert(
      fc.asyncProperty(fleet, steps, async ({ clusters, members, hosts }, all) => {
        const farm = new ProbeFarm({ mostConnections: 80, mostPerHost: 60 });
        farm.add(clusters, members, hosts);
        const steady = 'c0/m0';
        await carryOut(
          farm,
          // One member stays as it is through all of it.
          all.map((step) => ({ ...step, from: step.from + 1 })),
        );
        expect(Math.max(...farm.gaps(steady))).toBeLessThanOrEqual(1.5 * IDLE_MS);
        expect(farm.schedule.counters.late).toBe(0);
        expect(farm.schedule.view().behind).toBeNull();
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  test('whoever answers is asked in time though half of all hang and connections are few', async () => {
    const situation = fc.record({
      clusters: fc.integer({ min: 8, max: 20 }),
      share: fc.double({ min: 0.4, max: 1, noNaN: true }),
      hung: fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
      after: fc.integer({ min: 0, max: 12_000 }),
    });
    await fc.assert(
      fc.asyncProperty(situation, async ({ clusters, share, hung, after }) => {
        const members = clusters * 3;
        const farm = new ProbeFarm({ mostConnections: Math.ceil(members * share) });
        farm.add(clusters, 3);
        await farm.clock.pass(after);
        let left = members / 2;
        const hanging = new Set(farm.keys.filter((_, i) => hung[i] && left-- > 0));
        for (const key of hanging) farm.manners.set(key, hangs);
        await farm.clock.pass(45_000);
        for (const key of farm.keys.filter((one) => !hanging.has(one))) {
          expect(Math.max(...farm.gaps(key))).toBeLessThanOrEqual(1.5 * IDLE_MS);
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
